import Astro
import Astrometry
import Catalog
import Dynamics
import Exchange
import Foundation
import Prediction

/// Known objects of a field, from the night's table.
enum PredictEndpoint {
  static func all(_ state: ServiceState) -> [Endpoint] {
    [
      Endpoint(
        path: "/v1/predict", operation: "predict", summary: "The known objects of a field.",
        description: """
          Astrometric places (light time, no aberration; ICRS) under all forces with rates, \
          ranges, V magnitude and the 1-sigma error ellipse of orbits that have a covariance, \
          nearest to the centre first. The night's table agrees with full propagation to 1 mas (10 \
          mas at 0.05 au). The first request of a night without a table waits until it is made.
          """,
        tag: "prediction",
        parameters: [
          Parameter(
            "ra", .number(0...360), required: true, "Right ascension of the centre, deg.",
            example: "180.0"),
          Parameter(
            "dec", .number(-90...90), required: true, "Declination of the centre, deg.",
            example: "0.0"),
          Parameter(
            "radius", .number(0...state.options.widestRadiusDeg), required: true, "Radius, deg.",
            example: "1.0"),
          Parameter(
            "time", .time, required: true,
            "Mid-exposure: ISO 8601 (UTC), or an MJD with its scale (61000.5:tai).",
            example: "2026-11-22T04:00:00Z"),
          Parameter("observatory", .observatory, default: "X05", "MPC code.", example: "X05"),
          Parameter(
            "faintest", .number(-30...40), "Leave fainter objects out, V mag.", example: "24.5"),
          Parameter(
            "format", .choice(["json", "csv", "votable"]), default: "json", "Of the answer."),
        ], mediaTypes: ["application/json", "text/csv", "application/x-votable+xml"],
        otherStatuses: Endpoint.tableStatuses, weight: .prediction
      ) { call in
        let arguments = call.arguments
        let query = FieldQuery(
          raDeg: arguments.number("ra") ?? 0, decDeg: arguments.number("dec") ?? 0,
          radiusDeg: arguments.number("radius") ?? 0,
          epoch: arguments.time("time") ?? state.solarSystem.now,
          observatory: arguments.observatory("observatory") ?? .rubin,
          faintest: arguments.number("faintest"))
        let answer = try await query.answer(state)
        let format = arguments.text("format") ?? "json"
        guard format == "json" else {
          let table = PredictedTable.table(answer, state.names)
          return try await table.reply(format) { _ in }
        }
        return json(query, answer, state.names)
      }
    ]
  }

  private static func json(
    _ query: FieldQuery, _ answer: FieldQuery.Answer, _ names: ObjectNames
  ) -> Reply {
    Reply.json(360 * (answer.objects.count + 1)) { text in
      text.add("mjdUtc", answer.mjdUtc, decimals: 8)
      text.add("observatory", "\(query.observatory)")
      text.add("ra", query.raDeg)
      text.add("dec", query.decDeg)
      text.add("radius", query.radiusDeg)
      text.add("count", answer.objects.count)
      text.array("objects") { text in
        for entry in answer.objects {
          text.object { write(entry, names, to: &$0) }
        }
      }
      text.array("ended") { text in
        for orbit in answer.ended {
          text.object { text in
            text.add("ssObjectId", orbit.orbit)
            text.add("designation", names.index(of: Int64(orbit.orbit)).map(names.name))
            text.add("verdict", "\(orbit.verdict)")
          }
        }
      }
    }
  }

  private static func write(
    _ entry: FieldQuery.Answer.Object, _ names: ObjectNames, to text: inout JSONText
  ) {
    let object = entry.object
    let (ra, dec) = object.place.raDec
    let rates = object.place.rates
    let perHour = 1 / (Angle.arcsecond * 24)
    let ellipse = object.covariance?.ellipse
    text.add("designation", names.index(of: Int64(object.orbit)).map(names.name))
    text.add("ssObjectId", object.orbit)
    text.add("ra", ra / Angle.degree, decimals: 9)
    text.add("dec", dec / Angle.degree, decimals: 9)
    text.add("raRate", rates.raCosDec * perHour, decimals: 4)
    text.add("decRate", rates.dec * perHour, decimals: 4)
    text.add("topoRange", object.place.topocentricAU, decimals: 9)
    text.add("helioRange", object.place.heliocentricAU, decimals: 9)
    text.add("phaseAngle", object.place.phaseAngleRad / Angle.degree, decimals: 4)
    text.add("elongation", object.place.elongationRad / Angle.degree, decimals: 4)
    text.add("mag", object.magnitudeV, decimals: 3)
    text.add("sigmaMajor", ellipse.map { $0.major / Angle.arcsecond }, decimals: 4)
    text.add("sigmaMinor", ellipse.map { $0.minor / Angle.arcsecond }, decimals: 4)
    text.add("sigmaPA", ellipse.map { $0.positionAngle / Angle.degree }, decimals: 2)
    text.add("separation", entry.separationRad / Angle.degree, decimals: 6)
  }
}

/// Predicted objects as a table, for CSV and VOTable; the columns of `ecliptic predict`.
enum PredictedTable {
  static let columns: [TableColumn] = [
    .init("designation", .text, ucd: "meta.id;meta.main", "Designation of the object"),
    .init("mjdUtc", .float64, unit: "d", ucd: "time.epoch", "Mid-exposure, MJD, UTC"),
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
    .init("ssObjectId", .int64, ucd: "meta.id", "LSST's number of the object"),
    .init(
      "separation", .float64, unit: "deg", ucd: "pos.angDistance", "From the centre of the field"),
  ]

  static func table(_ answer: FieldQuery.Answer, _ names: ObjectNames) -> ReplyTable {
    var rows = TableBatch(columns)
    let perHour = 1 / (Angle.arcsecond * 24)
    for entry in answer.objects {
      let object = entry.object
      let (ra, dec) = object.place.raDec
      let rates = object.place.rates
      let ellipse = object.covariance?.ellipse
      rows.columns[0].append(names.index(of: Int64(object.orbit)).map(names.name))
      let numbers: [Double?] = [
        answer.mjdUtc, ra / Angle.degree, dec / Angle.degree, rates.raCosDec * perHour,
        rates.dec * perHour, object.place.topocentricAU, object.place.heliocentricAU,
        object.place.phaseAngleRad / Angle.degree, object.place.elongationRad / Angle.degree,
        object.magnitudeV, ellipse.map { $0.major / Angle.arcsecond },
        ellipse.map { $0.minor / Angle.arcsecond }, ellipse.map { $0.positionAngle / Angle.degree },
      ]
      for (index, number) in numbers.enumerated() { rows.columns[index + 1].append(number) }
      rows.columns[14].append(Int64(object.orbit))
      rows.columns[15].append(entry.separationRad / Angle.degree)
    }
    return ReplyTable(
      name: "objects", description: "Known solar-system objects of a field", columns: columns,
      rows: rows)
  }
}
