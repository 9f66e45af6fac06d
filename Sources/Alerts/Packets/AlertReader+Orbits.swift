public import Astrometry
public import Dynamics
public import Foundation

extension AlertReader {
  /// The orbits that come with LSST alerts (`mpc_orbits`), in the order of the packets; of an
  /// object that comes several times each one.
  ///
  /// - Returns: an orbit that can't be used (no epoch, no perihelion time) is quarantined.
  /// - Throws: ``AlertsError``.
  public func orbits(
    at url: URL
  ) throws(AlertsError) -> (orbits: [CatalogOrbit], quarantined: [QuarantinedRecord]) {
    let files = try Self.files(at: url)
    var orbits: [CatalogOrbit] = []
    var quarantined: [QuarantinedRecord] = []
    for url in files {
      do throws(AlertsError) {
        let file = try AlertFile(url: url, registry: registry)
        quarantined += file.faults
        for unit in 0..<file.unitCount {
          quarantined += file.walk(unit: unit) { view in
            do throws(BadField) {
              if let orbit = try view.orbit() { orbits.append(orbit) }
            } catch {
              quarantined.append(
                QuarantinedRecord(
                  file: file.name, location: .byteOffset(view.location.offset),
                  field: error.field, reason: error.reason))
            }
          }
        }
      } catch {
        guard files.count > 1 else { throw error }
        quarantined.append(
          QuarantinedRecord(
            file: url.path, location: .byteOffset(0), reason: Self.reason(error, url.path)))
      }
    }
    return (orbits, quarantined)
  }
}

extension AlertView {
  /// Nil for an alert without one.
  fileprivate func orbit() throws(BadField) -> CatalogOrbit? {
    let field = LSSTField.mpcOrbits
    guard schema.survey == .lsst, slots[field.rawValue].state == .present,
      let record = schema.schema.rootRecord, let position = record.position(of: field.path)
    else { return nil }
    let value: AvroValue
    do throws(AlertsError) {
      value = try AvroDecoder(schema: schema.schema).decode(
        bytes, at: slots[field.rawValue].start, type: record.fields[position].type
      ).value
    } catch {
      throw BadField(field: field.path, reason: error.description)
    }
    return try MPCOrbitsRecord.orbit(value)
  }
}
