import Foundation

public import Astro

/// Heliocentric osculating elements, ecliptic and equinox J2000 (obliquity 84381.448″, as the MPC
/// and JPL use it), for every conic: the perihelion distance and time stand in for the semi-major
/// axis and mean anomaly, which a parabola has not.
///
/// The stored truth of an orbit is its state (``Orbit``); elements are made for reading and
/// exchange. Orbits close to a straight line (q → 0) lose digits in them: 1/a = (1 - e)/q.
public struct KeplerianElements: Hashable, Sendable {
  /// Epoch of osculation.
  public var epoch: Epoch<TDB>
  /// Perihelion distance q [au].
  public var perihelionAU: Double
  /// Eccentricity e ≥ 0.
  public var eccentricity: Double
  /// Inclination to the ecliptic [rad], 0…π.
  public var inclinationRad: Double
  /// Longitude of the ascending node Ω [rad].
  public var nodeRad: Double
  /// Argument of perihelion ω [rad].
  public var argPeriRad: Double
  /// Time of the perihelion passage next to the epoch.
  public var perihelionTime: Epoch<TDB>

  public init(
    epoch: Epoch<TDB>, perihelionAU: Double, eccentricity: Double, inclinationRad: Double,
    nodeRad: Double, argPeriRad: Double, perihelionTime: Epoch<TDB>
  ) {
    self.epoch = epoch
    self.perihelionAU = perihelionAU
    self.eccentricity = eccentricity
    self.inclinationRad = inclinationRad
    self.nodeRad = nodeRad
    self.argPeriRad = argPeriRad
    self.perihelionTime = perihelionTime
  }

  /// Elements given by semi-major axis and mean anomaly, for ellipses (a > 0, e < 1) and
  /// hyperbolas (a < 0, e > 1).
  ///
  /// - Returns: nil when a and e do not belong together, or are not finite.
  public init?(
    epoch: Epoch<TDB>, semiMajorAxisAU a: Double, eccentricity e: Double, inclinationRad: Double,
    nodeRad: Double, argPeriRad: Double, meanAnomalyRad: Double,
    gm: Double = GravitationalParameter.sun
  ) {
    guard a.isFinite, e.isFinite, e >= 0, (1 - e) * a > 0, meanAnomalyRad.isFinite else {
      return nil
    }
    let motion = (gm / abs(a * a * a)).squareRoot()
    let mean = e < 1 ? Angle.wrapSigned(meanAnomalyRad) : meanAnomalyRad
    self.init(
      epoch: epoch, perihelionAU: a * (1 - e), eccentricity: e, inclinationRad: inclinationRad,
      nodeRad: nodeRad, argPeriRad: argPeriRad,
      perihelionTime: epoch.adding(days: -mean / motion))
  }

  /// Semi-major axis [au]: negative for hyperbolas, infinite for the parabola.
  public var semiMajorAxisAU: Double { perihelionAU / (1 - eccentricity) }

  /// Aphelion distance [au], infinite unless an ellipse.
  public var aphelionAU: Double {
    eccentricity < 1 ? perihelionAU * (1 + eccentricity) / (1 - eccentricity) : .infinity
  }

  /// Mean motion [rad/d]; zero for the parabola.
  public func meanMotion(gm: Double = GravitationalParameter.sun) -> Double {
    let inverse = abs(1 - eccentricity) / perihelionAU
    return inverse * (gm * inverse).squareRoot()
  }

  /// Revolution [d], infinite unless an ellipse.
  public func periodDays(gm: Double = GravitationalParameter.sun) -> Double {
    eccentricity < 1 ? 2 * .pi / meanMotion(gm: gm) : .infinity
  }

  /// Mean anomaly at the epoch [rad]: [0, 2π) for ellipses, signed for hyperbolas; zero for the
  /// parabola, which has none.
  public func meanAnomalyRad(gm: Double = GravitationalParameter.sun) -> Double {
    let mean = meanMotion(gm: gm) * epoch.days(since: perihelionTime)
    return eccentricity < 1 ? Angle.wrapPositive(mean) : mean
  }
}
