import ArgumentParser
import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation
import Prediction

struct PredictCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Lists the known objects of a field.",
    discussion: """
      Astrometric places (light time, no aberration) under all forces, with rates, ranges, V \
      magnitude and the 1-sigma error ellipse of orbits that have a covariance.

      A catalog's objects are looked up in a table of the night, which is made when it is first \
      asked for (0.03 ms of a core an orbit, and 0.05 ms for each year to its epoch), kept beside the catalog (CATALOG.night-DATE-SITE.table, \
      200 bytes an orbit; it may be deleted at any time) and renewed when orbits change; six of a \
      site are kept, those of the nights nearest to the newest. It is mapped: 15 bytes an orbit and the parts of the \
      sky that are asked for are in memory, shared by all processes. It agrees with full propagation to 1 mas (10 mas at \
      0.05 au); --exact propagates instead.

      EXAMPLE
        ecliptic predict --catalog survey.db --ra 179.7 --dec -0.3 --radius 1.75 \\
          --time 2026-03-09T05:12:31Z --observatory X05
      """)

  @OptionGroup var source: OrbitSource
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Right ascension of the field's centre.", valueName: "deg"))
  var ra: Double
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Declination of the field's centre.", valueName: "deg"))
  var dec: Double
  @Option(help: ArgumentHelp("The field's radius.", valueName: "deg"))
  var radius: Double
  @Option(help: "Mid-exposure, one or several: ISO 8601 (UTC), or an MJD with scale (61000.5:tai).")
  var time: String
  @Option(help: "MPC code of the observatory.")
  var observatory = "X05"
  @Option(help: ArgumentHelp("Leave fainter objects out (V).", valueName: "mag"))
  var faintest: Double?
  @Flag(help: "Propagate the orbits near the field instead of looking into the night's table.")
  var exact = false
  @Option(help: "The output file; - is standard output.")
  var output = "-"
  @OptionGroup var jobs: JobsOption
  @OptionGroup var report: ReportOption

  func validate() throws {
    guard (0..<360).contains(ra) else { throw ValidationError("--ra \(ra): expected 0 to 360") }
    guard (-90...90).contains(dec) else {
      throw ValidationError("--dec \(dec): expected -90 to 90")
    }
    guard radius > 0, radius <= 180 else {
      throw ValidationError("--radius \(radius): expected more than 0, at most 180")
    }
    if ObservatoryCode(observatory) == nil {
      throw ValidationError("--observatory \(observatory): expected an MPC code such as X05")
    }
  }

  func run() async throws {
    let solarSystem = try SolarSystem.load()
    let epochs = try TimeArgument.parse(time, leapSeconds: solarSystem.leapSeconds)
    let progress = Progress(quiet: false)
    var (predictor, quarantined) = try source.predictor(solarSystem, exact: exact) {
      progress.show($0)
    }
    predictor.marginRad = 0
    let field = SkyField(raDeg: ra, decDeg: dec, radiusDeg: radius)
    var rows: [PredictedRow] = []
    var ended: [EndedOrbit] = []
    for epoch in epochs {
      let (objects, endedBefore) = try await predictor.predict(
        field, at: epoch, observatory: ObservatoryCode(observatory) ?? .rubin, jobs: jobs.count)
      ended += endedBefore
      progress.clear()
      let mjdUtc = solarSystem.leapSeconds.utc(epoch.tai).mjd
      let bright = objects.filter { ($0.magnitudeV ?? -.infinity) <= (faintest ?? .infinity) }
      let orbits = try predictor.orbits(of: bright.map(\.orbit))
      for object in bright.sorted(by: { $0.orbit < $1.orbit }) {
        // An object that left the catalog meanwhile is passed over.
        guard let orbit = orbits[object.orbit] else { continue }
        // The predictor keeps objects whose error ellipse reaches into the field.
        rows.append(
          PredictedRow(
            orbit, object, mjdUtc: mjdUtc,
            separationRad: field.centre.angle(to: object.place.offset)))
      }
    }
    try OutputFile.write(to: output) { out in
      if report.json {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try out.write(bytes: try encoder.encode(rows))
        try out.write("\n")
      } else {
        try out.write(PredictedRow.header)
        for row in rows { try out.write(row.line) }
      }
    }
    Reporting.printQuarantined(quarantined)
    let endedCount = try OrbitRun.report(
      ended, of: predictor, leapSeconds: solarSystem.leapSeconds)
    try Reporting.exitIfQuarantined(quarantined.count + endedCount)
  }
}

/// One predicted object as `predict` prints it: the ephemeris columns, then those of the field.
struct PredictedRow: Encodable {
  var designation: String
  var mjdUtc: Double
  var ra: Double
  var dec: Double
  var raRate: Double
  var decRate: Double
  var topoRange: Double
  var helioRange: Double
  var phaseAngle: Double
  var elongation: Double
  var mag: Double?
  var sigmaMajor: Double?
  var sigmaMinor: Double?
  var sigmaPA: Double?
  var ssObjectId: Int64?
  var separation: Double

  init(
    _ orbit: CatalogOrbit, _ object: PredictedObject, mjdUtc: Double, separationRad: Double
  ) {
    let (raRad, decRad) = object.place.raDec
    let rates = object.place.rates
    let perHour = 1 / (Angle.arcsecond * 24)
    let ellipse = object.covariance?.ellipse
    designation = orbit.designation
    self.mjdUtc = mjdUtc
    ra = raRad / Angle.degree
    dec = decRad / Angle.degree
    raRate = rates.raCosDec * perHour
    decRate = rates.dec * perHour
    topoRange = object.place.topocentricAU
    helioRange = object.place.heliocentricAU
    phaseAngle = object.place.phaseAngleRad / Angle.degree
    elongation = object.place.elongationRad / Angle.degree
    mag = object.magnitudeV
    sigmaMajor = ellipse.map { $0.major / Angle.arcsecond }
    sigmaMinor = ellipse.map { $0.minor / Angle.arcsecond }
    sigmaPA = ellipse.map { $0.positionAngle / Angle.degree }
    ssObjectId = orbit.ssObjectId
    separation = separationRad / Angle.degree
  }

  static let header =
    "designation,mjdUtc,ra,dec,raRate,decRate,topoRange,helioRange,phaseAngle,elongation,mag,"
    + "sigmaMajor,sigmaMinor,sigmaPA,ssObjectId,separation\n"

  var line: String {
    func text(_ value: Double?, _ decimals: Int) -> String {
      value.map { String(format: "%.\(decimals)f", $0) } ?? ""
    }
    // As in `ephemeris`: the name in quotes where it needs them, numbers with their own decimals.
    var name = CSVLine()
    name.add(designation)
    let fields = [
      String(name.text.dropLast()), text(mjdUtc, 8), text(ra, 9), text(dec, 9), text(raRate, 4),
      text(decRate, 4),
      text(topoRange, 9), text(helioRange, 9), text(phaseAngle, 4), text(elongation, 4),
      text(mag, 2), text(sigmaMajor, 4), text(sigmaMinor, 4), text(sigmaPA, 1),
      ssObjectId.map(String.init) ?? "", text(separation, 6),
    ]
    return fields.joined(separator: ",") + "\n"
  }
}
