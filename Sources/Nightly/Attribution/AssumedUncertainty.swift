import Astro
package import Dynamics
import Foundation

/// What an orbit is taken to be good for when it comes without a covariance (MPCORB, plain orbit
/// CSV).
///
/// Along the orbit the MPC's uncertainty parameter U says it: the runoff in longitude grows by
/// e^(1.49 U) arcsec in ten years (https://minorplanetcenter.net/iau/info/UValue.html, upper end of
/// each class); where there is no U, 2 is taken: 20″ in ten years. In the other directions, and in
/// longitude at the epoch, 0.2″, or a hundredth of the runoff where that is more; 2″ for orbits that
/// are no ellipses, whose bodies are mostly comets. All are one standard deviation, independent in
/// equinoctial elements.
package enum AssumedUncertainty {
  static let uWithoutWord = 2
  static let floorArcsec = 0.2
  static let openFloorArcsec = 2.0
  private static let decadeDays = 3652.5

  package static func covariance(of orbit: CatalogOrbit) -> OrbitCovariance? {
    guard orbit.orbit.origin == .sun else { return nil }
    let u = Double(orbit.quality.uncertaintyParameter ?? uWithoutWord)
    let runoffArcsec = exp(1.49 * min(9, max(0, u)))
    let angle = max(floorArcsec, runoffArcsec / 100) * Angle.arcsecond
    guard let basic = KeplerianElements(orbit.orbit) else { return nil }
    if basic.eccentricity < 0.999 {
      let kind: ElementKind =
        basic.inclinationRad > 2 * .pi / 3 ? .retrogradeEquinoctial : .equinoctial
      guard let elements = ElementSet(orbit.orbit, kind) else { return nil }
      let drift = runoffArcsec * Angle.arcsecond / decadeDays
      let axis = basic.semiMajorAxisAU * drift / (1.5 * basic.meanMotion())
      return OrbitCovariance(
        covariance: diagonal([axis, angle, angle, angle / 2, angle / 2, angle]), of: elements)
    }
    guard let elements = ElementSet(orbit.orbit, .cometary) else { return nil }
    let open = max(openFloorArcsec * Angle.arcsecond, angle)
    let q = basic.perihelionAU
    let days = open * (q * q * q / GravitationalParameter.sun).squareRoot()
    return OrbitCovariance(
      covariance: diagonal([open * q, open, open, open, open, days]), of: elements)
  }

  private static func diagonal(_ sigmas: [Double]) -> [Double] {
    var matrix = [Double](repeating: 0, count: 36)
    for (index, sigma) in sigmas.enumerated() { matrix[7 * index] = sigma * sigma }
    return matrix
  }
}
