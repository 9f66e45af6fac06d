import Foundation

public import Astro

extension KeplerianElements {
  /// The osculating elements of a heliocentric orbit.
  ///
  /// - Returns: nil when the orbit's origin is not the Sun, its state is not finite, or it moves
  ///   on a straight line through the Sun, where elements do not exist.
  public init?(_ orbit: Orbit, gm: Double = GravitationalParameter.sun) {
    guard orbit.origin == .sun else { return nil }
    let position = Frames.equatorialToEcliptic * orbit.state.position
    let velocity = Frames.equatorialToEcliptic * orbit.state.velocity
    let r = position.norm
    let momentum = position.cross(velocity)
    let h = momentum.norm
    guard position.isFinite, velocity.isFinite, r > 0, h > 0, gm > 0 else { return nil }

    let sigma = position.dot(velocity)
    let latusRectum = h * h / gm
    let eCos = latusRectum / r - 1
    let eSin = h * sigma / (gm * r)
    let e = (eCos * eCos + eSin * eSin).squareRoot()
    let anomaly = e > 0 ? atan2(eSin, eCos) : 0
    let q = latusRectum / (1 + e)
    guard q > 0, q.isFinite, e.isFinite else { return nil }

    let pole = momentum * (1 / h)
    let tilt = (pole.x * pole.x + pole.y * pole.y).squareRoot()
    let node = tilt > 0 ? atan2(pole.x, -pole.y) : 0
    let ascending = Vector3(cos(node), sin(node), 0)
    let latitude = atan2(position.dot(pole.cross(ascending)), position.dot(ascending))

    // The conic that q and e describe, so that the elements give back the state they came from.
    let beta = gm * (1 - e) / q
    let sincePerihelion = Self.daysSincePerihelion(
      trueAnomalyRad: anomaly, q: q, e: e, beta: beta, gm: gm)
    guard sincePerihelion.isFinite else { return nil }
    self.init(
      epoch: orbit.epoch, perihelionAU: q, eccentricity: e, inclinationRad: atan2(tilt, pole.z),
      nodeRad: Angle.wrapPositive(node), argPeriRad: Angle.wrapPositive(latitude - anomaly),
      perihelionTime: orbit.epoch.adding(days: -sincePerihelion))
  }

  /// Time since perihelion for a true anomaly in -π…π, well conditioned for every e.
  private static func daysSincePerihelion(
    trueAnomalyRad nu: Double, q: Double, e: Double, beta: Double, gm: Double
  ) -> Double {
    // w = tan(√β s / 2) / √β = √(q / (GM (1 + e))) tan(ν / 2)
    let scale = (q / (gm * (1 + e))).squareRoot()
    let (sine, cosine) = (scale * sin(0.5 * nu), cos(0.5 * nu))
    let w = sine / cosine
    let s: Double
    if abs(beta) * w * w < 1e-3 {
      s = 2 * w * arcTangentSeries(beta * w * w)
    } else if beta > 0 {
      let root = beta.squareRoot()
      s = 2 * atan2(root * sine, cosine) / root
    } else {
      let root = (-beta).squareRoot()
      s = 2 * atanh(root * w) / root
    }
    let u = UniversalFunctions(beta: beta, s: s)
    return q * u.u1 + gm * u.u3
  }

  /// atan(x) / x as a function of x², |x²| < 1e-3 (of either sign).
  private static func arcTangentSeries(_ z: Double) -> Double {
    1 - z * (1 / 3.0 - z * (1 / 5.0 - z * (1 / 7.0 - z * (1 / 9.0 - z * (1 / 11.0)))))
  }

  /// The heliocentric state of these elements at their epoch, ICRF.
  public func orbit(gm: Double = GravitationalParameter.sun) -> Orbit {
    orbit(at: epoch, gm: gm)
  }

  /// The heliocentric two-body state at an epoch, ICRF.
  public func orbit(at time: Epoch<TDB>, gm: Double = GravitationalParameter.sun) -> Orbit {
    let (toPerihelion, ahead) = perifocalAxes
    let speed = (gm * (1 + eccentricity) / perihelionAU).squareRoot()
    let atPerihelion = StateVector(
      position: Frames.eclipticToEquatorial * (toPerihelion * perihelionAU),
      velocity: Frames.eclipticToEquatorial * (ahead * speed))
    // 1/a comes from (1 - e)/q, not from the rounded speed, which near a parabola has lost it.
    let beta = gm * (1 - eccentricity) / perihelionAU
    let state = UniversalSolution(
      atPerihelion, days: time.days(since: perihelionTime), gm: gm, beta: beta
    ).state(from: atPerihelion)
    return Orbit(epoch: time, state: state, origin: .sun)
  }
}
