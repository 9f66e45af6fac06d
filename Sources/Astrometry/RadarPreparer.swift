import Astro
public import Dynamics

/// Makes radar measurements computable: times to TDB, stations, the Earth's motion about the moment.
public struct RadarPreparer: Sendable {
  public let solarSystem: SolarSystem
  /// The object's radius [km], for echoes of its surface; nil: taken as 0.5 ± 0.5 km.
  public let radiusKm: Double?
  private static let assumedRadiusKm = 0.5

  public init(solarSystem: SolarSystem, radiusKm: Double? = nil) {
    self.solarSystem = solarSystem
    self.radiusKm = radiusKm
  }

  /// - Throws: ``DetectionFault`` for what cannot be used, with the name of its ADES field.
  public func prepare(_ measurement: RadarMeasurement) throws(DetectionFault) -> RadarObservation {
    try check(measurement)
    let (tai, tdb) = (measurement.received, measurement.received.tdb)
    let receiver: (barycentric: StateVector, fromEarth: StateVector)
    let station: RadarStation
    let sun: StateVector
    do {
      sun = try solarSystem.ephemeris.state(of: .sun, at: tdb)
      let place = try solarSystem.observer(measurement.receiver, at: tai, tdb: tdb)
      let earth = try solarSystem.ephemeris.state(of: .earth, at: tdb)
      receiver = (place, place - earth)
      station = try transmitter(measurement.transmitter, tai, tdb)
    } catch {
      let field =
        switch error {
        case .outsideEphemeris: "obsTime"
        default: "trx, rcv"
        }
      throw DetectionFault(field: field, reason: "\(error)")
    }
    let h = 0.05
    let later = tai.adding(days: h).tdb.days(since: tai.adding(days: -h).tdb)
    let (value, sigma) = reducedToCenter(measurement)
    return RadarObservation(
      quantity: measurement.quantity, value: value, sigma: sigma,
      frequencyHz: measurement.frequencyMHz * 1e6, epoch: tdb, receiver: receiver.barycentric,
      sun: sun, transmitter: station, receiverFromEarth: receiver.fromEarth,
      clockRate: later / (2 * h) - 1)
  }

  private func check(_ m: RadarMeasurement) throws(DetectionFault) {
    let isDelay = m.quantity == .delay
    guard m.value.isFinite,
      !isDelay || (m.value > 0 && m.value < RadarMeasurement.largestDelaySeconds)
    else {
      throw DetectionFault(
        field: isDelay ? "delay" : "doppler",
        reason: "\(m.value) is no \(isDelay ? "round-trip time [s]" : "frequency shift [Hz]")")
    }
    guard m.sigma.isFinite, m.sigma > 0 else {
      throw DetectionFault(
        field: isDelay ? "rmsDelay" : "rmsDoppler", reason: "\(m.sigma) is no standard deviation")
    }
    guard RadarMeasurement.frequencyLimitsMHz.contains(m.frequencyMHz) else {
      throw DetectionFault(
        field: "frq", reason: "\(m.frequencyMHz) MHz is no radar's carrier (10 to 100,000 MHz)")
    }
  }

  /// An echo of the surface is early by the time that light takes for two radii.
  private func reducedToCenter(_ m: RadarMeasurement) -> (value: Double, sigma: Double) {
    guard m.reflection == .surface, m.quantity == .delay else { return (m.value, m.sigma) }
    let secondsPerKm = 2 / (Constants.lightSpeedAUPerDay * Constants.auKm / Constants.secondsPerDay)
    if let radiusKm { return (m.value + radiusKm * secondsPerKm, m.sigma) }
    let assumed = Self.assumedRadiusKm * secondsPerKm
    return (m.value + assumed, (m.sigma * m.sigma + assumed * assumed).squareRoot())
  }

  private func transmitter(
    _ code: ObservatoryCode, _ tai: Epoch<TAI>, _ tdb: Epoch<TDB>
  ) throws(DynamicsError) -> RadarStation {
    let site = try solarSystem.observatories.site(code)
    let orientation = solarSystem.earthOrientation
    let toCelestial = orientation.celestialToTerrestrial(at: tai).transpose
    let h = 0.02
    let earth = try solarSystem.ephemeris.state(of: .earth, at: tdb)
    let before = try solarSystem.ephemeris.state(of: .earth, at: tdb.adding(days: -h)).velocity
    let after = try solarSystem.ephemeris.state(of: .earth, at: tdb.adding(days: h)).velocity
    return RadarStation(
      earth: earth, acceleration: (after - before) * (0.5 / h),
      jerk: (after + before - earth.velocity * 2) * (1 / (h * h)),
      site: toCelestial * site.terrestrialKm * (1 / Constants.auKm),
      pole: toCelestial * Vector3(0, 0, 1))
  }
}
