import Astro
import Astrometry
import Dynamics
import Foundation
import TestSupport
import Testing

/// Truth: JPL's measurements of Apophis with Horizons' state, and the definition of the delay itself:
/// light on its way between places that the propagator and the Earth's rotation give.
struct RadarEchoTests {
  private let system: SolarSystem

  init() throws { system = try SolarSystem.load(folder: TestPaths.ephemerides) }

  private var apophis: Orbit {
    let (p, v) = (ApophisRadar.position, ApophisRadar.velocity)
    return Orbit(
      epoch: Epoch(mjd: ApophisRadar.mjdTdb),
      state: StateVector(position: Vector3(p.0, p.1, p.2), velocity: Vector3(v.0, v.1, v.2)),
      origin: .solarSystemBarycenter)
  }

  private func measurement(
    _ time: String, _ quantity: RadarMeasurement.Quantity, from: String, to: String,
    value: Double = 100,
    sigma: Double = 1, frequencyMHz: Double = 8560
  ) throws -> RadarMeasurement {
    RadarMeasurement(
      quantity: quantity, value: value, sigma: sigma, frequencyMHz: frequencyMHz,
      received: system.leapSeconds.tai(try Epoch<UTC>(iso8601: time)),
      transmitter: try #require(ObservatoryCode(from)), receiver: try #require(ObservatoryCode(to)))
  }

  private func state(_ epoch: Epoch<TDB>) throws -> StateVector {
    let options = Propagator.Options(origin: .solarSystemBarycenter, tolerance: 1e-10)
    return try #require(
      Propagator(system).propagate(apophis, to: [epoch], options: options).states[0])
  }

  /// All within 3 of JPL's σ, the delays within 0.6 µs (90 m there and back): the MPC's parallax
  /// constants have the stations to some 6 m, and the state is a later solution of JPL's.
  @Test func measuredEchoes() throws {
    for row in ApophisRadar.rows {
      let scale = row.isDelay ? 1e-6 : 1
      let measured = try RadarPreparer(solarSystem: system).prepare(
        measurement(
          row.time, row.isDelay ? .delay : .doppler, from: row.station, to: row.station,
          value: row.value * scale, sigma: row.sigma * scale, frequencyMHz: row.frequencyMHz))
      let echo = RadarEcho(measured, object: try state(measured.epoch))
      let residual = (measured.value - echo.computed) / scale
      #expect(abs(residual) < 3 * row.sigma, "\(row.time): \(residual)")
      if row.isDelay { #expect(abs(residual) < 0.6, "\(row.time): \(residual) µs") }
    }
  }

  /// Light time by iteration on the states themselves: no expansion, no model of the station.
  private func delay(
    _ tai: Epoch<TAI>, from: ObservatoryCode, to: ObservatoryCode
  ) throws -> (total: Double, bounce: StateVector, sent: Epoch<TDB>) {
    let tdb = tai.tdb
    let receiver = try system.observer(to, at: tdb).position
    let c = Constants.lightSpeedAUPerDay
    var down = 0.0
    var up = 0.0
    var bounce = try state(tdb)
    for _ in 0..<5 {
      bounce = try state(tdb.adding(days: -down))
      down = (bounce.position - receiver).norm / c
    }
    up = down
    for _ in 0..<5 {
      let sender = try system.observer(from, at: tdb.adding(days: -down - up)).position
      up = (bounce.position - sender).norm / c
    }
    let sent = tdb.adding(days: -down - up)
    return (down + up, bounce, sent)
  }

  /// The Sun's delay and the stations' clocks are the only differences from the geometric light time:
  /// each computed here from its textbook formula. To a nanosecond (15 cm there and back).
  @Test(arguments: [("253", "253"), ("251", "251"), ("253", "252"), ("254", "251")])
  func delayIsLightTime(_ pair: (String, String)) throws {
    let (from, to) = (try #require(ObservatoryCode(pair.0)), try #require(ObservatoryCode(pair.1)))
    for time in ["2013-01-09T08:00:00Z", "2013-03-15T23:59:00Z"] {
      let observation = try RadarPreparer(solarSystem: system).prepare(
        measurement(time, .delay, from: pair.0, to: pair.1))
      let echo = RadarEcho(observation, object: try state(observation.epoch))
      let tai = system.leapSeconds.tai(try Epoch<UTC>(iso8601: time))
      let (total, bounce, sent) = try delay(tai, from: from, to: to)
      let c = Constants.lightSpeedAUPerDay
      let sun = try system.ephemeris.state(of: .sun, at: observation.epoch).position
      let receiver = try system.observer(to, at: observation.epoch)
      let sender = try system.observer(from, at: sent)
      func shapiro(_ a: Vector3, _ b: Vector3) -> Double {
        let (r, s, d) = ((a - sun).norm, (b - sun).norm, (b - a).norm)
        return 2 * 2.959_122_084_1e-4 / (c * c * c) * log((r + s + d) / (r + s - d))
      }
      let light =
        total + shapiro(receiver.position, bounce.position)
        + shapiro(bounce.position, sender.position)
      // TDB − TT at a station: its course at the geocentre and v · s / c².
      let earth = try system.ephemeris.state(of: .earth, at: observation.epoch)
      let early = try system.ephemeris.state(of: .earth, at: sent)
      let sites =
        (earth.velocity.dot(receiver.position - earth.position)
          - early.velocity.dot(sender.position - early.position)) / (c * c)
      let geocentre =
        observation.epoch.days(since: sent) - observation.epoch.tt.days(since: sent.tt)
      let expected = (light - geocentre - sites) * Constants.secondsPerDay
      #expect(
        abs(echo.computed - expected) < 1e-9, "\(time) \(pair): \(echo.computed - expected) s")
    }
  }

  /// The Doppler shift is −f times the derivative of the delay. The difference quotient over 8 s has an
  /// error of third order by the station's turning: f v ω² h² / 3 c = 6e-4 Hz. What a station moves by
  /// precession and nutation (0.1 mm/s) is not in its velocity: 6e-3 Hz there and back.
  @Test(arguments: [("253", "253"), ("253", "252"), ("251", "251")])
  func dopplerIsTheDerivativeOfTheDelay(_ pair: (String, String)) throws {
    let frequency = 8560e6
    let middle = try measurement("2013-01-09T08:00:00Z", .doppler, from: pair.0, to: pair.1)
    func computed(_ quantity: RadarMeasurement.Quantity, seconds: Double) throws -> Double {
      var moved = middle
      moved.quantity = quantity
      moved.received = middle.received.adding(days: seconds / Constants.secondsPerDay)
      let observation = try RadarPreparer(solarSystem: system).prepare(moved)
      return RadarEcho(observation, object: try state(observation.epoch)).computed
    }
    let h = 4.0
    let slope = (try computed(.delay, seconds: h) - (try computed(.delay, seconds: -h))) / (2 * h)
    let shift = try computed(.doppler, seconds: 0)
    #expect(abs(shift + frequency * slope) < 1e-2, "\(shift + frequency * slope) Hz")
  }

  /// Gradients against differences of what is computed from changed states: of the delay to 1e-5 of
  /// themselves, of the Doppler shift to 5e-4 (the transmitter's acceleration over the longer light
  /// time, 1.5e-3 au/d² · 2/c · f/c, is left out).
  @Test func gradients() throws {
    for quantity in [RadarMeasurement.Quantity.delay, .doppler] {
      let observation = try RadarPreparer(solarSystem: system).prepare(
        measurement("2013-01-09T08:00:00Z", quantity, from: "253", to: "252"))
      let middle = try state(observation.epoch)
      let echo = RadarEcho(observation, object: middle)
      let (h, k) = (1e-6, 1e-8)
      let part = quantity == .delay ? 1e-5 : 5e-4
      for axis in [Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1)] {
        func at(_ dp: Double, _ dv: Double) -> Double {
          let moved = StateVector(
            position: middle.position + axis * dp, velocity: middle.velocity + axis * dv)
          return RadarEcho(observation, object: moved).computed
        }
        let byPlace = (at(h, 0) - at(-h, 0)) / (2 * h)
        let bySpeed = (at(0, k) - at(0, -k)) / (2 * k)
        #expect(abs(echo.byPosition.dot(axis) - byPlace) < part * echo.byPosition.norm)
        #expect(abs(echo.byVelocity.dot(axis) - bySpeed) < part * echo.byVelocity.norm)
      }
    }
  }

  @Test func surfaceEchoes() throws {
    var measured = try measurement(
      "2013-01-09T08:00:00Z", .delay, from: "253", to: "253", value: 96, sigma: 1e-6)
    measured.reflection = .surface
    // Two radii of 0.17 km: 1.134 µs of light.
    let known = try RadarPreparer(solarSystem: system, radiusKm: 0.17).prepare(measured)
    #expect(abs(known.value - 96 - 2 * 0.17 / 299_792.458) < 1e-13 && known.sigma == 1e-6)
    let unknown = try RadarPreparer(solarSystem: system).prepare(measured)
    #expect(unknown.sigma > 3e-6 && unknown.sigma < 4e-6)
  }

  @Test func impossibleMeasurements() throws {
    let preparer = RadarPreparer(solarSystem: system)
    func fault(_ change: (inout RadarMeasurement) -> Void) throws -> String? {
      var measured = try measurement("2013-01-09T08:00:00Z", .delay, from: "253", to: "253")
      change(&measured)
      do throws(DetectionFault) {
        _ = try preparer.prepare(measured)
        return nil
      } catch { return error.field }
    }
    #expect(try fault { $0.value = -1 } == "delay")
    #expect(try fault { $0.value = .nan } == "delay")
    #expect(try fault { $0.sigma = 0 } == "rmsDelay")
    #expect(try fault { $0.frequencyMHz = 0 } == "frq")
    #expect(try fault { $0.transmitter = ObservatoryCode("ZZZ") ?? $0.transmitter } == "trx, rcv")
    #expect(try fault { $0.received = Epoch(mjd: 1e6) } == "obsTime")
  }
}
