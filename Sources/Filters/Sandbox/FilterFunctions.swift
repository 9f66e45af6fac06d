import Astro
import Astrometry
import Foundation
import GRDBSQLite

/// The functions that filters may call: SQLite's own that make no large values and read nothing, and
/// some of astronomy.
package enum FilterFunctions {
  /// Of SQLite.
  package static let plain = [
    "abs", "avg", "coalesce", "count", "dense_rank", "first_value", "glob", "ifnull", "iif",
    "instr", "lag", "last_value", "lead", "length", "like", "likely", "lower", "ltrim", "max",
    "min", "nullif", "percent_rank", "rank", "round", "row_number", "rtrim", "sign", "substr",
    "substring", "sum", "total", "trim", "typeof", "unlikely", "upper", "acos", "asin", "atan",
    "atan2", "ceil", "ceiling", "cos", "degrees", "exp", "floor", "ln", "log", "log10", "log2",
    "mod", "pi", "pow", "power", "radians", "sin", "sqrt", "tan",
  ]

  /// The numbers that a function is called with, as many as it has arguments.
  typealias Arguments = InlineArray<6, Double>

  /// One of ours: arguments and what it gives.
  package struct Own: Sendable {
    package let name: String
    package let arguments: [String]
    package let meaning: String
    /// Of numbers that are all there; nil is null.
    let value: @Sendable (Arguments) -> Double?
  }

  package static let own: [Own] = [
    Own(
      name: "angular_separation", arguments: ["ra1", "dec1", "ra2", "dec2"],
      meaning: "angle between two places [deg]"
    ) { separationDeg($0[0], $0[1], $0[2], $0[3]) },
    Own(
      name: "in_circle", arguments: ["ra", "dec", "ra0", "dec0", "radius"],
      meaning: "1 within radius [deg] of ra0, dec0, else 0"
    ) { values in
      separationDeg(values[0], values[1], values[2], values[3]).map { $0 <= values[4] ? 1 : 0 }
    },
    Own(
      name: "in_box", arguments: ["ra", "dec", "raMin", "raMax", "decMin", "decMax"],
      meaning: "1 inside, else 0; raMin > raMax: a box over RA 0"
    ) { values in
      let (ra, low, high) = (
        turn(values[0]), turn(values[2]), values[3] == 360 ? 360 : turn(values[3])
      )
      let isInRA = low <= high ? ra >= low && ra <= high : ra >= low || ra <= high
      return isInRA && values[1] >= values[4] && values[1] <= values[5] ? 1 : 0
    },
    Own(
      name: "galactic_longitude", arguments: ["ra", "dec"], meaning: "[deg]"
    ) { longitudeLatitude(Frames.equatorialToGalactic, $0)?.longitude },
    Own(
      name: "galactic_latitude", arguments: ["ra", "dec"], meaning: "[deg]"
    ) { longitudeLatitude(Frames.equatorialToGalactic, $0)?.latitude },
    Own(
      name: "ecliptic_longitude", arguments: ["ra", "dec"], meaning: "J2000 [deg]"
    ) { longitudeLatitude(Frames.equatorialToEcliptic, $0)?.longitude },
    Own(
      name: "ecliptic_latitude", arguments: ["ra", "dec"], meaning: "J2000 [deg]"
    ) { longitudeLatitude(Frames.equatorialToEcliptic, $0)?.latitude },
    Own(
      name: "mag_from_flux", arguments: ["flux"],
      meaning: "AB magnitude of a flux [nJy]; null where that is not positive"
    ) { Detection.magnitude(fluxNJy: $0[0]) },
    Own(
      name: "mag_error", arguments: ["flux", "fluxErr"],
      meaning: "error of the magnitude of a flux with an error [nJy]"
    ) { $0[0] > 0 ? 2.5 / M_LN10 * $0[1] / $0[0] : nil },
    Own(
      name: "flux_from_mag", arguments: ["mag"], meaning: "flux of an AB magnitude [nJy]"
    ) { pow(10, (31.4 - $0[0]) / 2.5) },
    Own(
      name: "hours_since", arguments: ["then", "now"], meaning: "from one MJD to another [h]"
    ) { ($0[1] - $0[0]) * 24 },
  ]

  static let allowed: Set<String> = Set(plain + own.map(\.name))

  static func register(on connection: OpaquePointer) {
    for (index, function) in own.enumerated() {
      sqlite3_create_function_v2(
        connection, function.name, Int32(function.arguments.count),
        SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
        UnsafeMutableRawPointer(bitPattern: index + 1), call, nil, nil, nil)
    }
  }

  private static let call:
    @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void = {
      context, count, arguments in
      let index = Int(bitPattern: sqlite3_user_data(context)) - 1
      guard own.indices.contains(index), let arguments else {
        return sqlite3_result_null(context)
      }
      var values = Arguments(repeating: 0)
      for position in 0..<min(Int(count), values.count) {
        let type = sqlite3_value_numeric_type(arguments[position])
        guard type == SQLITE_INTEGER || type == SQLITE_FLOAT else {
          return sqlite3_result_null(context)
        }
        values[position] = sqlite3_value_double(arguments[position])
      }
      if let value = own[index].value(values), value.isFinite {
        sqlite3_result_double(context, value)
      } else {
        sqlite3_result_null(context)
      }
    }

  // MARK: - Their mathematics

  /// An angle within 0..<360 [deg].
  private static func turn(_ degrees: Double) -> Double {
    let rest = degrees.truncatingRemainder(dividingBy: 360)
    return rest < 0 ? rest + 360 : rest
  }

  private static func direction(_ raDeg: Double, _ decDeg: Double) -> Vector3? {
    guard raDeg.isFinite, abs(decDeg) <= 90 else { return nil }
    return Vector3(raRad: raDeg * Angle.degree, decRad: decDeg * Angle.degree)
  }

  private static func separationDeg(
    _ ra1: Double, _ dec1: Double, _ ra2: Double, _ dec2: Double
  ) -> Double? {
    guard let first = direction(ra1, dec1), let second = direction(ra2, dec2) else { return nil }
    return first.angle(to: second) / Angle.degree
  }

  private static func longitudeLatitude(
    _ frame: Matrix3, _ values: Arguments
  ) -> (longitude: Double, latitude: Double)? {
    guard let place = direction(values[0], values[1]) else { return nil }
    let angles = (frame * place).longitudeLatitude
    return (turn(angles.lon / Angle.degree), angles.lat / Angle.degree)
  }
}
