import Astro
import Astrometry
import Catalog
import Dynamics
import Foundation
import OrbitFit

extension NightlyRun {
  /// Names the new objects and makes the catalog's rows of all that changed.
  func updates(
    _ resolved: [ResolvedObject], _ table: ObservationTable, _ report: inout NightlyReport
  ) async throws -> [ObjectUpdate] {
    var taken = try catalog.takenDesignations()
    var named: [(object: ResolvedObject, id: Int64, designation: String)] = []
    for object in resolved {
      let name = Self.name(of: object, table, &taken)
      named.append((object, name.id, name.designation))
    }
    let updates = try await rows(named, table)
    for (index, update) in updates.enumerated() {
      let line = Self.line(update, named[index].object, table)
      if named[index].object.ssObjectId == nil {
        report.newObjects.append(line)
      } else {
        report.extendedObjects.append(line)
      }
      report.absorbedObjects += update.absorbed.count
    }
    return updates
  }

  /// The laws of brightness of comets and others whose orbit is made anew, by object: detections of
  /// some nights don't say how it brightens towards the Sun.
  private func brightnessLaws(
    of named: [(object: ResolvedObject, id: Int64, designation: String)]
  ) throws -> [Int64: PhotometricModel] {
    let wanted = named.filter { $0.object.orbitInForce == nil && $0.object.prior == nil }
    let ids = wanted.flatMap { [$0.id] + $0.object.absorbed }
    return try catalog.solutions(ofObjects: ids).compactMapValues { solution in
      solution.orbit.hasLawBesideHG ? solution.orbit.photometry : nil
    }
  }

  /// The catalog's rows of some objects, all cores.
  func rows(
    _ named: [(object: ResolvedObject, id: Int64, designation: String)], _ table: ObservationTable
  ) async throws -> [ObjectUpdate] {
    let propagator = Propagator(solarSystem)
    let earth = try QuantityFinder.earth(solarSystem, night: options.night)
    let laws = try brightnessLaws(of: named)
    var updates = try await parallelMap(count: named.count, chunk: 8, jobs: options.jobs) { range in
      range.map { index in
        let (object, id, designation) = named[index]
        return ObjectRows(
          propagator: propagator, earth: earth, table: table, object: object, id: id,
          designation: designation,
          brightness: ([id] + object.absorbed).lazy.compactMap { laws[$0] }.first
        ).update
      }
    }.flatMap { $0 }
    for index in updates.indices {
      try ranks.fill(
        &updates[index].sources, named[index].object.members.map { table.stored[$0] })
    }
    return updates
  }

  /// A known object keeps its name; a new one gets the first free one of its first detection.
  static func name(
    of object: ResolvedObject, _ table: ObservationTable, _ taken: inout [Int64: String]
  ) -> (id: Int64, designation: String) {
    if let id = object.ssObjectId { return (id, taken[id] ?? "") }
    let first = table.stored[object.members[0]]
    var attempt = 0
    while true {
      let name = OwnDesignation(
        firstDiaSourceId: first.detection.diaSourceId, night: first.night, attempt: attempt)
      if taken[name.ssObjectId] == nil {
        taken[name.ssObjectId] = name.text
        return (name.ssObjectId, name.text)
      }
      attempt += 1
    }
  }

  private static func line(
    _ update: ObjectUpdate, _ object: ResolvedObject, _ table: ObservationTable
  ) -> NightlyReport.ObjectLine {
    let elements = object.fit.orbit.flatMap { KeplerianElements($0) }
    return NightlyReport.ObjectLine(
      ssObjectId: update.ssObjectId, designation: update.designation,
      detections: update.sources.count, nights: table.nightCount(object.members),
      arcDays: update.arc.lastMjdTai - update.arc.firstMjdTai, rmsArcsec: object.fit.rmsArcsec,
      perihelion: elements?.perihelionAU, eccentricity: elements?.eccentricity,
      inclination: elements.map { $0.inclinationRad / Angle.degree },
      determined: object.fit.determined)
  }
}
