public import Alerts
import Astro
import Astrometry
public import Catalog
public import Dynamics
import Exchange
import Foundation

/// The way of orbits that are known elsewhere into the catalog.
public struct OrbitImport: Sendable {
  private let ephemeris: Ephemeris
  private let schemas: SchemaRegistry

  /// - Parameter schemas: of framed alerts, whose `mpc_orbits` are orbits too.
  public init(solarSystem: SolarSystem, schemas: SchemaRegistry = SchemaRegistry()) {
    ephemeris = solarSystem.ephemeris
    self.schemas = schemas
  }

  /// The absolute name of a file of orbits; `-` for standard input.
  ///
  /// - Throws: what is wrong with one that can't be read or whose kind is not known.
  public func source(_ path: String) throws -> String {
    guard path != "-" else { return path }
    let name = URL(filePath: path).standardizedFileURL.path
    if !AlertReader.holdsAlerts(URL(filePath: name)) { _ = try OrbitFile(path: name) }
    return name
  }

  /// Adds one file's orbits to the catalog, all of them or, on an error, nothing. Orbits whose
  /// epoch the ephemerides don't cover are quarantined: nothing could be computed from them.
  public func run(_ name: String, into catalog: Catalog) throws -> IngestResult {
    if name != "-", AlertReader.holdsAlerts(URL(filePath: name)) {
      return try runAlerts(name, into: catalog)
    }
    let file = try OrbitFile(path: name)
    return try catalog.importOrbits(file: name) {
      guard let part = try file.next(upTo: 50_000) else { return nil }
      var orbits: [CatalogOrbit] = []
      var bad = part.quarantined
      orbits.reserveCapacity(part.orbits.count)
      for (index, orbit) in part.orbits.enumerated() {
        do throws(DynamicsError) {
          orbits.append(try heliocentric(orbit))
        } catch {
          let line = index < part.lines.count ? part.lines[index] : nil
          bad.append(
            QuarantinedRecord(
              file: name, location: line.map { .line($0) } ?? .byteOffset(0), field: "epoch",
              reason: "\(error) (orbit \(orbit.designation))"))
        }
      }
      return (orbits, bad)
    }
  }

  /// The orbits that come with alerts, of one file or of a folder's files together.
  private func runAlerts(_ name: String, into catalog: Catalog) throws -> IngestResult {
    let reader = AlertReader(registry: schemas)
    var found: (orbits: [CatalogOrbit], quarantined: [QuarantinedRecord])? =
      try reader.orbits(at: URL(filePath: name))
    return try catalog.importOrbits(file: name) {
      defer { found = nil }
      return found.map { ($0.orbits, $0.quarantined) }
    }
  }

  /// The orbit reckoned from the Sun, as `mpc_orbits` has elements of it.
  private func heliocentric(_ orbit: CatalogOrbit) throws(DynamicsError) -> CatalogOrbit {
    let sun = try ephemeris.state(of: .sun, at: orbit.orbit.epoch)
    guard orbit.orbit.origin == .solarSystemBarycenter else { return orbit }
    var orbit = orbit
    orbit.orbit.state = orbit.orbit.state - sun
    orbit.orbit.origin = .sun
    return orbit
  }
}
