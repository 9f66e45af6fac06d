import Dynamics
import Foundation

/// How far noise shifts the centroid of a faint source: about 0.7 of the width of its image over its
/// ratio of signal to noise (King 1983, PASP 95, 163; LSE-40 gives 0.6 for the best estimator).
enum CentroidError {
  /// 0.7 of the images' width [arcsec]: 1″ at Rubin, 1.5″ elsewhere.
  private static let rubin = 0.7
  private static let others = 1.05
  /// Fainter nothing is detected.
  private static let leastSignalToNoise = 3.0
  /// Where Rubin's ratio is five in 30 s [mag], by band (Ivezić et al. 2019, ApJ 873, 111, table 2).
  private static let rubinDepth: [String: Double] = [
    "u": 23.7, "g": 24.7, "r": 24.2, "i": 23.8, "z": 23.2, "y": 22.3,
  ]

  /// In each coordinate [arcsec]; 0 where the detection does not tell how faint it is.
  static func arcsec(of detection: Detection) -> Double {
    guard let ratio = signalToNoise(detection), ratio.isFinite, ratio > 0 else { return 0 }
    let scale = detection.observatory == .rubin ? rubin : others
    return scale / max(ratio, leastSignalToNoise)
  }

  /// From the magnitude's error, or at Rubin from the magnitude.
  private static func signalToNoise(_ detection: Detection) -> Double? {
    if let error = detection.magErr, error > 0 { return 2.5 / log(10) / error }
    guard detection.observatory == .rubin, let magnitude = detection.mag,
      let band = detection.band, let depth = rubinDepth[band]
    else { return nil }
    return 5 * pow(10, 0.4 * (depth - magnitude))
  }
}
