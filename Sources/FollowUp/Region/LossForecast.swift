public import Astro
public import Dynamics
import Foundation

/// When a candidate is lost, and when to look again.
public struct LossForecast: Sendable, Hashable {
  /// From the tracklet until 95 % of its orbits no longer fit into the field [d]; infinite if they do for
  /// 30 days, zero if they do not now.
  public var daysToLoss: Double
  /// Days after the tracklet at which one more observation says most, nil when none may be had.
  public var bestDays: Double?
  /// Radius of 95 % of the orbits [rad] by ``days``.
  public var radii: [Double]

  /// Days after the tracklet at which the region is looked at.
  public static let days: [Double] = [0.25, 1, 2, 3, 4, 5, 7, 10, 14, 20, 30]
  /// An observation's own error: what the region shrinks to [rad].
  private static let precision = 0.3 * Angle.arcsecond

  /// - Parameters:
  ///   - orbits: equally likely ones.
  ///   - epoch: of the tracklet.
  ///
  /// One observation takes the region's spread at that moment down to the observation's own error, if the
  /// object is in the field: the gain is the part of the orbits in the field times the logarithm of the
  /// ratio. It grows from night to night until the region outgrows the field. Nights on which the object
  /// is fainter than the limit, or within 50° of the Sun, count for nothing.
  public init(
    _ orbits: [RangedOrbit], epoch: Epoch<TDB>, plan: ObservingPlan, solarSystem: SolarSystem
  ) throws(DynamicsError) {
    let half = 0.5 * plan.fieldDeg * Angle.degree
    var best = 0.0
    var found: Double?
    var radii: [Double] = []
    for days in LossForecast.days {
      let places = try PlacesAtOnce(orbits, epoch.adding(days: days), solarSystem)
      let radius = places.radius(0.95)
      radii.append(radius)
      guard days >= 1, places.elongation > 50 * Angle.degree,
        places.medianMagnitude < plan.limitMagnitude
      else { continue }
      let gain =
        places.part(within: half) * log(max(1, radius / LossForecast.precision))
      if gain > best {
        best = gain
        found = days
      }
    }
    self.radii = radii
    bestDays = found
    daysToLoss = LossForecast.crossing(radii, half)
  }

  /// Where the radius passes the limit: as a power of time between two days.
  private static func crossing(_ radii: [Double], _ limit: Double) -> Double {
    guard let k = radii.firstIndex(where: { $0 > limit }) else { return .infinity }
    guard k > 0 else { return 0 }
    let (a, b) = (log(max(radii[k - 1], 1e-12)), log(radii[k]))
    let part = b > a ? (log(limit) - a) / (b - a) : 1
    return exp(log(days[k - 1]) + part * (log(days[k]) - log(days[k - 1])))
  }
}
