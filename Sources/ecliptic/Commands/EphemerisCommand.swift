import ArgumentParser
import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation

struct EphemerisCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ephemeris",
    abstract: "Where objects are on the sky of an observatory, and how bright.",
    discussion: """
      ORBITS is an orbit CSV, MPCORB or mpc_orb JSON file. The output is CSV, one row for each \
      orbit and time: designation, mjdUtc, ra, dec [deg, astrometric: light time, no aberration], \
      raRate, decRate [arcsec/h, RA times cos dec], topoRange, helioRange [au], phaseAngle, \
      elongation [deg], mag, and the 1-sigma error ellipse sigmaMajor, sigmaMinor, sigmaPA \
      [arcsec, deg] where the orbit has a covariance, with linear: false where the ellipse is not \
      to be trusted, because the spread of the orbit bends on the sky. --json prints how many orbits and \
      rows there were, on stderr when the rows go to standard output.

      EXAMPLE
        ecliptic ephemeris MPCORB.DAT --observatory X05 --times 2026-11-22T04:00:00
        ecliptic ephemeris orbits.csv --observatory X05 --start 61000:utc --stop 61001:utc --step 1h
      """)

  @Argument(help: "Orbits; - is standard input.")
  var orbits: String
  @Option(help: "MPC code of the observatory.")
  var observatory: String
  @OptionGroup var times: TimeGridOptions
  @Option(help: "The output file; - is standard output.")
  var output = "-"
  @OptionGroup var jobs: JobsOption
  @OptionGroup var report: ReportOption
  @OptionGroup var log: LogOptions

  static let header =
    "designation,mjdUtc,ra,dec,raRate,decRate,topoRange,helioRange,phaseAngle,elongation,mag,"
    + "sigmaMajor,sigmaMinor,sigmaPA,linear\n"

  func validate() throws {
    if ObservatoryCode(observatory) == nil {
      throw ValidationError("--observatory \(observatory): expected an MPC code such as X05")
    }
  }

  func run() async throws {
    let solarSystem = try SolarSystem.load()
    let leapSeconds = solarSystem.leapSeconds
    let sky = try SkyEphemeris(
      solarSystem, observatory: ObservatoryCode(observatory) ?? .rubin,
      epochs: times.epochs(leapSeconds))
    // To 0.1 µs: beyond that stands the rounding of the way through TDB and back.
    let utc = sky.epochs.map { epoch in
      let exact = leapSeconds.utc(epoch.tai)
      var line = CSVLine()
      line.add(
        Epoch<UTC>(mjdDay: exact.day, fraction: (exact.fraction * 1e12).rounded() / 1e12))
      return Array(line.text.utf8.dropLast())
    }
    let run = OrbitRun(path: orbits, jobs: jobs.count, quiet: log.quiet)
    let summary = try await run.write(to: output, header: Self.header) { orbits in
      let workspace = sky.makeWorkspace()
      return orbits.map { orbit in
        let (positions, verdict) = sky.positions(of: orbit, workspace: workspace)
        var outcome = OrbitRun.Outcome()
        var name = CSVLine()
        name.add(orbit.designation)
        let prefix = Array(name.text.utf8.dropLast()) + [0x2C]
        var rows = FixedText(capacity: 200 * positions.count)
        for (index, position) in positions.enumerated() {
          guard let position else { continue }
          outcome.rows += 1
          rows.append(prefix)
          rows.append(utc[index])
          Self.add(position, to: &rows)
        }
        outcome.lines = rows.text
        outcome.complaint = OrbitRun.complaint(
          orbit.designation, verdict, leapSeconds: leapSeconds)
        return outcome
      }
    }
    if report.json { try Reporting.printJSON(summary, dataOnStdout: output == "-") }
    try Reporting.exitIfQuarantined(summary.quarantined + summary.endedEarly)
  }

  /// Decimals: 0.4 µas of the places, 0.15 m of the ranges, a thousandth of a magnitude.
  private static func add(_ position: SkyPosition, to rows: inout FixedText) {
    let place = position.place
    let (ra, dec) = place.raDec
    let rates = place.rates
    let perHour = 1 / (Angle.arcsecond * 24)
    rows.add(ra / Angle.degree, decimals: 10)
    rows.add(dec / Angle.degree, decimals: 10)
    rows.add(rates.raCosDec * perHour, decimals: 6)
    rows.add(rates.dec * perHour, decimals: 6)
    rows.add(place.topocentricAU, decimals: 12)
    rows.add(place.heliocentricAU, decimals: 12)
    rows.add(place.phaseAngleRad / Angle.degree, decimals: 6)
    rows.add(place.elongationRad / Angle.degree, decimals: 6)
    rows.add(position.magnitude, decimals: 3)
    rows.add(position.uncertainty.map { $0.majorRad / Angle.arcsecond }, decimals: 6)
    rows.add(position.uncertainty.map { $0.minorRad / Angle.arcsecond }, decimals: 6)
    rows.add(position.uncertainty.map { $0.positionAngleRad / Angle.degree }, decimals: 3)
    rows.add(position.isLinear)
    rows.endLine()
  }
}
