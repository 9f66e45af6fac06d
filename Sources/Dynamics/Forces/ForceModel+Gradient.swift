import Astro

/// ∂(acceleration)/∂(position) at the eight nodes of a step: symmetric, six rows [1/d²].
struct GradientLanes {
  var xx: Lanes
  var xy: Lanes
  var xz: Lanes
  var yy: Lanes
  var yz: Lanes
  var zz: Lanes

  static let zero = GradientLanes(
    xx: .zero, xy: .zero, xz: .zero, yy: .zero, yz: .zero, zz: .zero)

  /// Of a point mass, added.
  ///
  /// - Parameters:
  ///   - d: from or to the mass, the sign does not matter [au].
  ///   - gm: of the mass [au³/d²].
  @inline(__always)
  mutating func add(_ d: Lanes3, gm: Double) {
    // One division for all powers: it takes as long as the rest.
    let inverse = 1 / d.squaredNorm.squareRoot()
    let inverse2 = inverse * inverse
    let perCube = gm * inverse * inverse2
    let k = 3 * perCube * inverse2
    let (kx, ky, kz) = (k * d.x, k * d.y, k * d.z)
    xx += kx * d.x - perCube
    xy += kx * d.y
    xz += kx * d.z
    yy += ky * d.y - perCube
    yz += ky * d.z
    zz += kz * d.z - perCube
  }

  @inline(__always)
  static func * (g: GradientLanes, v: Lanes3) -> Lanes3 {
    Lanes3(
      x: g.xx * v.x + g.xy * v.y + g.xz * v.z, y: g.xy * v.x + g.yy * v.y + g.yz * v.z,
      z: g.xz * v.x + g.yz * v.y + g.zz * v.z)
  }

  @inline(__always)
  static func - (a: GradientLanes, b: GradientLanes) -> GradientLanes {
    GradientLanes(
      xx: a.xx - b.xx, xy: a.xy - b.xy, xz: a.xz - b.xz, yy: a.yy - b.yy, yz: a.yz - b.yz,
      zz: a.zz - b.zz)
  }
}

extension ForceModel {
  /// The gradient of all point masses. Relativity (1e-8 of it) and the figures of Sun and Earth
  /// are left out: partial derivatives need no more.
  @inline(__always)
  func gradient(_ table: PerturberTable, position: Lanes3) -> GradientLanes {
    var gradient = GradientLanes.zero
    for body in 0..<Body.perturberCount where gm(body) > 0 {
      gradient.add(table.position(body) - position, gm: gm(body))
    }
    return gradient
  }

  /// The gradient of the Sun alone.
  @inline(__always)
  func sunGradient(_ table: PerturberTable, position: Lanes3) -> GradientLanes {
    var gradient = GradientLanes.zero
    gradient.add(position - table.position(0), gm: gm(0))
    return gradient
  }
}
