/// Which rows of a table to read, and in what order.
public struct TableSelection: Sendable {
  /// One of ``Catalog/exportableTables``, or `orbits`.
  public var table: String
  /// An SQL expression on the table's columns, e.g. `nObs > 10`.
  public var condition: String?
  /// SQL terms of an ORDER BY, e.g. `h, designation DESC`.
  public var order: String?
  /// Only of objects whose orbit is of this kind.
  public var orbitClass: OrbitClassSelection?
  /// Only of objects whose observed arc is at least this long [d].
  public var minimumArcDays: Double?
  /// Only what was observed at this time or later [MJD TAI].
  public var sinceMjdTai: Double?

  /// The time that each batch may take, for conditions that strangers write [s].
  public var secondsAtOnce: Double?

  public init(table: String) { self.table = table }
}

/// Kinds of orbits by the codes of JPL's Small-Body Database, with NEO for the four near-Earth ones.
public enum OrbitClassSelection: String, Sendable, CaseIterable {
  case neo = "NEO"
  case atira = "IEO"
  case aten = "ATE"
  case apollo = "APO"
  case amor = "AMO"
  case marsCrosser = "MCA"
  case innerBelt = "IMB"
  case mainBelt = "MBA"
  case outerBelt = "OMB"
  case jupiterTrojan = "TJN"
  case centaur = "CEN"
  case transneptunian = "TNO"
  case parabolic = "PAA"
  case hyperbolic = "HYA"

  /// The condition on the columns of `mpc_orbits`. The kinds exclude each other in this order.
  var condition: String {
    let bound = "e < 1 AND"
    let aphelion = "q * (1 + e) / (1 - e)"
    return switch self {
    case .neo: "\(bound) q < 1.3"
    case .atira: "\(bound) \(aphelion) < 0.983"
    case .aten: "\(bound) \(aphelion) >= 0.983 AND a < 1"
    case .apollo: "\(bound) a >= 1 AND q < 1.017"
    case .amor: "\(bound) a >= 1 AND q >= 1.017 AND q < 1.3"
    case .marsCrosser: "\(bound) q >= 1.3 AND q < 1.666 AND a < 3.2"
    case .innerBelt: "\(bound) q >= 1.666 AND a < 2"
    case .mainBelt: "\(bound) q >= 1.666 AND a >= 2 AND a < 3.2"
    case .outerBelt: "\(bound) q >= 1.3 AND a >= 3.2 AND a < 4.6"
    case .jupiterTrojan: "\(bound) q >= 1.3 AND a >= 4.6 AND a < 5.5 AND e < 0.3"
    case .centaur: "\(bound) q >= 1.3 AND a >= 5.5 AND a < 30.1"
    case .transneptunian: "\(bound) q >= 1.3 AND a >= 30.1"
    case .parabolic: "e = 1"
    case .hyperbolic: "e > 1"
    }
  }
}

extension TableSelection {
  /// Tables whose rows belong to an object.
  private static let tablesOfObjects: Set<String> = [
    "DiaSource", "SSObject", "SSSource", "links", "mpc_orbits", "orbits", "orbitSolutions",
  ]

  /// The time of a row [MJD TAI]: of the detection, or of the object's last detection.
  private static let times = [
    "DiaSource": "midpointMjdTai", "visits": "midpointMjdTai", "links": ofDetection,
    "SSSource": ofDetection,
    "SSObject": "firstObservationMjdTai + arc",
    "mpc_orbits": lastDetection, "orbits": lastDetection, "orbitSolutions": lastDetection,
  ]
  private static let ofDetection =
    "(SELECT midpointMjdTai FROM DiaSource d WHERE d.diaSourceId = t.diaSourceId)"
  private static let lastDetection =
    "(SELECT firstObservationMjdTai + arc FROM SSObject o WHERE o.ssObjectId = t.ssObjectId)"

  /// The conditions of the options that are not SQL, joined by AND; nil when there are none.
  /// The table is called `t`.
  func ownCondition() throws(CatalogError) -> String? {
    var parts: [String] = []
    var orbit: [String] = []
    if let orbitClass { orbit.append(orbitClass.condition) }
    if let minimumArcDays { orbit.append("arc_length_total >= \(minimumArcDays)") }
    if !orbit.isEmpty {
      guard Self.tablesOfObjects.contains(table) else {
        throw .notSelectable(table: table, option: "a class or an arc")
      }
      let list = orbit.map { "(\($0))" }.joined(separator: " AND ")
      parts.append("ssObjectId IN (SELECT ssObjectId FROM mpc_orbits WHERE \(list))")
    }
    if let sinceMjdTai {
      guard let time = Self.times[table] else {
        throw .notSelectable(table: table, option: "a time")
      }
      parts.append("\(time) >= \(sinceMjdTai)")
    }
    return parts.isEmpty ? nil : parts.joined(separator: " AND ")
  }

  /// What orders rows that nothing else orders, so that the same rows are always the same file.
  static let keys = [
    "DiaSource": "diaSourceId", "SSObject": "ssObjectId", "SSSource": "diaSourceId",
    "mpc_orbits": "id", "orbitSolutions": "solutionId",
    "solutionSources": "solutionId, diaSourceId", "retiredObjects": "ssObjectId",
    "releasedSources": "diaSourceId, ssObjectId", "visits": "visit",
    "designations": "nameId", "identifications": "ssObjectId, since, name",
    "objectStates": "ssObjectId", "revisions": "revision",
  ]

  /// The rows of `base` (a query) that are wanted, in their order.
  func query(of base: String, isOrdered: Bool = true) throws(CatalogError) -> String {
    var conditions = try ownCondition().map { [$0] } ?? []
    // The line feed ends a comment in the condition.
    if let condition { conditions.append("(\(condition)\n)") }
    var sql = "SELECT * FROM (\(base)) t"
    if !conditions.isEmpty { sql += " WHERE \(conditions.joined(separator: " AND "))" }
    let terms = [order.map { "\($0)\n" }, Self.keys[table]].compactMap { $0 }
    if isOrdered, !terms.isEmpty { sql += " ORDER BY \(terms.joined(separator: ", "))" }
    return sql
  }
}
