public import Alerts
import Astro
public import Astrometry
public import Catalog
public import Dynamics
import Exchange
import Foundation

/// The way of orbits that are known elsewhere into the catalog.
public struct OrbitImport: Sendable {
  public struct Options: Sendable {
    /// Schemas of framed alerts.
    public var schemas = SchemaRegistry()
    public var policy = ImportPolicy.better
    public var jobs = 1

    public init() {}
  }

  private let solarSystem: SolarSystem
  private let options: Options

  public init(solarSystem: SolarSystem, options: Options = Options()) {
    self.solarSystem = solarSystem
    self.options = options
  }

  /// The files that a command's arguments name: of orbits, or of alerts that bring orbits
  /// (`mpc_orbits`), or folders of such alerts.
  ///
  /// - Throws: what is wrong with one that can't be read or whose kind is not known.
  public func sources(_ paths: [String]) throws -> [IngestSource] {
    try IngestSource.sources(paths, schemas: options.schemas) {
      if try IdentificationFile(path: $0) == nil { _ = try OrbitFile(path: $0) }
    }
  }

  /// Adds one file's orbits to the catalog, all of them or, on an error, nothing. Orbits whose
  /// epoch the ephemerides don't cover are quarantined: nothing could be computed from them.
  public func run(_ source: IngestSource, into catalog: Catalog) throws -> IngestResult {
    source.isAlerts
      ? try runAlerts(source.name, into: catalog) : try runText(source.name, into: catalog)
  }

  /// One reads and writes, others parse: a part of the file at a time each.
  private func runText(_ name: String, into catalog: Catalog) throws -> IngestResult {
    if name != "-", let list = try IdentificationFile(path: name) {
      return try catalog.identify(file: name) { try list.next(upTo: 50_000) }
    }
    let file = try OrbitFile(path: name)
    let parts = OrderedPipeline(jobs: options.jobs) {
      try file.nextPart()
    } work: { part in
      let batch = part.parsed()
      let places = batch.lines.map { QuarantinedRecord.Location.line($0) }
      let checked = check(batch.orbits, places, file: name)
      return ImportBatch(checked.orbits, source: name, bad: batch.quarantined + checked.bad)
    }
    return try catalog.importOrbits(file: name, policy: options.policy) { try parts.next() }
  }

  private func runAlerts(_ name: String, into catalog: Catalog) throws -> IngestResult {
    let reader = AlertReader(registry: options.schemas, leapSeconds: solarSystem.leapSeconds)
    let found = try reader.orbits(at: URL(filePath: name))
    let checked = check(found.orbits, [], file: name)
    var batch: ImportBatch? = ImportBatch(
      checked.orbits, source: name, bad: found.quarantined + checked.bad)
    return try catalog.importOrbits(file: name, policy: options.policy) {
      defer { batch = nil }
      return batch
    }
  }

  /// Orbits whose epoch the ephemerides cover, reckoned from the Sun, and the others.
  ///
  /// - Parameter places: of the orbits in the file; empty where it has no lines.
  public func check(
    _ orbits: [CatalogOrbit], _ places: [QuarantinedRecord.Location], file: String
  ) -> (orbits: [CatalogOrbit], bad: [QuarantinedRecord]) {
    var good: [CatalogOrbit] = []
    var bad: [QuarantinedRecord] = []
    good.reserveCapacity(orbits.count)
    for (index, orbit) in orbits.enumerated() {
      do throws(DynamicsError) {
        good.append(try heliocentric(orbit))
      } catch {
        bad.append(
          QuarantinedRecord(
            file: file, location: index < places.count ? places[index] : .byteOffset(0),
            field: "epoch", reason: "\(error) (orbit \(orbit.designation))"))
      }
    }
    return (good, bad)
  }

  /// The orbit reckoned from the Sun, as `mpc_orbits` has elements of it.
  private func heliocentric(_ orbit: CatalogOrbit) throws(DynamicsError) -> CatalogOrbit {
    let sun = try solarSystem.ephemeris.state(of: .sun, at: orbit.orbit.epoch)
    guard orbit.orbit.origin == .solarSystemBarycenter else { return orbit }
    var orbit = orbit
    orbit.orbit.state = orbit.orbit.state - sun
    orbit.orbit.origin = .sun
    return orbit
  }
}
