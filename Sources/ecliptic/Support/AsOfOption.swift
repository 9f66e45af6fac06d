import ArgumentParser
import Astro
import Catalog
import Foundation

/// `--as-of TIME`: the catalog as it was.
struct AsOfOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Read the catalog as it was at this time (ISO 8601 UTC, or MJD:scale); the moments at which it \
      changed are listed by ecliptic catalog history.
      """, valueName: "time"))
  var asOf: String?

  /// The catalog for reading, at that time or as it is.
  func open(_ path: String) throws -> Catalog {
    guard let asOf else { return try Catalog(path: path, access: .readOnly) }
    let leapSeconds = LeapSeconds.erfa
    let times = try TimeArgument.parse(asOf, leapSeconds: leapSeconds)
    guard times.count == 1 else { throw ValidationError("--as-of \(asOf): give one time") }
    let utc = leapSeconds.utc(times[0].tai)
    return try Catalog(
      path: path, asOf: Date(timeIntervalSince1970: (utc.mjd - Self.unixEpochMjd) * 86_400))
  }

  private static let unixEpochMjd = 40_587.0
}
