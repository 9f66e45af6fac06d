import Astro
import Astrometry
import Dynamics
import Foundation
import Prediction

/// Places of all objects over a night for another program: at nine moments the observer and every
/// object when the light left, relative to the Sun now [au], doubles in the machine's order.
struct PlacesFile {
  let path: String

  static let moments = (0..<9).map { Double($0) / 8 }

  func write(
    _ table: NightTable, _ count: Int, start: Epoch<TDB>, observatory: ObservatoryCode,
    _ solarSystem: SolarSystem
  ) throws {
    var data = Data()
    for moment in Self.moments {
      let epoch = start.adding(days: moment)
      let sun = try solarSystem.ephemeris.state(of: .sun, at: epoch).position
      let observer = try solarSystem.observer(observatory, at: epoch).position - sun
      var numbers = [Double](repeating: .nan, count: 3 * (count + 1))
      func put(_ vector: Vector3, _ index: Int) {
        (numbers[3 * index], numbers[3 * index + 1], numbers[3 * index + 2]) =
          (vector.x, vector.y, vector.z)
      }
      put(observer, 0)
      try table.forEachObject(at: epoch, observatory: observatory, solarSystem: solarSystem) {
        put($0.place.offset + observer, $0.orbit + 1)
      }
      numbers.withUnsafeBytes { data.append(contentsOf: $0) }
    }
    try data.write(to: URL(filePath: path))
  }
}
