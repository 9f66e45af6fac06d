public import Astro
public import Astrometry
public import Dynamics
import Foundation

/// One night of one observatory, from noon to noon, in steps: where the zenith, the Sun and the Moon are.
public struct SkyNight: Sendable {
  public let observatory: ObservatoryCode
  public let night: Night
  /// Steps at which the Sun is low enough, see ``darkAltitudeRad``; empty where it never is.
  public let steps: [Step]

  /// One moment.
  public struct Step: Sendable {
    public let epoch: Epoch<TDB>
    /// Direction of the geocentre through the observer, ICRF: within 0.2° of the vertical.
    public let zenith: Vector3
    /// Geocentric place of the observer [au].
    public let place: Vector3
    /// Direction of the Moon, its altitude [rad], and its phase angle [rad], 0 when full.
    public let moon: Vector3
    public let moonAltitude: Double
    public let moonPhase: Double
  }

  /// The Sun is below this: fainter than the dark sky's own light by then for all but surveys of the
  /// faintest.
  public static let darkAltitudeRad = -15 * Angle.degree
  private static let stepDays = 10.0 / 1440

  /// - Throws: ``DynamicsError`` for an unknown observatory or one without a place, or a night outside
  ///   the ephemerides.
  public init(
    _ solarSystem: SolarSystem, observatory: ObservatoryCode, night: Night
  ) throws(DynamicsError) {
    let site = try solarSystem.observatories.site(observatory)
    let turn = (site.longitudeDeg / 360).remainder(dividingBy: 1)
    let noon = Double(night.mjd) + 0.5 - turn
    var found: [Step] = []
    for k in 0..<144 {
      let utc = Epoch<UTC>(mjd: noon + Double(k) * SkyNight.stepDays)
      let epoch = solarSystem.leapSeconds.tai(utc).tdb
      let earth = try solarSystem.ephemeris.state(of: .earth, at: epoch).position
      let sun = try solarSystem.ephemeris.state(of: .sun, at: epoch).position
      let moon = try solarSystem.ephemeris.state(of: .moon, at: epoch).position
      let place = try solarSystem.observer(observatory, at: epoch).position - earth
      let zenith = place.unit
      let toSun = (sun - earth - place).unit
      guard asin(toSun.dot(zenith)) < SkyNight.darkAltitudeRad else { continue }
      let toMoon = moon - earth - place
      found.append(
        Step(
          epoch: epoch, zenith: zenith, place: place, moon: toMoon.unit,
          moonAltitude: asin(toMoon.unit.dot(zenith)),
          moonPhase: (sun - moon).angle(to: -toMoon)))
    }
    self.observatory = observatory
    self.night = night
    steps = found
  }

  /// Length of the dark time [h].
  public var darkHours: Double { Double(steps.count) * SkyNight.stepDays * 24 }
  static var stepHours: Double { stepDays * 24 }
}
