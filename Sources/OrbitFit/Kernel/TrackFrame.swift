import Astro
import Dynamics

/// The six unknowns of a fit (Bernstein & Khushalani 2000, AJ 120, 3323), with respect to an
/// observer's place near the middle of the arc:
///
/// position = base + (u + a e₁ + b e₂) / γ,  velocity = (ȧ e₁ + ḃ e₂ + γ̇ u) / γ
///
/// Measured directions are nearly linear in them even where the distance 1/γ is hardly known, so
/// that few iterations lead far; Cartesian unknowns bend along the line of sight.
struct TrackFrame {
  /// Heliocentric place that directions are reckoned from [au].
  let base: Vector3
  let u: Vector3
  let e1: Vector3
  let e2: Vector3

  init(base: Vector3, toward direction: Vector3) {
    self.base = base
    u = direction.unit
    let pole = abs(u.z) < 0.9 ? Vector3(0, 0, 1) : Vector3(1, 0, 0)
    e1 = pole.cross(u).unit
    e2 = u.cross(e1)
  }

  /// Lanes: a, b, γ [1/au], ȧ, ḃ, γ̇ [1/d].
  @inline(__always)
  func state(_ p: SIMD8<Double>) -> StateVector {
    let distance = 1 / p[2]
    return StateVector(
      position: base + (u + e1 * p[0] + e2 * p[1]) * distance,
      velocity: (e1 * p[3] + e2 * p[4] + u * p[5]) * distance)
  }

  /// Nil for a state behind the observer's back.
  func parameters(_ state: StateVector) -> SIMD8<Double>? {
    let p = state.position - base
    let depth = p.dot(u)
    guard depth > 1e-9, state.velocity.isFinite else { return nil }
    let g = 1 / depth
    let v = state.velocity
    return SIMD8(
      p.dot(e1) * g, p.dot(e2) * g, g, v.dot(e1) * g, v.dot(e2) * g, v.dot(u) * g, 0, 0)
  }

  /// A gradient with respect to the state, turned into one with respect to the unknowns.
  @inline(__always)
  func row(byPosition gr: Vector3, byVelocity gv: Vector3, at p: SIMD8<Double>) -> SIMD8<Double> {
    let distance = 1 / p[2]
    let r1 = gr.dot(e1)
    let r2 = gr.dot(e2)
    let v1 = gv.dot(e1)
    let v2 = gv.dot(e2)
    let v3 = gv.dot(u)
    let alongSight =
      -distance
      * (gr.dot(u) + r1 * p[0] + r2 * p[1] + v1 * p[3] + v2 * p[4] + v3 * p[5])
    return SIMD8(r1, r2, alongSight, v1, v2, v3, 0, 0) * distance
  }

  /// R of the state (x, y, z, vx, vy, vz) from R of the unknowns at a point.
  func stateTriangle(_ triangle: Triangle, at p: SIMD8<Double>) -> Triangle {
    let g = p[2]
    var result = Triangle()
    for k in 0..<6 {
      let r = triangle.rows[k]
      let across = e1 * r[0] + e2 * r[1]
      let depth = r[0] * p[0] + r[1] * p[1] + r[2] * g + r[3] * p[3] + r[4] * p[4] + r[5] * p[5]
      let byPosition = (across - u * depth) * g
      let byVelocity = (e1 * r[3] + e2 * r[4] + u * r[5]) * g
      result.add(
        SIMD8(
          byPosition.x, byPosition.y, byPosition.z, byVelocity.x, byVelocity.y, byVelocity.z, 0, 0))
    }
    return result
  }
}
