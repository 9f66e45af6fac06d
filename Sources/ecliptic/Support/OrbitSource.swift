import Alerts
import ArgumentParser
import Astrometry
import Catalog
import Dynamics
import Exchange
import Foundation
import Nightly
import Prediction

/// Where a command's orbits come from: `--catalog C` or `--orbits FILE`.
struct OrbitSource: ParsableArguments {
  @Option(
    help: ArgumentHelp("The catalog whose orbits are used.", valueName: "file"),
    transform: { Catalog.file(at: $0) })
  var catalog: String?
  @Option(
    help: ArgumentHelp(
      "Orbits of a file instead: orbit CSV, MPCORB, mpc_orb JSON, or alerts that bring orbits.",
      valueName: "file"))
  var orbits: String?

  @Option(
    help: ArgumentHelp(
      "Schemas of framed alerts: a folder, or a schema registry's address.", valueName: "folder|url"
    ))
  var schemas: String?
  @Option(
    help: ArgumentHelp(
      "Keep a registry's schemas here: the next run needs no registry for them.",
      valueName: "folder"))
  var schemaCache: String?

  func validate() throws {
    guard (catalog == nil) != (orbits == nil) else {
      throw ValidationError("give either --catalog or --orbits")
    }
  }

  /// The orbits, one for each object; those of a file with what was set aside in it, as `import`
  /// does: orbits that can't be read, or that the ephemerides don't reach.
  func load(
    _ solarSystem: SolarSystem
  ) throws -> (orbits: [CatalogOrbit], quarantined: [QuarantinedRecord]) {
    if let catalog {
      return (try Catalog(path: catalog, access: .readOnly).orbits(), [])
    }
    let path = orbits ?? "-"
    if path != "-", AlertReader.holdsAlerts(URL(filePath: path)) {
      let found = try AlertReader(registry: try registry()).orbits(at: URL(filePath: path))
      let checked = OrbitImport(solarSystem: solarSystem).check(found.orbits, [], file: path)
      return (Self.latest(checked.orbits), found.quarantined + checked.bad)
    }
    let batch = try OrbitFile.readAll(path)
    let checked = OrbitImport(solarSystem: solarSystem)
      .check(batch.orbits, batch.lines.map { .line($0) }, file: path)
    return (Self.latest(checked.orbits), batch.quarantined + checked.bad)
  }

  /// What says which of the orbits are in a field: a catalog's night tables, or propagation of
  /// each orbit near the field.
  ///
  /// - Parameters:
  ///   - exact: propagation, for a catalog too.
  ///   - progress: called before a table is made.
  func predictor(
    _ solarSystem: SolarSystem, exact: Bool, progress: @escaping @Sendable (String) -> Void
  ) throws -> (predictor: any FieldPredictor, quarantined: [QuarantinedRecord]) {
    if let catalog, !exact {
      let opened = try Catalog(path: catalog, access: .readOnly)
      return (
        try CatalogPredictor(opened, solarSystem: solarSystem, progress: progress), []
      )
    }
    let loaded = try load(solarSystem)
    return (
      try Predictor(orbits: loaded.orbits, solarSystem: solarSystem), loaded.quarantined
    )
  }

  func registry() throws -> SchemaRegistry {
    let cache = schemaCache.map { URL(filePath: $0) }
    return try schemas.map { try SchemaRegistry(at: $0, cacheFolder: cache) } ?? SchemaRegistry()
  }

  /// Of several orbits of one object the one with the latest epoch.
  private static func latest(_ orbits: [CatalogOrbit]) -> [CatalogOrbit] {
    var places: [Int64: Int] = [:]
    var result: [CatalogOrbit] = []
    for var orbit in orbits {
      let id = orbit.ssObjectId ?? Catalog.ssObjectId(forDesignation: orbit.designation)
      orbit.ssObjectId = id
      if let place = places[id] {
        if result[place].orbit.epoch < orbit.orbit.epoch { result[place] = orbit }
      } else {
        places[id] = result.count
        result.append(orbit)
      }
    }
    return result
  }
}
