import Astro

/// How the forces of sunlight and outgassing change with place and motion, at the eight nodes of a
/// step: partial derivatives of ``NonGravitational`` for the variational equations.
///
/// A class, so that orbits without such forces do not carry its room along.
final class OutgassingGradient {
  private let a: Vector3
  private let position: Lanes3
  private let velocity: Lanes3
  /// Unit vectors away from the Sun, along the motion and along the normal.
  private let radial: Lanes3
  private let transverse: Lanes3
  private let normal: Lanes3
  private let perR: Lanes
  private let perMomentum: Lanes
  private let strength: Lanes
  /// d(ln g)/d(ln r)
  private let slope: Lanes

  /// - Parameters:
  ///   - fromSun: heliocentric position [au].
  ///   - velocity: heliocentric [au/d].
  init(_ own: NonGravitational, fromSun d: Lanes3, velocity: Lanes3) {
    a = own.coefficients
    position = d
    self.velocity = velocity
    let r = d.squaredNorm.squareRoot()
    perR = 1 / r
    let momentum = d.cross(velocity)
    perMomentum = 1 / momentum.squaredNorm.squareRoot()
    radial = d * perR
    normal = momentum * perMomentum
    transverse = normal.cross(radial)
    var (strength, slope) = (Lanes.zero, Lanes.zero)
    for lane in 0..<8 {
      strength[lane] = own.strength(r[lane])
      slope[lane] = own.slope(r[lane])
    }
    self.strength = strength
    self.slope = slope
  }

  /// The change of the acceleration by a small change of place and motion [au/d²].
  @inline(__always)
  func change(_ place: Lanes3, _ motion: Lanes3) -> Lanes3 {
    let outward = radial.dot(place) * perR
    let turned = (place.cross(velocity) + position.cross(motion)) * perMomentum
    let normalChange = turned - normal * normal.dot(turned)
    let radialChange = place * perR - radial * outward
    let transverseChange = normalChange.cross(radial) + normal.cross(radialChange)
    let whole = radial * a.x + transverse * a.y + normal * a.z
    let axes = radialChange * a.x + transverseChange * a.y + normalChange * a.z
    return (axes + whole * (slope * outward)) * strength
  }
}
