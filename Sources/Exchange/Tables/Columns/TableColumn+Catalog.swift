extension TableColumn {
  /// The descriptions of a catalog table's columns, by name: LSST's names and units, our words.
  /// A column that is not among them is exported without unit and description.
  public static func known(table: String) -> [String: TableColumn] {
    let columns: [TableColumn] =
      switch table {
      case "DiaSource", "links": diaSource
      case "SSSource": ssSource
      case "SSObject": ssObject
      case "mpc_orbits": mpcOrbits
      case "orbitSolutions": orbitSolutions
      case "visits": visits
      case "quarantine", "runs", "ingestedFiles", "retiredObjects": bookkeeping
      default: []
      }
    return Dictionary(
      (columns + [sinceRevision]).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private static let sinceRevision = TableColumn(
    "sinceRevision", .int64, "Revision of the catalog that wrote the row")

  /// What a catalog table holds, in one sentence.
  public static func summary(table: String) -> String {
    switch table {
    case "DiaSource": "Detections on difference images, as they came in"
    case "SSSource": "Detections of solar-system objects held against their orbits"
    case "SSObject": "Solar-system objects: counts, distances, phase curves"
    case "links": "Which detections belong to which object"
    case "mpc_orbits": "Orbits in force, heliocentric elements, ecliptic and equinox J2000"
    case "orbitSolutions": "Every orbit solution that an object ever had, as states"
    case "orbits": "Orbits in force: states (ICRF), elements (ecliptic J2000), covariances"
    case "visits": "Exposures that detections came from"
    default: ""
    }
  }
}
