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
      return Epoch<UTC>(mjdDay: exact.day, fraction: (exact.fraction * 1e12).rounded() / 1e12)
    }
    let run = OrbitRun(path: orbits, jobs: jobs.count, quiet: log.quiet)
    let summary = try await run.write(to: output, header: Self.header) { orbits in
      let workspace = sky.makeWorkspace()
      return orbits.map { orbit in
        let (positions, verdict) = sky.positions(of: orbit, workspace: workspace)
        var outcome = OrbitRun.Outcome()
        for (index, position) in positions.enumerated() {
          guard let position else { continue }
          outcome.rows += 1
          outcome.lines += Self.line(orbit.designation, utc[index], position)
        }
        outcome.complaint = OrbitRun.complaint(
          orbit.designation, verdict, leapSeconds: leapSeconds)
        return outcome
      }
    }
    if report.json { try Reporting.printJSON(summary, dataOnStdout: output == "-") }
    try Reporting.exitIfQuarantined(summary.quarantined + summary.endedEarly)
  }

  private static func line(
    _ designation: String, _ utc: Epoch<UTC>, _ position: SkyPosition
  ) -> String {
    let place = position.place
    let (ra, dec) = place.raDec
    let rates = place.rates
    let perHour = 1 / (Angle.arcsecond * 24)
    var line = CSVLine()
    line.add(designation)
    line.add(utc)
    line.add(ra / Angle.degree)
    line.add(dec / Angle.degree)
    line.add(rates.raCosDec * perHour)
    line.add(rates.dec * perHour)
    line.add(place.topocentricAU)
    line.add(place.heliocentricAU)
    line.add(place.phaseAngleRad / Angle.degree)
    line.add(place.elongationRad / Angle.degree)
    line.add(position.magnitude)
    line.add(position.uncertainty.map { $0.majorRad / Angle.arcsecond })
    line.add(position.uncertainty.map { $0.minorRad / Angle.arcsecond })
    line.add(position.uncertainty.map { $0.positionAngleRad / Angle.degree })
    line.add(position.isLinear.map { $0 ? "true" : "false" })
    return line.text
  }
}
