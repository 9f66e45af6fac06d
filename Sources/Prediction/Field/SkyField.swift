public import Astro

/// A round part of the sky.
public struct SkyField: Sendable, Hashable {
  /// Unit vector to the centre, ICRF.
  public let centre: Vector3
  /// [rad]
  public let radiusRad: Double

  public init(centre: Vector3, radiusRad: Double) {
    self.centre = centre.unit
    self.radiusRad = min(.pi, max(0, radiusRad))
  }

  /// - Parameters: ICRS place of the centre and radius [deg].
  public init(raDeg: Double, decDeg: Double, radiusDeg: Double) {
    self.init(
      centre: Vector3(raRad: raDeg * Angle.degree, decRad: decDeg * Angle.degree),
      radiusRad: radiusDeg * Angle.degree)
  }

  /// A field about the mean direction that holds all of some directions; the whole sky when they
  /// have no mean. Nil for none.
  public init?(holding directions: [Vector3]) {
    guard !directions.isEmpty else { return nil }
    let sum = directions.reduce(Vector3.zero, +)
    guard sum.norm > 1e-9 * Double(directions.count) else {
      self.init(centre: Vector3(0, 0, 1), radiusRad: .pi)
      return
    }
    let centre = sum.unit
    self.init(centre: centre, radiusRad: directions.map { centre.angle(to: $0) }.max() ?? 0)
  }
}
