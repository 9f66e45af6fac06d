import Astrometry
import Dynamics
import OrbitFit

/// What makes a set of detections an object of the catalog.
package struct ObjectCriteria: Sendable {
  package var minimumNights = 3
  package var minimumDetections = 6
  /// Of the residuals of the detections that the fit used [arcsec].
  package var maximumRmsArcsec = 2.0
  /// √(χ² / degrees of freedom).
  package var maximumRmsSigmas = 2.0

  package init() {}
}

/// An object as the run leaves it.
struct ResolvedObject: Sendable {
  /// Nil: it is new.
  var ssObjectId: Int64?
  /// Rows of the table, in the order of time.
  var members: [Int]
  var fit: FitResult
  var absorbed: [Int64] = []
}

/// What became of a group.
struct GroupOutcome: Sendable {
  var changed: [ResolvedObject] = []
  var unchanged = 0
  /// Linkages whose perturbed fit does not hold them together.
  var refused = 0
  /// Linkages that contradict a known object that has more to show for itself.
  var conflicting = 0
}

/// Decides what a group's linkages mean for the objects that are known: a linkage that shares
/// detections with an object extends it, one that shares with several joins them, if the orbit of
/// all of them together holds: it uses four fifths of them, or at least as many as the largest part
/// has. What it leaves out is let go.
struct ObjectResolver: Sendable {
  let table: ObservationTable
  /// Rows of each linkage and the orbit that holds it.
  let linkages: [(rows: [Int], start: Orbit?)]
  /// Rows of each known object.
  let objectRows: [Int64: [Int]]
  let criteria: ObjectCriteria
  /// A perturbed fit: pure.
  let fit: @Sendable ([AstrometricObservation], Orbit?) -> FitResult

  func resolve(_ group: ObjectGroup) -> GroupOutcome {
    var outcome = GroupOutcome()
    let parts =
      group.objects.map { objectRows[$0] ?? [] } + group.linkages.map { linkages[$0].rows }
    let all = sorted(Set(parts.joined()))
    if group.objects.count == 1, all == parts[0] {
      outcome.unchanged = 1
      return outcome
    }
    let start = largest(group.linkages).flatMap { linkages[$0].start }
    if let accepted = accept(all, start: start, atLeast: parts.map(\.count).max() ?? 0) {
      take(accepted, group, &outcome)
    } else if group.objects.isEmpty {
      outcome.refused = group.linkages.count
    } else {
      resolveOneByOne(group, &outcome)
    }
    return outcome
  }

  private func take(
    _ accepted: (rows: [Int], fit: FitResult), _ group: ObjectGroup,
    _ outcome: inout GroupOutcome
  ) {
    let survivor = group.objects.max { a, b in
      let (x, y) = (objectRows[a]?.count ?? 0, objectRows[b]?.count ?? 0)
      return x != y ? x < y : a > b
    }
    if let survivor, group.objects.count == 1, objectRows[survivor] == accepted.rows {
      outcome.unchanged = 1
    } else {
      outcome.changed.append(
        ResolvedObject(
          ssObjectId: survivor, members: accepted.rows, fit: accepted.fit,
          absorbed: group.objects.filter { $0 != survivor }))
    }
  }

  /// The group as a whole does not hold: each linkage, largest first, is tried with the object
  /// that it shares most with; where they exclude each other the one with more detections stays.
  private func resolveOneByOne(_ group: ObjectGroup, _ outcome: inout GroupOutcome) {
    var done = Set<Int64>()
    let order = group.linkages.sorted {
      let (a, b) = (linkages[$0].rows.count, linkages[$1].rows.count)
      return a != b ? a > b : $0 < $1
    }
    for index in order {
      let linkage = linkages[index]
      let shared = group.objects.map { ($0, Set(objectRows[$0] ?? []).intersection(linkage.rows)) }
      guard let (object, _) = shared.max(by: { $0.1.count < $1.1.count }), !done.contains(object)
      else {
        outcome.conflicting += 1
        continue
      }
      let others = Set(shared.filter { $0.0 != object }.flatMap { $0.1 })
      let own = linkage.rows.filter { !others.contains($0) }
      let known = objectRows[object] ?? []
      let union = sorted(Set(known).union(own))
      let accepted =
        accept(union, start: linkage.start, atLeast: max(known.count, own.count))
        ?? (own.count > known.count ? accept(own, start: linkage.start, atLeast: own.count) : nil)
      if let accepted, accepted.rows != known {
        done.insert(object)
        outcome.changed.append(
          ResolvedObject(ssObjectId: object, members: accepted.rows, fit: accepted.fit))
      } else if accepted != nil {
        outcome.unchanged += 1
      } else {
        outcome.conflicting += 1
      }
    }
  }

  /// The rows that a fit uses, if they make an object of at least `atLeast` detections.
  private func accept(
    _ rows: [Int], start: Orbit?, atLeast: Int
  ) -> (rows: [Int], fit: FitResult)? {
    let result = fit(rows.map { table.observations[$0] }, start)
    guard result.orbit != nil, result.converged, result.used.count == rows.count else { return nil }
    let used = zip(rows, result.used).filter { $0.1 }.map { $0.0 }
    let freedom = Double(max(1, result.degreesOfFreedom))
    guard used.count >= atLeast || used.count >= rows.count - rows.count / 5,
      used.count >= criteria.minimumDetections,
      table.nightCount(used) >= criteria.minimumNights,
      result.rmsArcsec <= criteria.maximumRmsArcsec,
      (result.chiSquare / freedom).squareRoot() <= criteria.maximumRmsSigmas
    else { return nil }
    return (used, result.restricted(toUsed: result.used))
  }

  private func largest(_ indices: [Int]) -> Int? {
    indices.max { a, b in
      let (x, y) = (linkages[a].rows.count, linkages[b].rows.count)
      return x != y ? x < y : a > b
    }
  }

  private func sorted(_ rows: Set<Int>) -> [Int] { table.rows(of: table.ids(of: Array(rows))) }
}

extension FitResult {
  /// The same result without the observations that it did not use.
  func restricted(toUsed used: [Bool]) -> FitResult {
    var result = self
    result.residualsRaArcsec = zip(residualsRaArcsec, used).filter { $0.1 }.map { $0.0 }
    result.residualsDecArcsec = zip(residualsDecArcsec, used).filter { $0.1 }.map { $0.0 }
    result.used = used.filter { $0 }
    return result
  }
}
