import Astro
import Astrometry
public import Catalog
import Dynamics
import Foundation

extension NightlyRun {
  /// What the page shows of the run's night, from the catalog as the run leaves it.
  func pictures(_ report: NightlyReport) throws -> NightPictures {
    var pictures = NightPictures()
    let sources = try catalog.nightSources(night: options.night)
    let new = Set(report.newObjects.map(\.ssObjectId))
    let extended = Set(report.extendedObjects.map(\.ssObjectId))
    func kind(_ id: Int64) -> NightPictures.Kind {
      new.contains(id) ? .new : extended.contains(id) ? .extended : .known
    }
    var points: [NightPictures.Point] = []
    var classOf: [Int64: String] = [:]
    var along: [Double] = []
    var across: [Double] = []
    for source in sources {
      pictures.byBand[source.band ?? "none", default: 0] += 1
      if let mag = source.mag { pictures.magnitudes.add(mag) }
      guard let id = source.ssObjectId else { continue }
      pictures.detectionsOfObjects += 1
      if let mag = source.mag { pictures.objectMagnitudes.add(mag) }
      if classOf[id] == nil {
        points.append(.init(ra: source.raDeg, dec: source.decDeg, kind: kind(id)))
        classOf[id] = Self.className(source)
      }
      if let offset = source.alongArcsec { along.append(offset) }
      if let offset = source.acrossArcsec { across.append(offset) }
    }
    pictures.detections = sources.count
    for offset in along { pictures.along.add(offset) }
    for offset in across { pictures.across.add(offset) }
    pictures.alongSigma = Self.sigma(along)
    pictures.acrossSigma = Self.sigma(across)
    pictures.points = Self.thinned(points)
    pictures.classes = Self.classes(classOf, kind)
    pictures.fields = Self.fields(sources)
    return pictures
  }

  /// All of what is new or was linked, and of the known ones as many as there is room for.
  private static func thinned(_ points: [NightPictures.Point]) -> [NightPictures.Point] {
    let linked = points.filter { $0.kind != .known }
    let known = points.filter { $0.kind == .known }
    let room = max(0, NightPictures.mostPoints - linked.count)
    let step = max(1, (known.count + max(1, room) - 1) / max(1, room))
    let kept = room == 0 ? [] : known.enumerated().filter { $0.offset % step == 0 }.map(\.element)
    return kept + linked.prefix(NightPictures.mostPoints)
  }

  private static func classes(
    _ classOf: [Int64: String], _ kind: (Int64) -> NightPictures.Kind
  ) -> [NightPictures.ClassLine] {
    var lines: [String: NightPictures.ClassLine] = [:]
    for (id, name) in classOf {
      switch kind(id) {
      case .new: lines[name, default: .init(name: name)].new += 1
      case .extended: lines[name, default: .init(name: name)].extended += 1
      case .known: lines[name, default: .init(name: name)].known += 1
      }
    }
    let order = DynamicalClass.allCases.map(\.rawValue) + [withoutOrbit]
    return order.compactMap { lines[$0] }
  }

  private static let withoutOrbit = "no orbit"

  private static func className(_ source: NightSource) -> String {
    guard let q = source.perihelionAU, let e = source.eccentricity else { return withoutOrbit }
    let elements = KeplerianElements(
      epoch: Epoch<TDB>(mjd: 0), perihelionAU: q, eccentricity: e, inclinationRad: 0, nodeRad: 0,
      argPeriRad: 0, perihelionTime: Epoch<TDB>(mjd: 0))
    return DynamicalClass(elements).rawValue
  }

  private static func sigma(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : 1.4826 * VisitBias.median(values.map(abs))
  }

  /// The exposures' circles, from the places of their detections.
  private static func fields(_ sources: [NightSource]) -> [NightPictures.Field] {
    var groups: [String: [Vector3]] = [:]
    for source in sources {
      groups[source.visit, default: []].append(
        Vector3(raRad: source.raDeg * Angle.degree, decRad: source.decDeg * Angle.degree))
    }
    let step = max(1, (groups.count + NightPictures.mostFields - 1) / NightPictures.mostFields)
    return groups.sorted { $0.key < $1.key }.enumerated().filter { $0.offset % step == 0 }
      .compactMap { _, group in
        let sum = group.value.reduce(Vector3.zero, +)
        guard sum.norm > 0 else { return nil }
        let radius = group.value.map { sum.unit.angle(to: $0) }.max() ?? 0
        let (lon, lat) = sum.longitudeLatitude
        return .init(
          ra: lon / Angle.degree, dec: lat / Angle.degree, radius: min(10, radius / Angle.degree))
      }
  }
}

extension Catalog {
  /// The newest complete run of each of the last nights before one, the oldest first.
  public func pastNights(before night: Int, count: Int = 30) throws(CatalogError) -> [PastNight] {
    try stageRecords(Catalog.lastStage, before: night, count: count).compactMap { record in
      guard
        let figures = try? JSONDecoder().decode(PastFigures.self, from: Data(record.figures.utf8))
      else { return nil }
      return PastNight(
        night: record.night, detections: figures.pictures?.detections ?? 0,
        newObjects: figures.newObjects.count, alarms: figures.alarms?.count ?? 0,
        stages: figures.stages)
    }.reversed()
  }
}

/// Of a report, what is compared.
private struct PastFigures: Decodable {
  struct Counted: Decodable {}
  struct Pictures: Decodable { var detections: Int }

  var newObjects: [Counted]
  var alarms: [Counted]?
  var stages: [NightlyReport.StageLine]
  var pictures: Pictures?
}
