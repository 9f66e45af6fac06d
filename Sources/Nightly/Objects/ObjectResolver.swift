package import Astrometry
package import Catalog
package import Dynamics
package import OrbitFit

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
package struct ResolvedObject: Sendable {
  /// Nil: it is new.
  package var ssObjectId: Int64?
  /// Rows of the table, in the order of time.
  package var members: [Int]
  package var fit: FitResult
  package var absorbed: [Int64] = []
  /// Someone else's orbit, which stays in force: ``fit`` then says what it leaves over, and
  /// ``members`` are the new ones only.
  package var orbitInForce: CatalogOrbit?
  /// What was known of the orbit before, which ``fit`` has in it.
  package var prior: OrbitSolution?
}

/// What became of a group.
package struct GroupOutcome: Sendable {
  package var changed: [ResolvedObject] = []
  package var unchanged = 0
  /// Linkages whose perturbed fit does not hold them together.
  package var refused = 0
  /// Linkages that contradict a known object that has more to show for itself.
  package var conflicting = 0
  /// Objects that turned out to be two.
  package var split = 0
}

/// Decides what a group's linkages mean for the objects that are known. A linkage that shares
/// detections with an object extends it, one that shares with several joins them, if one orbit
/// holds them together. An object keeps its number as long as it keeps half of its detections; what
/// the orbit leaves out is let go.
package struct ObjectResolver: Sendable {
  private let table: ObservationTable
  /// Rows of each linkage and the orbit that holds it.
  private let linkages: [(rows: [Int], start: Orbit?)]
  /// Rows of each known object.
  private let objectRows: [Int64: [Int]]
  private let criteria: ObjectCriteria
  /// A perturbed fit: pure.
  private let fit: @Sendable ([AstrometricObservation], Orbit?) -> FitResult

  package init(
    table: ObservationTable, linkages: [(rows: [Int], start: Orbit?)],
    objectRows: [Int64: [Int]], criteria: ObjectCriteria,
    fit: @escaping @Sendable ([AstrometricObservation], Orbit?) -> FitResult
  ) {
    self.table = table
    self.linkages = linkages
    self.objectRows = objectRows
    self.criteria = criteria
    self.fit = fit
  }

  package func resolve(_ group: ObjectGroup) -> GroupOutcome {
    var outcome = GroupOutcome()
    let parts = group.objects.map(known) + group.linkages.map { linkages[$0].rows }
    let all = sorted(Set(parts.joined()))
    if group.objects.count == 1, all == parts[0] {
      outcome.unchanged = 1
      return outcome
    }
    let largestPart = parts.map(\.count).max() ?? 0
    // Several objects are one only if nearly everything belongs to it.
    let needed = group.objects.count > 1 ? most(of: all) : min(most(of: all), largestPart)
    if let whole = accept(all, start: start(of: group), atLeast: needed),
      holds(whole.rows, group.objects)
    {
      take(whole, group, &outcome)
    } else if group.objects.isEmpty {
      outcome.refused = group.linkages.count
    } else {
      resolveOneByOne(group, &outcome)
    }
    return outcome
  }

  /// A known object with detections that were attributed to it, when one orbit holds them and what
  /// it had. Members that the new orbit rejects are let go. Nil when it can't be extended.
  package func extend(
    _ object: Int64, with rows: [Int], start: Orbit?
  ) -> ResolvedObject? {
    let before = known(object)
    guard
      let whole = accept(
        sorted(Set(before).union(rows)), start: start, atLeast: before.count),
      holds(whole.rows, [object]), whole.rows != before
    else { return nil }
    return ResolvedObject(ssObjectId: object, members: whole.rows, fit: whole.fit)
  }

  /// As ``extend(_:with:start:)``; and when no orbit holds the old and the new together, because the
  /// object was two: that with which the new ones go, and the rest as an object of its own. Nothing
  /// when neither can be.
  package func extendOrSplit(
    _ object: Int64, with rows: [Int], start: Orbit?
  ) -> [ResolvedObject] {
    if let whole = extend(object, with: rows, start: start) { return [whole] }
    let before = known(object)
    let all = union(object, rows)
    let new = Set(rows).subtracting(before)
    // Half of the old and of the new, or the new ones are strangers.
    guard let first = accept(all, start: start, atLeast: (all.count + 1) / 2),
      2 * new.intersection(first.rows).count >= new.count,
      holds(first.rows, [object])
    else { return [] }
    let own = Set(first.rows)
    let rest = before.filter { !own.contains($0) }
    guard let second = accept(rest, start: nil, atLeast: most(of: rest)) else { return [] }
    return [
      ResolvedObject(ssObjectId: object, members: first.rows, fit: first.fit),
      ResolvedObject(members: second.rows, fit: second.fit),
    ]
  }

  /// A known object without some detections that its orbit misses and with new ones that it
  /// predicts, and those as an object of their own. Nothing when either is none, or the number would
  /// go with less than half of what it stood for.
  package func part(
    _ object: Int64, strangers: [Int], with rows: [Int], start: Orbit?
  ) -> [ResolvedObject] {
    let out = Set(strangers)
    let left = known(object).filter { !out.contains($0) }
    guard let first = accept(sorted(Set(left).union(rows)), start: start, atLeast: left.count),
      holds(first.rows, [object]),
      let second = accept(sorted(out), start: nil, atLeast: most(of: strangers))
    else { return [] }
    return [
      ResolvedObject(ssObjectId: object, members: first.rows, fit: first.fit),
      ResolvedObject(members: second.rows, fit: second.fit),
    ]
  }

  /// What a known object has, with more, in the order of time.
  package func union(_ object: Int64, _ rows: [Int]) -> [Int] {
    sorted(Set(known(object)).union(rows))
  }

  /// Two known objects as one, when one orbit holds four fifths of each. The one with more
  /// detections keeps its number.
  package func join(_ first: Int64, _ second: Int64, start: Orbit?) -> ResolvedObject? {
    let rows = sorted(Set(known(first)).union(known(second)))
    guard let whole = accept(rows, start: start, atLeast: most(of: rows)),
      [first, second].allSatisfy({ shared($0, whole.rows) >= most(of: known($0)) })
    else { return nil }
    let firstSurvives = known(first).count >= known(second).count
    return ResolvedObject(
      ssObjectId: firstSurvives ? first : second, members: whole.rows, fit: whole.fit,
      absorbed: [firstSurvives ? second : first])
  }

  /// Detections as one object, when one orbit holds four fifths of them.
  package func single(_ rows: [Int], start: Orbit?) -> ResolvedObject? {
    accept(rows, start: start, atLeast: most(of: rows)).map {
      ResolvedObject(members: $0.rows, fit: $0.fit)
    }
  }

  /// One object out of the whole group; what of its linkages that object has no place for may be
  /// another one.
  private func take(
    _ whole: (rows: [Int], fit: FitResult), _ group: ObjectGroup,
    _ outcome: inout GroupOutcome
  ) {
    let survivor = group.objects.max { a, b in
      let (x, y) = (known(a).count, known(b).count)
      return x != y ? x < y : a > b
    }
    if let survivor, group.objects.count == 1, known(survivor) == whole.rows {
      outcome.unchanged = 1
    } else {
      outcome.changed.append(
        ResolvedObject(
          ssObjectId: survivor, members: whole.rows, fit: whole.fit,
          absorbed: group.objects.filter { $0 != survivor }))
    }
    let settled = Set(whole.rows).union(group.objects.flatMap(known))
    for index in group.linkages {
      let rest = linkages[index].rows.filter { !settled.contains($0) }
      if let other = accept(rest, start: nil, atLeast: most(of: rest)) {
        outcome.changed.append(ResolvedObject(members: other.rows, fit: other.fit))
      }
    }
  }

  /// The group as a whole does not hold: each linkage, largest first, extends the object that it
  /// shares most with, or is, without what is known, an object of its own, or is given up.
  private func resolveOneByOne(_ group: ObjectGroup, _ outcome: inout GroupOutcome) {
    var done = Set<Int64>()
    let owned = Set(group.objects.flatMap(known))
    let order = group.linkages.sorted {
      let (a, b) = (linkages[$0].rows.count, linkages[$1].rows.count)
      return a != b ? a > b : $0 < $1
    }
    for index in order {
      let linkage = linkages[index]
      let free = linkage.rows.filter { !owned.contains($0) }
      let object = group.objects.max { a, b in
        let (x, y) = (shared(a, linkage.rows), shared(b, linkage.rows))
        return x != y ? x < y : a > b
      }
      if let object, !done.contains(object) {
        let before = known(object)
        let union = sorted(Set(before).union(free))
        if let whole = accept(union, start: linkage.start, atLeast: before.count),
          holds(whole.rows, [object])
        {
          done.insert(object)
          if whole.rows == before {
            outcome.unchanged += 1
          } else {
            outcome.changed.append(
              ResolvedObject(ssObjectId: object, members: whole.rows, fit: whole.fit))
            continue
          }
        }
      }
      if let object, !done.contains(object), let two = split(object, linkage) {
        done.insert(object)
        outcome.changed += two
        outcome.split += 1
      } else if let other = accept(free, start: linkage.start, atLeast: most(of: free)) {
        outcome.changed.append(ResolvedObject(members: other.rows, fit: other.fit))
      } else if !free.isEmpty {
        outcome.conflicting += 1
      }
    }
  }

  /// An object that no orbit holds together with a linkage that shares detections with it: two, when
  /// one orbit holds the linkage whole, and another the rest of the object. The number goes with
  /// more of its detections.
  private func split(
    _ object: Int64, _ linkage: (rows: [Int], start: Orbit?)
  ) -> [ResolvedObject]? {
    let shared = Set(known(object)).intersection(linkage.rows)
    let rest = known(object).filter { !shared.contains($0) }
    // Fewer may be strays.
    guard shared.count >= 3,
      let first = accept(linkage.rows, start: linkage.start, atLeast: linkage.rows.count),
      let second = accept(rest, start: nil, atLeast: rest.count)
    else { return nil }
    let linkageKeeps = shared.count > rest.count
    return [
      ResolvedObject(
        ssObjectId: linkageKeeps ? object : nil, members: first.rows, fit: first.fit),
      ResolvedObject(
        ssObjectId: linkageKeeps ? nil : object, members: second.rows, fit: second.fit),
    ]
  }

  private func known(_ object: Int64) -> [Int] { objectRows[object] ?? [] }

  private func shared(_ object: Int64, _ rows: [Int]) -> Int {
    Set(known(object)).intersection(rows).count
  }

  /// Four fifths.
  private func most(of rows: [Int]) -> Int { rows.count - rows.count / 5 }

  /// Whether rows have at least half of each object: only then do they go by its number.
  private func holds(_ rows: [Int], _ objects: [Int64]) -> Bool {
    objects.allSatisfy { 2 * shared($0, rows) >= known($0).count }
  }

  private func start(of group: ObjectGroup) -> Orbit? {
    largest(group.linkages).flatMap { linkages[$0].start }
  }

  /// The rows that a fit uses, if they make an object of at least `atLeast` detections.
  private func accept(
    _ rows: [Int], start: Orbit?, atLeast: Int
  ) -> (rows: [Int], fit: FitResult)? {
    guard rows.count >= criteria.minimumDetections else { return nil }
    let result = fit(rows.map { table.observations[$0] }, start)
    guard result.orbit != nil, result.converged, result.used.count == rows.count else { return nil }
    let used = zip(rows, result.used).filter { $0.1 }.map { $0.0 }
    let freedom = Double(max(1, result.degreesOfFreedom))
    guard used.count >= max(atLeast, criteria.minimumDetections),
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
