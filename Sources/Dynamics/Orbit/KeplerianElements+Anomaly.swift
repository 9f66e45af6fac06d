import Foundation

import Astro

extension KeplerianElements {
  /// The heliocentric two-body state at a true anomaly, **ecliptic** J2000 [au, au/d].
  ///
  /// - Parameter trueAnomalyRad: any; of an open orbit one that it reaches.
  public func eclipticState(
    trueAnomalyRad: Double, gm: Double = GravitationalParameter.sun
  ) -> StateVector {
    let (toward, ahead) = perifocalAxes
    let latusRectum = perihelionAU * (1 + eccentricity)
    let (sine, cosine) = (sin(trueAnomalyRad), cos(trueAnomalyRad))
    let r = latusRectum / (1 + eccentricity * cosine)
    let speed = (gm / latusRectum).squareRoot()
    return StateVector(
      position: (toward * cosine + ahead * sine) * r,
      velocity: (toward * -sine + ahead * (eccentricity + cosine)) * speed)
  }
}
