import Astro
import Catalog
import Dynamics
import Foundation
import OrbitFit

/// Finds what follows from an object's orbit and its detections: distances, kind of orbit, phase
/// curves.
struct QuantityFinder: Sendable {
  /// The Earth's orbit, for the MOID.
  let earth: KeplerianElements?

  /// The Earth's orbit for the nights about one: it changes its MOIDs by 1e-5 au a century.
  static func earth(_ solarSystem: SolarSystem, night: Int) throws -> KeplerianElements? {
    try solarSystem.ephemeris.elements(
      of: .earth, at: Epoch<TDB>(mjd: Double(night)), gravity: solarSystem.gravity)
  }

  /// - Parameters:
  ///   - orbit: in force; nil when there is none.
  ///   - sources: all of the object's detections.
  func quantities(
    of id: Int64, orbit: Orbit?, sources: [PhotometricSource]
  ) -> ObjectQuantities {
    var found = ObjectQuantities(ssObjectId: id)
    if let elements = orbit.flatMap({ KeplerianElements($0) }) {
      found.tisserandJupiter = elements.tisserandJupiter
      if let earth, let moid = MOID(elements, earth) {
        found.moid = Self.columns(moid, of: elements, earth)
      }
    }
    found.extendedness = Self.extendedness(sources.compactMap(\.extendedness))
    var points: [String: [PhaseCurvePoint]] = [:]
    for source in sources {
      guard let band = source.band, let mag = source.mag, let r = source.helioRange,
        let delta = source.topoRange, let phase = source.phaseAngleDeg
      else { continue }
      points[band, default: []].append(
        PhaseCurvePoint(
          magnitude: mag, sigma: source.magErr, heliocentricAU: r, topocentricAU: delta,
          phaseAngleRad: phase * Angle.degree))
    }
    found.bands = points.compactMapValues { fitPhaseCurve($0).map(BandPhotometry.init) }
    return found
  }

  private static func extendedness(_ values: [Double]) -> ObjectQuantities.Extendedness? {
    let sorted = values.sorted()
    guard let least = sorted.first, let greatest = sorted.last else { return nil }
    let middle = (sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2
    return .init(least: least, median: middle, greatest: greatest)
  }

  /// Anomalies are 0…360°, as angles of LSST's tables are.
  private static func columns(
    _ moid: MOID, of object: KeplerianElements, _ earth: KeplerianElements
  ) -> ObjectQuantities.EarthMOID {
    let own = object.eclipticState(trueAnomalyRad: moid.trueAnomalyRad)
    let other = earth.eclipticState(trueAnomalyRad: moid.otherTrueAnomalyRad)
    let place = other.position.longitudeLatitude
    return .init(
      distanceAU: moid.distanceAU,
      deltaVKmS: (own.velocity - other.velocity).norm * Constants.auKm / Constants.secondsPerDay,
      eclipticLongitudeDeg: Angle.wrapPositive(place.lon) / Angle.degree,
      trueAnomalyEarthDeg: Angle.wrapPositive(moid.otherTrueAnomalyRad) / Angle.degree,
      trueAnomalyObjectDeg: Angle.wrapPositive(moid.trueAnomalyRad) / Angle.degree)
  }
}

extension NightlyRun {
  /// Brings the computed columns of all objects that the run touched up to date.
  func writeQuantities(_ journal: inout StageJournal) async throws {
    let stage = "quantities"
    guard journal.begin(stage) else { return }
    let ids = try catalog.objectsChanged(sinceRevision: journal.report.firstRevision)
    let found = try await quantities(of: ids)
    try catalog.write(found, stage: (try journal.end(stage), journal.runId))
  }

  func quantities(of ids: [Int64]) async throws -> [ObjectQuantities] {
    let finder = QuantityFinder(
      earth: try QuantityFinder.earth(solarSystem, night: options.night))
    var found: [ObjectQuantities] = []
    found.reserveCapacity(ids.count)
    // So many at once, for the memory.
    for start in stride(from: 0, to: ids.count, by: 20_000) {
      let part = Array(ids[start..<min(ids.count, start + 20_000)])
      let orbits = try catalog.solutions(ofObjects: part)
      let sources = try catalog.photometricSources(ofObjects: part)
      found += try await parallelMap(count: part.count, chunk: 64, jobs: options.jobs) { range in
        range.map { index in
          finder.quantities(
            of: part[index], orbit: orbits[part[index]]?.orbit.orbit,
            sources: sources[part[index]] ?? [])
        }
      }.flatMap { $0 }
    }
    return found
  }
}

extension BandPhotometry {
  init(_ curve: PhaseCurve) {
    self.init(
      h: curve.h, hErr: curve.hSigma, g12: curve.g12, g12Err: curve.g12Sigma,
      covariance: curve.g12Sigma == nil ? nil : curve.covariance, usedCount: curve.usedCount,
      chiSquare: curve.chiSquare, phaseAngleMinDeg: curve.leastPhaseAngleRad / Angle.degree,
      phaseAngleMaxDeg: curve.greatestPhaseAngleRad / Angle.degree)
  }
}
