import Astro
import Dynamics
import OrbitFit

/// The stages from candidates to linkages, each spread over all cores.
struct ArcWork: Sendable {
  let detections: SortedDetections
  let table: TrackletTable
  let options: LinkingOptions
  /// Nil: all motion is about the Sun alone.
  let solarSystem: SolarSystem?
  let pieces: Pieces
  private let sights: [SightLine]
  private let sky: SkyIndex

  init(
    detections: SortedDetections, table: TrackletTable, options: LinkingOptions,
    solarSystem: SolarSystem?, pieces: Pieces
  ) {
    self.detections = detections
    self.table = table
    self.options = options
    self.solarSystem = solarSystem
    self.pieces = pieces
    sights = (0..<detections.count).map { SightLine(detections.observation($0)) }
    sky = SkyIndex(detections, table)
  }

  /// What a fit about the Sun costs, and one under all forces [CPU s].
  private static let secondsOfFit = 6e-5
  private static let secondsOfFullFit = 1.1e-4

  private var newJudge: ArcJudge { ArcJudge(detections, sights, sky, options, solarSystem) }

  /// Candidates that an orbit holds together, in full.
  func fit(_ candidates: [Candidate]) async throws -> [Arc] {
    let stage = PieceStage(
      name: "fits", count: candidates.count, chunk: 16, secondsEach: ArcWork.secondsOfFit)
    let parts = try await pieces.map(stage) { range in
      var judge = newJudge
      return range.compactMap { k -> Arc? in
        let candidate = candidates[k]
        let start = Orbit(
          epoch: detections.reference.adding(days: candidate.epochDays), state: candidate.state,
          origin: .sun)
        return judge.judge(table.detections(of: candidate.tracklets), start: start)
      }
    }
    return parts.flatMap { $0 }
  }

  /// The same for what was seen once a night.
  func fit(_ found: [SlowMovers.Found]) async throws -> [Arc] {
    let stage = PieceStage(
      name: "fits of distant", count: found.count, chunk: 16, secondsEach: ArcWork.secondsOfFit)
    let parts = try await pieces.map(stage) { range in
      var judge = newJudge
      return found[range].compactMap { judge.judge($0.members, start: $0.start) }
    }
    return parts.flatMap { $0 }
  }

  /// Linkages of earlier runs, fitted anew. What no orbit holds any more is left out.
  func fitKnown() async throws -> [Arc] {
    let known = detections.known
    let parts = try await parallelMap(count: known.count, chunk: 16, jobs: pieces.jobs) { range in
      var judge = newJudge
      return range.compactMap { known[$0].count < 3 ? nil : judge.judge(known[$0]) }
    }
    return parts.flatMap { $0 }
  }

  func refit(_ losers: [(members: [Int32], arc: Arc)]) async throws -> [Arc?] {
    let parts = try await parallelMap(count: losers.count, chunk: 16, jobs: pieces.jobs) { range in
      var judge = newJudge
      return range.map { k -> Arc? in
        judge.judge(losers[k].members, start: losers[k].arc.fit.orbit)
      }
    }
    return parts.flatMap { $0 }
  }

  /// Extends all arcs and joins those that are one object, until nothing changes.
  ///
  /// - Parameter first: the first arc to be extended.
  func extendAndMerge(
    _ assignment: inout Assignment, from first: Int
  ) async throws -> (attached: Int, merged: Int) {
    var attached = 0
    var merged = 0
    var active = Array(assignment.arcs.indices[first...])
    for round in 1...3 {
      let results = try await extend(active, assignment, round: round)
      var unions: [(a: Int, b: Int)] = []
      for (index, result) in zip(active, results) {
        attached += apply(result.arc, to: index, &assignment)
        for other in ArcWork.partners(result.foreign, assignment) where other != index {
          unions.append((index, other))
        }
      }
      let grown = try await merge(unions, &assignment)
      if grown.isEmpty { break }
      merged += grown.count
      active = grown
    }
    return (attached, merged)
  }

  private func extend(
    _ active: [Int], _ assignment: Assignment, round: Int
  ) async throws -> [ArcExtender.Result] {
    let arcs = assignment.arcs
    let owner = assignment.owner
    let stage = PieceStage(
      name: "extension \(round) of \(active.first ?? 0)", count: active.count, chunk: 8,
      secondsEach: ArcWork.secondsOfFit)
    let parts = try await pieces.map(stage) { range in
      let forces =
        range.contains { arcs[active[$0]].underAllForces }
        ? solarSystem.map { ArcForces($0) } : nil
      var extender = ArcExtender(detections, table, sky, newJudge, forces)
      return range.map { extender.extend(arcs[active[$0]], owner: owner) }
    }
    return parts.flatMap { $0 }
  }

  /// - Returns: how many detections joined. An arc whose new members went to another meanwhile
  ///   stays as it was.
  private func apply(_ arc: Arc, to index: Int, _ assignment: inout Assignment) -> Int {
    let old = assignment.arcs[index]
    guard arc.members != old.members, !old.members.isEmpty,
      arc.members.allSatisfy({
        assignment.owner[Int($0)] < 0 || assignment.owner[Int($0)] == Int32(index)
      })
    else { return 0 }
    assignment.replace(index, with: arc)
    return arc.members.count - old.members.count
  }

  /// Arcs of which at least half was seen where another's orbit goes.
  private static func partners(_ foreign: [Int32], _ assignment: Assignment) -> [Int] {
    var hits: [Int: Int] = [:]
    for detection in foreign {
      let owner = Int(assignment.owner[Int(detection)])
      if owner >= 0 { hits[owner, default: 0] += 1 }
    }
    return hits.filter { 2 * $0.value >= assignment.arcs[$0.key].members.count }.keys.sorted()
  }

  /// - Returns: indices of arcs that took another in.
  private func merge(
    _ unions: [(a: Int, b: Int)], _ assignment: inout Assignment
  ) async throws -> [Int] {
    let pairs = Set(unions.map { [min($0.a, $0.b), max($0.a, $0.b)] })
      .sorted { $0.lexicographicallyPrecedes($1) }
    let arcs = assignment.arcs
    let joined = try await parallelMap(count: pairs.count, chunk: 4, jobs: pieces.jobs) { range in
      var judge = newJudge
      return range.map { k -> Arc? in
        let (a, b) = (arcs[pairs[k][0]], arcs[pairs[k][1]])
        let all = (a.members + b.members).sorted()
        for start in [a, b] {
          if let arc = judge.judge(all, start: start.fit.orbit),
            10 * arc.members.count >= 9 * all.count
          {
            return arc
          }
        }
        return nil
      }
    }.flatMap { $0 }
    var grown: [Int] = []
    var changed: Set<Int> = []
    for (pair, arc) in zip(pairs, joined) {
      guard let arc, changed.isDisjoint(with: pair) else { continue }
      assignment.dissolve(pair[1])
      assignment.replace(pair[0], with: arc)
      changed.formUnion(pair)
      grown.append(pair[0])
    }
    return grown
  }

  /// The final fits under all forces, in the caller's numbering, ordered by first member.
  func linkages(_ arcs: [Arc]) async throws -> [Linkage] {
    let sorted = arcs.sorted { $0.members[0] < $1.members[0] }
    let stage = PieceStage(
      name: "final fits", count: sorted.count, chunk: max(16, min(512, sorted.count / 64)),
      secondsEach: ArcWork.secondsOfFullFit)
    let parts = try await pieces.map(stage) { range in
      var fitter = ArcFitter(options: .linking)
      if let solarSystem { fitter.useForces(of: solarSystem) }
      return range.map { k -> Linkage in
        let members = sorted[k].members
        let start = sorted[k].fit.orbit
        var fit = fitter.fitUnderAllForces(sights, members: members.span, start: start)
        if !fit.hasOrbit { fit = fitter.fit(sights, members: members.span, start: start) }
        return Linkage(
          members: members.map { detections.original[Int($0)] }, fit: fitter.fullResult(of: fit),
          score: sorted[k].score)
      }
    }
    return parts.flatMap { $0 }
  }
}
