public import Astro
public import Dynamics
import Foundation

/// What an observer has: limit, field, exposure.
public struct ObservingPlan: Sendable, Hashable {
  /// Faintest V at the zenith of a dark night [mag].
  public var limitMagnitude: Double
  /// Diameter of the field [deg].
  public var fieldDeg: Double
  public var exposureSeconds: Double
  public var seeingArcsec: Double
  /// Lowest altitude [deg].
  public var leastAltitudeDeg: Double

  public init(
    limitMagnitude: Double, fieldDeg: Double, exposureSeconds: Double = 30,
    seeingArcsec: Double = 1.5, leastAltitudeDeg: Double = 25
  ) {
    self.limitMagnitude = limitMagnitude
    self.fieldDeg = fieldDeg
    self.exposureSeconds = exposureSeconds
    self.seeingArcsec = seeingArcsec
    self.leastAltitudeDeg = leastAltitudeDeg
  }
}

/// How one candidate stands for one observatory on one night.
public struct Visibility: Sendable, Hashable {
  public enum Verdict: String, Sendable, Hashable {
    case visible
    /// Up, but fainter than the limit for all of the night.
    case tooFaint = "too faint"
    case notUp = "not up in the dark"
    case noDarkness = "the night has no darkness"
  }

  public var observatory: ObservatoryCode
  public var verdict: Verdict
  /// Of the moment at which the margin is largest; nil when it is not up.
  public var best: Moment?
  /// Dark hours in which it is high enough.
  public var hours: Double

  public struct Moment: Sendable, Hashable {
    public var epoch: Epoch<TDB>
    /// Middle of the region [rad], ICRF.
    public var raRad: Double
    public var decRad: Double
    public var altitudeRad: Double
    public var airmass: Double
    public var moonSeparationRad: Double
    public var moonAltitudeRad: Double
    /// Limit less magnitude, with all losses [mag].
    public var margin: Double
    public var trailingLoss: Double
  }
}

/// Where a tracklet's orbits are during a night, geocentric, with their brightness: made once for all
/// observatories.
public struct NightTrack: Sendable {
  public let start: Epoch<TDB>
  public let days: Double
  /// Middle of the region at the start and the end, its median distance [au], by sample.
  let from: Vector3
  let to: Vector3
  let distanceAU: Double
  /// Median V.
  public let magnitude: Double
  /// Of the middle, across the sky [arcsec/h].
  public let rateArcsecPerHour: Double
  /// Radius of 95 % of the orbits at the middle of the night [rad].
  public let radius95Rad: Double
  /// Part of the orbits within half a field's diameter of the middle.
  public let inField: Double
  public let galacticLatitudeRad: Double

  /// - Parameter orbits: equally likely ones.
  /// - Returns: nil without orbits.
  /// - Throws: ``DynamicsError`` outside the ephemerides.
  public init?(
    _ orbits: [RangedOrbit], from start: Epoch<TDB>, days: Double, fieldDeg: Double,
    solarSystem: SolarSystem
  ) throws(DynamicsError) {
    guard !orbits.isEmpty else { return nil }
    let first = try PlacesAtOnce(orbits, start, solarSystem)
    let last = try PlacesAtOnce(orbits, start.adding(days: days), solarSystem)
    let middle = try PlacesAtOnce(orbits, start.adding(days: 0.5 * days), solarSystem)
    self.start = start
    self.days = days
    from = first.centre
    to = last.centre
    distanceAU = middle.medianDistance
    magnitude = middle.medianMagnitude
    rateArcsecPerHour = from.angle(to: to) / Angle.arcsecond / (24 * days)
    radius95Rad = middle.radius(0.95)
    inField = middle.part(within: 0.5 * fieldDeg * Angle.degree)
    galacticLatitudeRad = (Frames.equatorialToGalactic * middle.centre).longitudeLatitude.lat
  }

  /// Seen from a place on the Earth.
  func direction(at epoch: Epoch<TDB>, from place: Vector3) -> Vector3 {
    let part = epoch.days(since: start) / days
    let geocentric = (from * (1 - part) + to * part).unit * distanceAU
    return (geocentric - place).unit
  }

  /// Altitude of the region's middle at a moment of a night [rad].
  public func altitude(_ step: SkyNight.Step) -> Double {
    asin(direction(at: step.epoch, from: step.place).dot(step.zenith))
  }

  /// 0.3 to 1: how free of stars the field is.
  public var clearness: Double {
    SeeingConditions.clearness(galacticLatitude: galacticLatitudeRad)
  }

  /// - Complexity: O(steps of the night).
  public func visibility(_ night: SkyNight, _ plan: ObservingPlan) -> Visibility {
    guard !night.steps.isEmpty else {
      return Visibility(
        observatory: night.observatory, verdict: .noDarkness, best: nil, hours: 0)
    }
    let trailing = SeeingConditions.trailing(
      rate: rateArcsecPerHour, seconds: plan.exposureSeconds, seeing: plan.seeingArcsec)
    let least = sin(plan.leastAltitudeDeg * Angle.degree)
    var best: Visibility.Moment?
    var up = 0
    for step in night.steps {
      let u = direction(at: step.epoch, from: step.place)
      let height = u.dot(step.zenith)
      guard height > least else { continue }
      up += 1
      let altitude = asin(height)
      let separation = u.angle(to: step.moon)
      let loss = SeeingConditions.loss(
        altitude: altitude, moonAltitude: step.moonAltitude, moonPhase: step.moonPhase,
        separation: separation)
      let margin = plan.limitMagnitude - loss - trailing - magnitude
      guard margin > best?.margin ?? -.infinity else { continue }
      let place = u.longitudeLatitude
      best = Visibility.Moment(
        epoch: step.epoch, raRad: place.lon, decRad: place.lat, altitudeRad: altitude,
        airmass: SeeingConditions.airmass(altitude), moonSeparationRad: separation,
        moonAltitudeRad: step.moonAltitude, margin: margin, trailingLoss: trailing)
    }
    let verdict: Visibility.Verdict =
      best.map { $0.margin > 0 ? .visible : .tooFaint } ?? .notUp
    return Visibility(
      observatory: night.observatory, verdict: verdict, best: best,
      hours: Double(up) * SkyNight.stepHours)
  }
}
