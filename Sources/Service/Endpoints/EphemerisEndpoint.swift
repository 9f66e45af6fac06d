import HTTPTypes
import Astro
import Astrometry
import Catalog
import Dynamics
import Exchange
import Foundation

/// Where one object is on the sky, from full propagation.
enum EphemerisEndpoint {
  /// So many places at most, and so long a span [d].
  private static let mostSteps = 2_000
  private static let longestSpan = 7_305.0

  static func all(_ state: ServiceState) -> [Endpoint] {
    [
      Endpoint(
        path: "/v1/objects/{id}/ephemeris", operation: "ephemeris",
        summary: "An object's places, rates, magnitudes and error ellipses.",
        description: """
          Propagated from the orbit in force under all forces. `linear` is false where the error \
          ellipse is not to be trusted because the spread of the orbit bends on the sky. At most \
          \(mostSteps) times within 20 years.
          """,
        tag: "objects",
        parameters: [
          ObjectEndpoints.idParameter,
          Parameter(
            "start", .time, required: true,
            "First time: ISO 8601 (UTC), or an MJD with its scale (61000.5:tai).",
            example: "2026-11-22T00:00:00Z"),
          Parameter(
            "stop", .time, "Last time; one time only without it.",
            example: "2026-12-22T00:00:00Z"),
          Parameter(
            "step", .number(1e-5...3_660), default: "1", "Days from time to time.", example: "1"),
          Parameter("observatory", .observatory, default: "X05", "MPC code.", example: "X05"),
          Parameter(
            "format", .choice(["json", "csv", "votable"]), default: "json", "Of the answer."),
        ],
        mediaTypes: ["application/json", "text/csv", "application/x-votable+xml"],
        otherStatuses: [
          (301, "The object is a part of another one now."),
          (404, "No such object, or one without an orbit."),
        ], weight: .heavy
      ) { call in
        let name = call.arguments.text("id") ?? ""
        let id: Int64
        switch try ObjectName.find(name, state, suffix: "/ephemeris") {
        case .found(let number): id = number
        case .moved(let reply): return reply
        }
        guard let orbit = try state.catalog.orbits(ofObjects: [id])[id] else {
          throw HTTPProblem(.notFound, "the object has no orbit", parameter: "id")
        }
        let epochs = try epochs(call.arguments, state)
        let observatory = call.arguments.observatory("observatory") ?? .rubin
        let (rows, remark) = try await Blocking.run {
          try EphemerisEndpoint.rows(orbit, epochs, observatory, state)
        }
        let table = ReplyTable(
          name: "ephemeris", description: "Ephemeris of \(orbit.designation)", columns: columns,
          rows: rows)
        return try await table.reply(call.arguments.text("format") ?? "json") { text in
          text.add("designation", orbit.designation)
          text.add("ssObjectId", id)
          text.add("count", rows.rowCount)
          text.add("remark", remark)
        }
      }
    ]
  }

  private static func epochs(
    _ arguments: Arguments, _ state: ServiceState
  ) throws(HTTPProblem) -> [Epoch<TDB>] {
    let start = arguments.time("start") ?? state.solarSystem.now
    guard let stop = arguments.time("stop") else { return [start] }
    let step = arguments.number("step") ?? 1
    let span = stop.days(since: start)
    guard span >= 0 else { throw .badParameter("stop", "stop is before start") }
    guard span <= longestSpan else {
      throw .badParameter("stop", "from start to stop are \(span) days, more than \(longestSpan)")
    }
    let count = Int((span / step + 1e-9).rounded(.down)) + 1
    guard count <= mostSteps else {
      throw .badParameter(
        "step", "these are \(count) times, more than \(mostSteps); take a longer step")
    }
    return (0..<count).map { start.adding(days: Double($0) * step) }
  }

  static let columns: [TableColumn] = [
    .init("mjdUtc", .float64, unit: "d", ucd: "time.epoch", "MJD, UTC"),
    .init("ra", .float64, unit: "deg", ucd: "pos.eq.ra;meta.main", "Right ascension, astrometric"),
    .init("dec", .float64, unit: "deg", ucd: "pos.eq.dec;meta.main", "Declination, astrometric"),
    .init(
      "raRate", .float64, unit: "arcsec/h", ucd: "pos.pm;pos.eq.ra", "Motion in RA times cos dec"),
    .init("decRate", .float64, unit: "arcsec/h", ucd: "pos.pm;pos.eq.dec", "Motion in declination"),
    .init("topoRange", .float64, unit: "AU", ucd: "pos.distance", "Distance from the observer"),
    .init(
      "helioRange", .float64, unit: "AU", ucd: "pos.distance;pos.heliocentric",
      "Distance from the Sun"),
    .init("phaseAngle", .float64, unit: "deg", ucd: "pos.phaseAng", "Sun, object, observer"),
    .init("elongation", .float64, unit: "deg", ucd: "pos.angDistance", "Distance from the Sun"),
    .init("mag", .float64, unit: "mag", ucd: "phot.mag;em.opt.V", "Apparent V magnitude"),
    .init(
      "sigmaMajor", .float64, unit: "arcsec", ucd: "phys.angSize.smajAxis;pos.errorEllipse",
      "1-sigma ellipse, major half axis"),
    .init(
      "sigmaMinor", .float64, unit: "arcsec", ucd: "phys.angSize.sminAxis;pos.errorEllipse",
      "1-sigma ellipse, minor half axis"),
    .init(
      "sigmaPA", .float64, unit: "deg", ucd: "pos.posAng;pos.errorEllipse",
      "Position angle of the major axis, north through east"),
    .init("linear", .boolean, ucd: "meta.code", "Whether the ellipse is to be trusted"),
  ]

  /// - Returns: a row for each time that the motion reaches, and why it ends before the last.
  private static func rows(
    _ orbit: CatalogOrbit, _ epochs: [Epoch<TDB>], _ observatory: ObservatoryCode,
    _ state: ServiceState
  ) throws -> (rows: TableBatch, remark: String?) {
    let sky: SkyEphemeris
    do {
      sky = try SkyEphemeris(state.solarSystem, observatory: observatory, epochs: epochs)
    } catch {
      throw HTTPProblem.badParameter("start", "\(error)")
    }
    let (positions, verdict) = sky.positions(of: orbit)
    var rows = TableBatch(columns)
    let perHour = 1 / (Angle.arcsecond * 24)
    for (epoch, position) in zip(epochs, positions) {
      guard let position else { continue }
      let place = position.place
      let (ra, dec) = place.raDec
      let sigma = position.uncertainty
      let numbers: [Double?] = [
        state.solarSystem.leapSeconds.utc(epoch.tai).mjd, ra / Angle.degree, dec / Angle.degree,
        place.rates.raCosDec * perHour, place.rates.dec * perHour, place.topocentricAU,
        place.heliocentricAU, place.phaseAngleRad / Angle.degree,
        place.elongationRad / Angle.degree, position.magnitude,
        sigma.map { $0.majorRad / Angle.arcsecond }, sigma.map { $0.minorRad / Angle.arcsecond },
        sigma.map { $0.positionAngleRad / Angle.degree },
      ]
      for (index, number) in numbers.enumerated() { rows.columns[index].append(number) }
      rows.columns[13].append(position.isLinear)
    }
    return (rows, verdict == .complete ? nil : "the motion ends before: \(verdict)")
  }
}
