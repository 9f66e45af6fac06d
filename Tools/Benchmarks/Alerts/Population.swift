import Astro
import Dynamics
import Exchange
import Foundation

/// Orbits of a file, and copies of them elsewhere on their ellipses.
struct Population: Sendable {
  let base: [CatalogOrbit]

  init(file: String) throws {
    let batch = try OrbitFile.readAll(file)
    base = batch.orbits
    guard !base.isEmpty else { throw ExchangeError.empty(file: file) }
  }

  /// Each with the covariance of an orbit known to 1e-7 au and 1e-9 au/d.
  func orbits(count: Int) -> [CatalogOrbit] {
    let covariance = Self.covariance
    return (0..<count).map { orbit($0, covariance) }
  }

  /// One of them.
  func orbit(_ index: Int) -> CatalogOrbit { orbit(index, Self.covariance) }

  private func orbit(_ index: Int, _ covariance: OrbitCovariance) -> CatalogOrbit {
    var entry = base[index % base.count]
    if index >= base.count { shift(&entry, index / base.count) }
    entry.ssObjectId = Int64(index + 1)
    entry.covariance = covariance
    return entry
  }

  private static let covariance: OrbitCovariance = {
    var diagonal = [Double](repeating: 0, count: 36)
    for axis in 0..<6 { diagonal[7 * axis] = axis < 3 ? 1e7 : 1e9 }
    return OrbitCovariance(squareRootInformation: diagonal)
  }()

  /// Moves the body along its two-body orbit, and turns the orbit about the ecliptic pole.
  private func shift(_ entry: inout CatalogOrbit, _ copy: Int) {
    let state = TwoBody.propagate(entry.orbit.state, days: 97.3 * Double(copy))
    let angle = 2.399_963 * Double(copy)
    func turned(_ v: Vector3) -> Vector3 {
      let e = Frames.equatorialToEcliptic * v
      return Frames.eclipticToEquatorial
        * Vector3(
          e.x * cos(angle) - e.y * sin(angle), e.x * sin(angle) + e.y * cos(angle), e.z)
    }
    entry.designation = "copy\(copy) \(entry.designation)"
    entry.orbit.state = StateVector(
      position: turned(state.position), velocity: turned(state.velocity))
  }
}
