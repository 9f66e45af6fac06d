import Foundation

import Astro

extension ElementSet {
  /// State and partials in one go.
  func motion(gm: Double) -> (state: StateVector, partials: StateTransitionMatrix) {
    let v = (0..<6).map { Jet(values[$0], parameter: $0) }
    let place: ConicPlace
    switch kind {
    case .cartesian:
      return (
        StateVector(
          position: Vector3(values[0], values[1], values[2]),
          velocity: Vector3(values[3], values[4], values[5])), .identity
      )
    case .cometary:
      place = ConicPlace(q: v[0], e: v[1], days: -v[5], gm: gm)
      return place.turned(incl: v[2], node: v[3], peri: v[4])
    case .keplerian:
      let days = v[5] * Self.perRadian(v[0], gm)
      place = ConicPlace(q: v[0] * (1 - v[1]), e: v[1], days: days, gm: gm)
      return place.turned(incl: v[2], node: v[3], peri: v[4])
    case .delaunay:
      let a = v[0] * v[0] * Jet(1 / gm)
      let ratio = v[1] / v[0]
      let e = ((1 - ratio) * (1 + ratio)).squareRoot()
      place = ConicPlace(q: a * (1 - e), e: e, days: v[3] * Self.perRadian(a, gm), gm: gm)
      return place.turned(cosIncl: v[2] / v[1], node: v[5], peri: v[4])
    case .equinoctial: return equinoctialMotion(v, gm, sense: 1)
    case .retrogradeEquinoctial: return equinoctialMotion(v, gm, sense: -1)
    }
  }

  /// Days in which the mean anomaly grows by one radian.
  private static func perRadian(_ a: Jet, _ gm: Double) -> Jet {
    let size = a.value < 0 ? -a : a
    return size * (size * Jet(1 / gm)).squareRoot()
  }

  /// Broucke & Cefola 1972.
  private func equinoctialMotion(
    _ v: [Jet], _ gm: Double, sense: Double
  ) -> (state: StateVector, partials: StateTransitionMatrix) {
    let (a, h, k, p, q) = (v[0], v[1], v[2], v[3], v[4])
    let anomaly = eccentricLongitude(h, k, v[5])
    let (c, s) = (anomaly.cosine, anomaly.sine)
    let b = 1 / (1 + (1 - h * h - k * k).squareRoot())
    let hkb = h * k * b
    let x = a * ((1 - h * h * b) * c + hkb * s - k)
    let y = a * ((1 - k * k * b) * s + hkb * c - h)
    // n a / (r / a), the speed of F times a.
    let speed = (Jet(gm) / a).squareRoot() / (1 - h * s - k * c)
    let vx = speed * (hkb * c - (1 - h * h * b) * s)
    let vy = speed * ((1 - k * k * b) * c - hkb * s)
    let scale = 1 / (1 + p * p + q * q)
    let f = JetVector(
      x: (1 - p * p + q * q) * scale, y: 2 * p * q * scale, z: -2 * sense * p * scale)
    let g = JetVector(
      x: 2 * sense * p * q * scale, y: sense * (1 + p * p - q * q) * scale, z: 2 * q * scale)
    return JetVector.motion(position: f * x + g * y, velocity: f * vx + g * vy)
  }

  /// F with λ = F + h cos F − k sin F, by Newton's method; its derivatives are those of the root.
  private func eccentricLongitude(_ h: Jet, _ k: Jet, _ lambda: Jet) -> Jet {
    var f = lambda.value
    let size = (h.value * h.value + k.value * k.value).squareRoot()
    // The root lies within e of λ; the function grows, so that a bracket always closes.
    var (low, high) = (f - size, f + size)
    for _ in 0..<100 {
      let error = f + h.value * cos(f) - k.value * sin(f) - lambda.value
      if error > 0 { high = min(high, f) } else { low = max(low, f) }
      let change = error / (1 - h.value * sin(f) - k.value * cos(f))
      var next = f - change
      if !(next >= low && next <= high) { next = 0.5 * (low + high) }
      let moved = abs(next - f)
      f = next
      if moved <= 1e-16 * max(1, abs(f)) { break }
    }
    let (c, s) = (cos(f), sin(f))
    let growth = 1 - h.value * s - k.value * c
    return Jet(f, (lambda.slope - h.slope * c + k.slope * s) / growth)
  }
}

/// Place and motion in the plane of a conic, perihelion to x, by universal variables.
struct ConicPlace {
  let x: Jet
  let y: Jet
  let vx: Jet
  let vy: Jet

  /// - Parameter days: since perihelion.
  init(q: Jet, e: Jet, days: Jet, gm: Double) {
    let beta = gm * (1 - e) / q
    let speed = (gm * (1 + e) / q).squareRoot()
    let solution = UniversalSolution(
      StateVector(position: Vector3(q.value, 0, 0), velocity: Vector3(0, speed.value, 0)),
      days: days.value, gm: gm, beta: beta.value)
    // Whole revolutions count: the period depends on the elements.
    let s = solution.s + solution.wholeTurns
    let u = UniversalFunctions(beta: beta.value, s: s)
    let (u4, u5) = Self.higher(beta.value, s, u)
    let r = q.value * u.u0 + gm * u.u2
    // ∂Uₙ/∂β = (n Uₙ₊₂ − s Uₙ₊₁) / 2
    let b0 = -0.5 * s * u.u1
    let b1 = 0.5 * (u.u3 - s * u.u2)
    let b2 = 0.5 * (2 * u4 - s * u.u3)
    let b3 = 0.5 * (3 * u5 - s * u4)
    // q U₁ + GM U₃ = days defines s.
    let slope =
      (days.slope - q.slope * u.u1 - beta.slope * (q.value * b1 + gm * b3)) / r
    let u0 = Jet(u.u0, beta.slope * b0 - slope * (beta.value * u.u1))
    let u1 = Jet(u.u1, beta.slope * b1 + slope * u.u0)
    let u2 = Jet(u.u2, beta.slope * b2 + slope * u.u1)
    let height = q * speed
    let distance = q * u0 + gm * u2
    x = q - gm * u2
    y = height * u1
    vx = -gm * u1 / distance
    vy = height * u0 / distance
  }

  /// U₄ and U₅.
  private static func higher(
    _ beta: Double, _ s: Double, _ u: UniversalFunctions
  ) -> (u4: Double, u5: Double) {
    let z = beta * s * s
    let s2 = s * s
    if abs(z) < 1 {
      return (
        s2 * s2 * UniversalFunctions.series(z, first: 4),
        s2 * s2 * s * UniversalFunctions.series(z, first: 5)
      )
    }
    return ((0.5 * s2 - u.u2) / beta, (s2 * s / 6 - u.u3) / beta)
  }

  func turned(
    incl: Jet, node: Jet, peri: Jet
  ) -> (state: StateVector, partials: StateTransitionMatrix) {
    turned(sinIncl: incl.sine, cosIncl: incl.cosine, node: node, peri: peri)
  }

  func turned(
    cosIncl: Jet, node: Jet, peri: Jet
  ) -> (state: StateVector, partials: StateTransitionMatrix) {
    let sinIncl = ((1 - cosIncl) * (1 + cosIncl)).squareRoot()
    return turned(sinIncl: sinIncl, cosIncl: cosIncl, node: node, peri: peri)
  }

  private func turned(
    sinIncl si: Jet, cosIncl ci: Jet, node: Jet, peri: Jet
  ) -> (state: StateVector, partials: StateTransitionMatrix) {
    let (sn, cn, sp, cp) = (node.sine, node.cosine, peri.sine, peri.cosine)
    let toward = JetVector(
      x: cn * cp - sn * sp * ci, y: sn * cp + cn * sp * ci, z: sp * si)
    let ahead = JetVector(
      x: -cn * sp - sn * cp * ci, y: cn * cp * ci - sn * sp, z: cp * si)
    return JetVector.motion(
      position: toward * x + ahead * y, velocity: toward * vx + ahead * vy)
  }
}

/// A vector of jets, ecliptic axes.
struct JetVector {
  var x: Jet
  var y: Jet
  var z: Jet

  static func + (a: JetVector, b: JetVector) -> JetVector {
    JetVector(x: a.x + b.x, y: a.y + b.y, z: a.z + b.z)
  }

  static func * (a: JetVector, k: Jet) -> JetVector {
    JetVector(x: a.x * k, y: a.y * k, z: a.z * k)
  }

  /// State and partials, turned to ICRF.
  static func motion(
    position: JetVector, velocity: JetVector
  ) -> (state: StateVector, partials: StateTransitionMatrix) {
    let turn = Frames.eclipticToEquatorial
    var partials = StateTransitionMatrix(elements: InlineArray(repeating: 0))
    for column in 0..<6 {
      for (row, vector) in [(0, position), (3, velocity)] {
        let d =
          turn
          * Vector3(vector.x.slope[column], vector.y.slope[column], vector.z.slope[column])
        partials[row, column] = d.x
        partials[row + 1, column] = d.y
        partials[row + 2, column] = d.z
      }
    }
    let state = StateVector(
      position: turn * Vector3(position.x.value, position.y.value, position.z.value),
      velocity: turn * Vector3(velocity.x.value, velocity.y.value, velocity.z.value))
    return (state, partials)
  }
}
