import Astro
import Astrometry
import Dynamics
import Foundation

/// When and where from `orbit info` looks.
struct OrbitView {
  let solarSystem: SolarSystem
  let sky: SkyEphemeris
  let observatory: ObservatoryCode
  let moment: Epoch<TDB>
  /// Passages looked for; nil: the next one after the moment.
  let interval: ClosedRange<Epoch<TDB>>?
  /// No farther from the body than this [au].
  let withinAU: Double

  init(
    _ solarSystem: SolarSystem, observatory: ObservatoryCode, moment: Epoch<TDB>,
    interval: ClosedRange<Epoch<TDB>>?, withinAU: Double
  ) throws(DynamicsError) {
    self.solarSystem = solarSystem
    self.observatory = observatory
    self.moment = moment
    self.interval = interval
    self.withinAU = withinAU
    sky = try SkyEphemeris(solarSystem, observatory: observatory, epochs: [moment])
  }

  func utc(_ epoch: Epoch<TDB>) -> String {
    let leapSeconds = solarSystem.leapSeconds
    return leapSeconds.utc(epoch.tai).iso8601(decimals: 0, leapSeconds: leapSeconds)
  }
}

extension OrbitSummary {
  /// Adds what follows from the orbit by way of the ephemerides.
  mutating func derive(_ orbit: CatalogOrbit, _ view: OrbitView) {
    addMOIDs(orbit, view)
    let (positions, verdict) = view.sky.positions(of: orbit)
    sky = positions[0].map { Sky($0, view) }
    remark = OrbitRun.complaint(
      designation, verdict, leapSeconds: view.solarSystem.leapSeconds)
    addApproaches(orbit, view)
  }

  /// None for epochs that the ephemerides do not cover: the planets' orbits are unknown then.
  private mutating func addMOIDs(_ orbit: CatalogOrbit, _ view: OrbitView) {
    guard let made = KeplerianElements(orbit.orbit) else { return }
    var found: [String: Double] = [:]
    for body in Body.planets {
      guard
        let planet = try? view.solarSystem.ephemeris.elements(
          of: body, at: orbit.orbit.epoch, gravity: view.solarSystem.gravity)
      else { continue }
      found[body.name] = MOID(made, planet)?.distanceAU
    }
    moidAU = found.isEmpty ? nil : found
    moidEarthAU = found[Body.earth.name]
    moidJupiterAU = found[Body.jupiter.name]
    if let moidEarthAU, let H { potentiallyHazardous = moidEarthAU <= 0.05 && H <= 22 }
  }

  private mutating func addApproaches(_ orbit: CatalogOrbit, _ view: OrbitView) {
    let end = view.solarSystem.ephemeris.end.adding(days: -1)
    guard view.interval != nil || view.moment < end else { return }
    let interval = view.interval ?? view.moment...end
    let (encounters, verdict) = Propagator(view.solarSystem).encounters(
      of: orbit, in: interval, within: view.withinAU)
    let all = encounters.map { Approach($0, view) }
    approaches = view.interval == nil ? Array(all.prefix(1)) : all
    if remark == nil {
      remark = OrbitRun.complaint(designation, verdict, leapSeconds: view.solarSystem.leapSeconds)
    }
  }
}

extension OrbitSummary.Sky {
  init(_ position: SkyPosition, _ view: OrbitView) {
    let place = position.place
    let (raRad, decRad) = place.raDec
    mjdUtc = view.solarSystem.leapSeconds.utc(view.moment.tai).mjd
    utc = view.utc(view.moment)
    observatory = "\(view.observatory)"
    ra = raRad / Angle.degree
    dec = decRad / Angle.degree
    magnitude = position.magnitude
    topoRangeAU = place.topocentricAU
    helioRangeAU = place.heliocentricAU
    elongationDeg = place.elongationRad / Angle.degree
    sigmaMajorArcsec = position.uncertainty.map { $0.majorRad / Angle.arcsecond }
    sigmaMinorArcsec = position.uncertainty.map { $0.minorRad / Angle.arcsecond }
    sigmaPADeg = position.uncertainty.map { $0.positionAngleRad / Angle.degree }
    linear = position.isLinear
  }
}

extension OrbitSummary.Approach {
  init(_ encounter: Encounter, _ view: OrbitView) {
    let kmPerSecond = Constants.auKm / Constants.secondsPerDay
    body = encounter.approach.body.name
    utc = view.utc(encounter.approach.time)
    mjdTdb = encounter.approach.time.mjd
    distanceAU = encounter.approach.distanceAU
    speedKmPerSecond = encounter.approach.speed * kmPerSecond
    speedAtInfinityKmPerSecond = encounter.speedAtInfinity * kmPerSecond
    sigmaMinutes = encounter.sigmaDays.map { $0 * 1440 }
    sigmaDistanceAU = encounter.sigmaDistanceAU
    impact = encounter.isImpact
  }
}
