import Astro
import Dynamics

/// Pairs of single detections of different nights, as what is far away shows them: its motion is the
/// observer's own turned round, over its distance, and little else.
///
/// The nights between two such detections make a rate as sharp as no pair of one night has, and the
/// cone about the observer's motion leaves one of ten chance pairs (after Engebreth's multi-night
/// tracklets in HeliolincRR, benengebreth.org).
struct NightPairs: Sendable {
  private let detections: SortedDetections
  private let sessions: [Session]

  /// Nearest distance from the observer [au].
  static let nearest = 20.0
  /// From one detection to the other [d].
  private static let longest = 3.6
  /// Partners of a detection in a session and in all.
  private static let mostInSession = 2
  private static let mostPartners = 4
  /// Where more are in reach, none is worth a try.
  private static let crowd = 256
  /// One over the distances that are tried [1/au], and half of their step as a part.
  private static let inverse: [8 of Double] = [
    1 / 20.0, 1 / 27.0, 1 / 36.0, 1 / 48.0, 1 / 65.0, 1 / 90.0, 1 / 130.0, 1 / 200.0,
  ]
  private static let halfStep = 0.18
  /// Escape velocity at one au [au/d].
  private static let escape = (2 * GravitationalParameter.sun).squareRoot()

  /// What was seen in one night or the part of one.
  private struct Session: Sendable {
    let members: [Int32]
    let tree: KDTree
    let time: Double
    let halfDays: Double
    let observer: Vector3
  }

  /// - Parameter free: detections to take, ascending.
  init(_ detections: SortedDetections, _ free: [Int32]) {
    self.detections = detections
    var sessions: [Session] = []
    var start = 0
    func time(_ k: Int) -> Double { detections.time[Int(free[k])] }
    for k in free.indices {
      guard k + 1 == free.count || time(k + 1) - time(k) > NightCount.gapDays else { continue }
      let members = Array(free[start...k])
      let middle = (time(start) + time(k)) / 2
      sessions.append(
        Session(
          members: members, tree: KDTree(members.map { detections.direction[Int($0)] }),
          time: middle, halfDays: (time(k) - time(start)) / 2,
          observer: detections.observer[Int(members[members.count / 2])]))
      start = k + 1
    }
    self.sessions = sessions
  }

  /// Tracklets of two nights.
  func table(_ pieces: Pieces) async throws -> TrackletTable {
    let all = sessions.flatMap(\.members)
    let stage = PieceStage(
      name: "pairs of nights", count: all.count, chunk: 2048, secondsEach: 2e-6)
    let parts = try await pieces.map(stage) { range in
      var table = TrackletTable()
      var hits: [Int32] = []
      for first in all[range] {
        for second in partners(of: Int(first), &hits) {
          table.add(tracklet(Int(first), second), [first, Int32(second)])
        }
      }
      return table
    }
    var table = TrackletTable()
    for part in parts { table.append(part) }
    table.sort()
    return table
  }

  /// The nearest nights first, in each those that fit best.
  private func partners(of i: Int, _ hits: inout [Int32]) -> [Int] {
    var found: [Int] = []
    let (now, u) = (detections.time[i], detections.direction[i])
    let first = sessions.partitioningIndex { $0.time - $0.halfDays > now + NightCount.gapDays }
    for session in sessions[first...] {
      let days = session.time - now
      guard days - session.halfDays <= NightPairs.longest else { break }
      let across = NightPairs.across(session.observer - detections.observer[i], u)
      let centre = (u - across * (0.5 / NightPairs.nearest)).unit
      let own = NightPairs.escape / (NightPairs.nearest * NightPairs.nearest.squareRoot())
      let reach =
        0.5 * across.norm / NightPairs.nearest + own * days
        + session.halfDays * 0.024 / NightPairs.nearest + 4 * detections.sigma[i]
      hits.removeAll(keepingCapacity: true)
      session.tree.collect(within: reach, of: centre, into: &hits)
      guard hits.count <= NightPairs.crowd else { continue }
      var ranked: [(miss: Double, detection: Int)] = []
      for hit in hits {
        let j = Int(session.members[Int(hit)])
        let miss = self.miss(i, j)
        if miss < 1 { ranked.append((miss, j)) }
      }
      ranked.sort { ($0.miss, $0.detection) < ($1.miss, $1.detection) }
      found += ranked.prefix(NightPairs.mostInSession).map(\.detection)
      if found.count >= NightPairs.mostPartners { break }
    }
    return Array(found.prefix(NightPairs.mostPartners))
  }

  /// How far the second is from where something far away may be, in parts of what is allowed.
  private func miss(_ i: Int, _ j: Int) -> Double {
    let days = detections.time[j] - detections.time[i]
    guard days > NightCount.gapDays, days <= NightPairs.longest else { return .infinity }
    let u = detections.direction[i]
    let way = NightPairs.across(detections.direction[j] - u, u)
    let across = NightPairs.across(detections.observer[j] - detections.observer[i], u)
    let noise = 4 * (detections.sigma[i] + detections.sigma[j])
    var least = Double.infinity
    for k in NightPairs.inverse.indices {
      let inverse = NightPairs.inverse[k]
      let own = NightPairs.escape * inverse * inverse.squareRoot() * days
      let allowed = own + noise + NightPairs.halfStep * inverse * across.norm
      least = min(least, (way + inverse * across).norm / allowed)
    }
    return least
  }

  private func tracklet(_ i: Int, _ j: Int) -> Tracklet {
    let days = detections.time[j] - detections.time[i]
    let direction = (detections.direction[i] + detections.direction[j]).unit
    let chord = (detections.direction[j] - detections.direction[i]) * (1 / days)
    let noise =
      (detections.sigma[i] * detections.sigma[i] + detections.sigma[j] * detections.sigma[j])
      .squareRoot()
    return Tracklet(
      time: (detections.time[i] + detections.time[j]) / 2, direction: direction,
      rate: NightPairs.across(chord, direction),
      observer: (detections.observer[i] + detections.observer[j]) * 0.5,
      observerVelocity: (detections.observer[j] - detections.observer[i]) * (1 / days),
      sigmaDirection: noise / 2, sigmaRate: noise / days, firstMember: 0, memberCount: 2,
      night: Int32(clamping: detections.night[i]))
  }

  private static func across(_ v: Vector3, _ u: Vector3) -> Vector3 { v - u * u.dot(v) }
}
