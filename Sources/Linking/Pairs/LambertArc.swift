import Astro
import Dynamics

/// The two-body arc about the Sun between two places in a given time, by Lagrange's coefficients:
/// x₂ = f x₁ + g v₁, v₂ = (ġ x₂ − x₁) / g.
///
/// The ratio η of sector and triangle after Gauss and Hansen (Montenbruck & Pfleger 2000,
/// Astronomy on the Personal Computer, 11.2): for arcs of less than a quarter turn, relative error
/// of the velocity below 1e-7 up to 30°.
struct LambertArc {
  let f: Double
  let g: Double
  let gDot: Double

  /// - Parameters:
  ///   - a, b: heliocentric places [au].
  ///   - days: from a to b, not zero.
  /// - Returns: nil for arcs of a right angle and more.
  @inline(__always)
  init?(_ a: Vector3, _ b: Vector3, days: Double) {
    let gm = GravitationalParameter.sun
    let r1 = a.squaredNorm.squareRoot()
    let r2 = b.squaredNorm.squareRoot()
    let product = r1 * r2
    let cosine = a.dot(b) / product
    guard cosine > 0.1 else { return nil }
    let k2 = 2 * product * (1 + cosine)
    let k = k2.squareRoot()
    let force = gm * days * days
    let m = force / (k2 * k)
    let l = (r1 + r2) / (2 * k) - 0.5
    var eta = (12 + 10 * (1 + 44.0 / 9.0 * m / (l + 5.0 / 6.0)).squareRoot()) / 22
    // One Newton step on η² (η − 1) = m W(m / η² − l), W by its series.
    let w = m / (eta * eta) - l
    let series = 4.0 / 3.0 * (1 + 1.2 * w * (1 + 8.0 / 7.0 * w * (1 + 10.0 / 9.0 * w)))
    eta -= (eta * eta * (eta - 1) - m * series) / (3 * eta * eta - 2 * eta)
    let common = force / (eta * eta * (1 + cosine) * product)
    f = 1 - common / r1
    gDot = 1 - common / r2
    g = days / eta
  }

  /// As if the distance from the Sun were the same all the time.
  @inline(__always)
  init(distance: Double, days: Double) {
    let turn = GravitationalParameter.sun / (distance * distance * distance) * days * days
    f = 1 - turn / 2
    gDot = f
    g = days * (1 - turn / 6)
  }

  @inline(__always)
  func startVelocity(_ a: Vector3, _ b: Vector3) -> Vector3 { (b - f * a) * (1 / g) }

  @inline(__always)
  func endVelocity(_ a: Vector3, _ b: Vector3) -> Vector3 { (gDot * b - a) * (1 / g) }
}
