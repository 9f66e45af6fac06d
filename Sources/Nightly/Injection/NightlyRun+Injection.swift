import Astro
import Astrometry
import Catalog
import Dynamics
import Foundation
import Linking
import OrbitFit
import Prediction

extension NightlyRun {
  /// Links the window's free detections once more, with those of synthetic objects among them, and
  /// counts which of these are found. Everything stays in memory: the catalog, and what the run
  /// made of the real detections, do not change.
  ///
  /// - Parameter newNights: as linking had them: only linkages with one of them count.
  ///
  /// Not tried: whether attribution would have taken a synthetic object's detection for a known
  /// object's.
  func inject(newNights: [Int]?) async throws -> InjectionReport? {
    guard options.injected > 0 else { return nil }
    progress("injection")
    let startedAt = Date.now
    let (table, _) = try await linkTable(options.window)
    let exposures = try await exposures()
    let injection = Injection(
      exposures: exposures, propagator: Propagator(solarSystem),
      seed: UInt64(bitPattern: Int64(options.night)))
    let objects = injection.objects(options.injected, night: options.night)
    let observed = try await parallelMap(count: objects.count, chunk: 4, jobs: options.jobs) {
      range in range.map { injection.observe(objects[$0], number: $0) }
    }.flatMap { $0 }
    let seen = observed.flatMap(\.seen)
    var mixed = table
    let first = mixed.stored.count
    add(seen, exposures, to: &mixed)
    var linking = options.linking
    linking.newNights = options.from == nil ? newNights.map { Set($0) } : nil
    let found = try await Linking.link(
      LinkingInput(
        observations: mixed.observations, magnitudes: mixed.stored.map(\.detection.mag),
        observatories: mixed.stored.map(\.detection.observatory),
        nights: mixed.stored.map(\.night)), options: linking, jobs: options.jobs)
    let owners = mixed.stored.indices.map { $0 < first ? nil : seen[$0 - first].object }
    var report = InjectionReport()
    let hits = try await hits(found.linkages, owners, mixed, &report)
    report.injected = objects.count
    report.detections = seen.count
    count(objects, observed, exposures, hits, linking, &report)
    report.seconds = Date.now.timeIntervalSince(startedAt)
    return report
  }

  // MARK: - Exposures

  /// The window's exposures, as the detections draw them.
  private func exposures() async throws -> [Injection.Exposure] {
    var exposures: [Injection.Exposure] = []
    for night in options.window {
      var table = ObservationTable()
      _ = try await prepare(try catalog.detections(nights: night...night), into: &table)
      var first: [VisitKey: Int] = [:]
      for (row, stored) in table.stored.enumerated() {
        let key = VisitKey(stored)
        if first[key] == nil { first[key] = row }
      }
      for sky in VisitSky.visits(of: table) where !sky.isRoving && sky.field.radiusRad < 0.5 {
        guard let row = first[sky.key] else { continue }
        exposures.append(Self.exposure(sky, night, row, table))
      }
    }
    return exposures
  }

  private static func exposure(
    _ sky: VisitSky, _ night: Int, _ row: Int, _ table: ObservationTable
  ) -> Injection.Exposure {
    let radius = max(sky.field.radiusRad, Angle.arcsecond)
    let color = BandColor.toV(table.stored[row].detection.band) ?? 0
    // Fewer than sixteen detections draw no detector: the whole field is taken.
    let share = min(1, (16 / Double(max(1, sky.count))).squareRoot())
    return Injection.Exposure(
      sky: sky, night: night, observer: table.observations[row].observer,
      sun: table.observations[row].sun, limitV: sky.faintV ?? Self.limitWithoutWord,
      color: color, sigmaRad: VisitBias.median(sky.sigmas) * Angle.arcsecond,
      reachRad: radius * (share < 1 ? share : 2))
  }

  /// Of exposures without magnitudes [mag].
  private static let limitWithoutWord = 22.0

  // MARK: - Detections

  private func add(
    _ seen: [Injection.Seen], _ exposures: [Injection.Exposure], to table: inout ObservationTable
  ) {
    // Below all identifiers that there are.
    var id = min(0, table.stored.map(\.detection.diaSourceId).min() ?? 0)
    for source in seen {
      let exposure = exposures[source.exposure]
      id -= 1
      let detection = Detection(
        diaSourceId: id, midpoint: exposure.sky.epoch.tai, raDeg: source.raRad / Angle.degree,
        decDeg: source.decRad / Angle.degree, raErrDeg: exposure.sigmaRad / Angle.degree,
        decErrDeg: exposure.sigmaRad / Angle.degree, mag: source.mag,
        observatory: exposure.sky.observatory)
      table.append(
        StoredDetection(detection: detection, night: exposure.night),
        AstrometricObservation(
          epoch: exposure.sky.epoch, raRad: source.raRad, decRad: source.decRad,
          sigmaRaRad: exposure.sigmaRad, sigmaDecRad: exposure.sigmaRad, correlation: 0,
          observer: exposure.observer, sun: exposure.sun))
    }
  }

  // MARK: - What was found

  /// Objects that a linkage is, whose members four fifths belong to it, and which the fit holds.
  private func hits(
    _ linkages: [Linkage], _ owners: [Int?], _ table: ObservationTable,
    _ report: inout InjectionReport
  ) async throws -> Set<Int> {
    var pure: [(rows: [Int], start: Orbit?)] = []
    var objects: [Int] = []
    for linkage in linkages {
      let own = linkage.members.compactMap { owners[$0] }
      guard !own.isEmpty else { continue }
      let counts = own.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
      guard let most = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else { continue }
      if most.value < linkage.members.count { report.mixed += 1 }
      guard 5 * most.value >= 4 * linkage.members.count else { continue }
      pure.append((rows: linkage.members, start: linkage.fit.orbit))
      objects.append(most.key)
    }
    let resolver = makeResolver(pure, [], table)
    let held = try await parallelMap(count: pure.count, chunk: 4, jobs: options.jobs) { range in
      range.map { index in
        !resolver.resolve(ObjectGroup(objects: [], linkages: [index])).changed.isEmpty
      }
    }.flatMap { $0 }
    return Set(zip(objects, held).filter(\.1).map(\.0))
  }

  private func count(
    _ objects: [SyntheticObject], _ observed: [(seen: [Injection.Seen], crossed: [Int])],
    _ exposures: [Injection.Exposure], _ hits: Set<Int>, _ linking: LinkingOptions,
    _ report: inout InjectionReport
  ) {
    var classes: [String: InjectionReport.Line] = [:]
    var magnitudes: [Int: InjectionReport.Line] = [:]
    for (number, object) in objects.enumerated() {
      let (seen, crossed) = observed[number]
      func isEnough(_ visits: [Int], detections: Bool) -> Bool {
        Self.isLinkable(visits.map { exposures[$0] }, linking, wantsDetections: detections)
      }
      guard isEnough(crossed, detections: false) else { continue }
      let linkable = isEnough(seen.map(\.exposure), detections: true)
      let found = hits.contains(number)
      // As it appears on the night, for which it was drawn.
      let mean = VisitBias.median(seen.map { $0.mag + exposures[$0.exposure].color })
      let bin = seen.isEmpty ? Int.max : Int((2 * mean).rounded(.down))
      func add(_ line: inout InjectionReport.Line) {
        line.covered += 1
        // An object may be found with fewer nights than are asked of it.
        line.linkable += linkable || found ? 1 : 0
        line.found += found ? 1 : 0
      }
      add(&report.all)
      add(&classes[object.population.rawValue, default: .init(name: object.population.rawValue)])
      let range =
        bin == .max
        ? "not seen" : String(format: "%.1f to %.1f", Double(bin) / 2, Double(bin + 1) / 2)
      add(&magnitudes[bin, default: .init(name: range)])
    }
    report.byClass = SyntheticObject.Population.allCases.map {
      classes[$0.rawValue] ?? .init(name: $0.rawValue)
    }
    report.byMagnitude = magnitudes.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Pairs within an hour or two on as many nights as a linkage must have, one of them new.
  private static func isLinkable(
    _ visits: [Injection.Exposure], _ linking: LinkingOptions, wantsDetections: Bool
  ) -> Bool {
    let byNight = Dictionary(grouping: visits, by: \.night)
    let nights = byNight.filter { _, visits in
      let times = visits.map(\.sky.epoch.mjd).sorted()
      return zip(times, times.dropFirst()).contains {
        $1 > $0 && $1 - $0 <= linking.maximumTrackletDays
      }
    }.keys
    guard nights.count >= linking.minimumNights,
      !wantsDetections || visits.count >= linking.minimumDetections
    else { return false }
    return linking.newNights.map { !$0.isDisjoint(with: nights) } ?? true
  }
}
