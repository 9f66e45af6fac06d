import Foundation

public import Astro

/// Forces by sunlight and outgassing: A1 away from the Sun, A2 along the motion, A3 along the
/// orbit's normal, times a function g of the distance (Marsden, Sekanina & Yeomans 1973, AJ 78, 211).
public struct NonGravitational: Hashable, Sendable {
  /// A1, A2, A3 at g = 1 [au/d²].
  public var coefficients: Vector3
  public var law: Law

  /// g = α (r/r₀)^-m (1 + (r/r₀)ⁿ)^-k, as JPL and the MPC have it.
  public struct Law: Hashable, Sendable {
    /// α
    public var scale: Double
    /// r₀ [au]
    public var distanceAU: Double
    public var m: Double
    public var n: Double
    public var k: Double

    public init(scale: Double, distanceAU: Double, m: Double, n: Double, k: Double) {
      self.scale = scale
      self.distanceAU = distanceAU
      self.m = m
      self.n = n
      self.k = k
    }

    /// The laws by the names that files call them.
    public static let named = ["asteroid": inverseSquare, "comet": waterIce]

    /// (1 au / r)²: Yarkovsky effect and radiation pressure on asteroids.
    public static let inverseSquare = Law(scale: 1, distanceAU: 1, m: 2, n: 1, k: 0)
    /// Sublimation of water ice: comets.
    public static let waterIce = Law(
      scale: 0.1112620426, distanceAU: 2.808, m: 2.15, n: 5.093, k: 4.6142)
  }

  public init(coefficients: Vector3, law: Law) {
    self.coefficients = coefficients
    self.law = law
  }

  /// g at a distance from the Sun [au].
  public func strength(_ r: Double) -> Double {
    if law == .inverseSquare { return 1 / (r * r) }
    let x = r / law.distanceAU
    return law.scale * pow(x, -law.m) * pow(1 + pow(x, law.n), -law.k)
  }

  /// d(ln g)/d(ln r) at a distance from the Sun [au].
  func slope(_ r: Double) -> Double {
    let power = pow(r / law.distanceAU, law.n)
    return -law.m - law.k * law.n * power / (1 + power)
  }
}

extension ForceModel {
  /// g times the unit vectors away from the Sun, along the motion and along the normal.
  func outgassingAxes(
    fromSun d: Lanes3, velocity: Lanes3
  ) -> (radial: Lanes3, transverse: Lanes3, normal: Lanes3) {
    let r2 = d.squaredNorm
    let perR = 1 / r2.squareRoot()
    let momentum = d.cross(velocity)
    let normal = momentum * (1 / momentum.squaredNorm.squareRoot())
    let radial = d * perR
    var strength = 1 / r2
    if let own = nonGravitational, own.law != .inverseSquare {
      for lane in 0..<8 { strength[lane] = own.strength(r2[lane].squareRoot()) }
    }
    return (radial * strength, normal.cross(radial) * strength, normal * strength)
  }

  /// - Parameters:
  ///   - fromSun: heliocentric position [au].
  ///   - velocity: heliocentric [au/d].
  func outgassing(fromSun d: Lanes3, velocity: Lanes3) -> Lanes3 {
    guard let a = nonGravitational?.coefficients else { return .zero }
    let axes = outgassingAxes(fromSun: d, velocity: velocity)
    return axes.radial * a.x + axes.transverse * a.y + axes.normal * a.z
  }
}
