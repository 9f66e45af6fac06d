/// The usual colour of asteroids: what takes a magnitude in a band to V.
package enum BandColor {
  /// Nil for bands that are not in the table: such magnitudes say nothing about H.
  ///
  /// - Source: the Minor Planet Center's table of band conversions,
  ///   https://minorplanetcenter.net/iau/info/BandConversion.txt; without u, whose spread over
  ///   asteroids is larger than a magnitude.
  package static func toV(_ band: String?) -> Double? {
    switch band {
    case "V", "v": 0
    case "B": -0.8
    case "R", "C", "W": 0.4
    case "I": 0.8
    case "g": -0.35
    case "r": 0.14
    case "i": 0.32
    case "z": 0.26
    case "y": 0.32
    case "w": -0.13
    case "c": -0.05
    case "o": 0.33
    case "G": 0.28
    default: nil
    }
  }
}
