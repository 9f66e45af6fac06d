import Astro
public import Dynamics

/// Observes objects with the visits of a survey.
public struct SurveySimulator: Sendable {
  private let system: SolarSystem
  private let options: SurveyOptions
  private let jobs: Int

  /// - Parameters:
  ///   - system: ephemerides, observatories, Earth orientation.
  ///   - jobs: cores to use; the survey does not depend on it.
  public init(system: SolarSystem, options: SurveyOptions, jobs: Int) {
    self.system = system
    self.options = options
    self.jobs = jobs
  }

  /// Makes the survey.
  ///
  /// - Parameters:
  ///   - orbits: the objects; those without an absolute magnitude are never seen.
  ///   - visits: in any order.
  /// - Complexity: one place an object and night, one an object and visit that may see it.
  public func observe(_ orbits: [CatalogOrbit], visits: [Visit]) async throws -> SimulatedSurvey {
    guard !visits.isEmpty else {
      throw SimulationError.nothingToDo(reason: "no visits in these nights")
    }
    let inOrder = visits.sorted {
      $0.midpoint != $1.midpoint ? $0.midpoint < $1.midpoint : $0.id < $1.id
    }
    let geometry = try await geometry(of: inOrder)
    let observer = ObjectObserver(
      visits: geometry, nights: try nights(of: geometry), options: options)
    let system = system
    let pieces = try await parallelMap(count: orbits.count, chunk: 128, jobs: jobs) { range in
      var found: [SimulatedDetection] = []
      var skipped: [SimulatedSurvey.Skipped] = []
      let motion = Motion(system: system)
      for index in range {
        do {
          found += try observer.detections(
            of: orbits[index], index: index, motion: motion)
        } catch {
          skipped.append(.init(designation: orbits[index].designation, reason: "\(error)"))
        }
      }
      return (found, skipped)
    }
    let real = pieces.flatMap(\.0)
    let falseOnes = try await falseDetections(geometry, realCount: real.count)
    return SimulatedSurvey(
      visits: inOrder, objects: orbits,
      detections: try Self.numbered(real + falseOnes, visits: inOrder),
      observatory: options.observatory, skipped: pieces.flatMap(\.1))
  }

  private func geometry(of visits: [Visit]) async throws -> [VisitGeometry] {
    let code = options.observatory
    let system = system
    return try await parallelMap(count: visits.count, chunk: 256, jobs: jobs) { range in
      try range.map { index in
        let visit = visits[index]
        let epoch = visit.midpoint.tdb
        guard let band = Band(rawValue: visit.band) else {
          throw SimulationError.badOption(
            name: "band of visit \(visit.id)", value: visit.band,
            remedy: "must be one of u g r i z y")
        }
        return VisitGeometry(
          visit: visit, band: band, epoch: epoch, field: FieldOfView(visit),
          observer: try system.observer(code, at: epoch),
          sun: try system.ephemeris.state(of: .sun, at: epoch))
      }
    }.flatMap { $0 }
  }

  /// Groups visits with gaps of less than a quarter of a day.
  private func nights(of geometry: [VisitGeometry]) throws -> [NightVisits] {
    var nights: [NightVisits] = []
    var start = 0
    for index in 1...geometry.count {
      if index < geometry.count,
        geometry[index].epoch.days(since: geometry[index - 1].epoch) < 0.25
      {
        continue
      }
      let first = geometry[start].epoch
      let middle = first.adding(days: geometry[index - 1].epoch.days(since: first) / 2)
      nights.append(
        NightVisits(
          members: start..<index, geometry: geometry, middle: middle,
          observer: try system.observer(options.observatory, at: middle),
          sun: try system.ephemeris.state(of: .sun, at: middle)))
      start = index
    }
    return nights
  }

  private func falseDetections(
    _ geometry: [VisitGeometry], realCount: Int
  ) async throws -> [SimulatedDetection] {
    let maker = FalseDetections(
      options: options,
      meanPerVisit: options.falseRatio * Double(realCount) / Double(geometry.count))
    return try await parallelMap(count: geometry.count, chunk: 64, jobs: jobs) { range in
      range.flatMap { maker.detections(in: geometry[$0], index: $0) }
    }.flatMap { $0 }
  }

  /// Orders detections by visit and declination and gives them identifiers: the visit's, then five
  /// digits of a running number.
  ///
  /// - Throws: ``SimulationError/identifiersRunOut(visit:reason:)``.
  private static func numbered(
    _ detections: [SimulatedDetection], visits: [Visit]
  ) throws(SimulationError) -> [SimulatedDetection] {
    var ordered = detections.sorted {
      if $0.visit != $1.visit { return $0.visit < $1.visit }
      if $0.decDeg != $1.decDeg { return $0.decDeg < $1.decDeg }
      return $0.raDeg < $1.raDeg
    }
    var visit: Int32 = -1
    var running: Int64 = 0
    for index in ordered.indices {
      running = ordered[index].visit == visit ? running + 1 : 1
      visit = ordered[index].visit
      let id = visits[Int(visit)].id
      guard running < 100_000 else {
        throw .identifiersRunOut(
          visit: id, reason: "100000 detections or more; give fewer orbits or a lower false ratio")
      }
      let (base, tooLarge) = id.multipliedReportingOverflow(by: 100_000)
      let (identifier, overflow) = base.addingReportingOverflow(running)
      guard !tooLarge, !overflow else {
        throw .identifiersRunOut(visit: id, reason: "its number must have 13 digits or fewer")
      }
      ordered[index].diaSourceId = identifier
    }
    return ordered
  }
}
