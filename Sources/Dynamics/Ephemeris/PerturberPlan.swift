/// How to evaluate all masses at once over a stretch of time: bodies whose polynomials share their
/// intervals are grouped, so that the polynomials are computed once for each group.
///
/// The memory is that of ``EphemerisTables``, which ends it by ``deallocate()``.
@safe struct PerturberPlan {
  /// Valid from and to [s past J2000 TDB].
  let start: Double
  let end: Double
  let groups: UnsafeMutableBufferPointer<Group>
  let tracks: UnsafeMutableBufferPointer<Track>
  /// Bodies that are given with respect to another one: slot and the slot to add, in order.
  let sums: UnsafeMutableBufferPointer<(slot: Int, center: Int)>

  /// Bodies on the same intervals.
  struct Group {
    /// The first record's start [s past J2000 TDB], and 1 / interval [1/s], of the first track.
    let firstStart: Double
    let inverseLength: Double
    /// Records that every track has, counted as those of the first.
    let lowestIndex: Int
    let highestIndex: Int
    let termCount: Int
    let firstTrack: Int
    let endTrack: Int
  }

  /// One body's coefficients.
  @safe struct Track {
    let records: UnsafePointer<Double>
    let recordSize: Int
    /// Add to the group's index.
    let indexOffset: Int
    let termCount: Int
    let hasVelocity: Bool
    /// Column of the output: the body's raw value.
    let slot: Int
  }

  /// One plan for each stretch between ends of segments.
  static func plans(
    _ ofBody: [[ChebyshevSegment]], from start: Double, to end: Double
  ) -> [PerturberPlan] {
    var bounds = [start, end]
    for segments in ofBody {
      for segment in segments {
        bounds += [segment.start, segment.end].filter { $0 > start && $0 < end }
      }
    }
    bounds = Array(Set(bounds)).sorted()
    return zip(bounds, bounds.dropFirst()).map { from, to in
      let chosen = ofBody.compactMap { segments in
        segments.first { $0.covers((from + to) / 2) }
      }
      return PerturberPlan(chosen, from: from, to: to)
    }
  }

  private init(_ chosen: [ChebyshevSegment], from: Double, to: Double) {
    start = from
    end = to
    var lists: [[ChebyshevSegment]] = []
    for segment in chosen {
      let home = lists.firstIndex { PerturberPlan.share($0[0], segment) }
      if let home { lists[home].append(segment) } else { lists.append([segment]) }
    }
    unsafe tracks = .allocate(capacity: chosen.count)
    unsafe groups = .allocate(capacity: lists.count)
    var next = 0
    for (index, list) in lists.enumerated() {
      unsafe groups.initializeElement(
        at: index, to: PerturberPlan.group(list, firstTrack: next))
      for segment in list {
        unsafe tracks.initializeElement(
          at: next,
          to: Track(
            records: segment.records, recordSize: segment.recordSize,
            indexOffset: PerturberPlan.indexOffset(list[0], segment),
            termCount: segment.termCount, hasVelocity: segment.hasVelocity,
            slot: Int(segment.target.rawValue)))
        next += 1
      }
    }
    let relative = chosen.filter { $0.center != .solarSystemBarycenter }
    unsafe sums = .allocate(capacity: relative.count)
    for (index, segment) in relative.enumerated() {
      unsafe sums.initializeElement(
        at: index, to: (Int(segment.target.rawValue), Int(segment.center.rawValue)))
    }
  }

  func deallocate() {
    unsafe groups.deallocate()
    unsafe tracks.deallocate()
    unsafe sums.deallocate()
  }

  private static func share(_ a: ChebyshevSegment, _ b: ChebyshevSegment) -> Bool {
    let shift = (a.firstStart - b.firstStart) / a.intervalLength
    return a.intervalLength == b.intervalLength && shift == shift.rounded()
  }

  private static func indexOffset(_ first: ChebyshevSegment, _ other: ChebyshevSegment) -> Int {
    Int(((first.firstStart - other.firstStart) / first.intervalLength).rounded())
  }

  private static func group(_ list: [ChebyshevSegment], firstTrack: Int) -> Group {
    let offsets = list.map { indexOffset(list[0], $0) }
    return Group(
      firstStart: list[0].firstStart, inverseLength: list[0].inverseLength,
      lowestIndex: offsets.map { -$0 }.max() ?? 0,
      highestIndex: zip(list, offsets).map { $0.recordCount - $1 - 1 }.min() ?? 0,
      termCount: list.map { $0.termCount }.max() ?? 0,
      firstTrack: firstTrack, endTrack: firstTrack + list.count)
  }
}
