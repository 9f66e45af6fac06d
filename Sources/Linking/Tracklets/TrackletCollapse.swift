import Astro

/// Merges the pairs of one night that lie on one line at one rate into tracklets of many
/// detections; what is a part of a longer tracklet is dropped, what is left stays a pair.
///
/// After Heinze's merge of pairs in heliolinx and MOPS' collapseTracklets (Kubica et al. 2007,
/// doi:10.1016/j.icarus.2007.02.004): for each detection the largest set of its partners that
/// agree with one motion.
struct TrackletCollapse {
  private let detections: SortedDetections
  private let options: LinkingOptions
  private let frames: [FramePairs]
  private(set) var table = TrackletTable()
  /// Detections of tracklets so long that chance is excluded: not paired with others any more.
  private var taken: Set<Int32> = []
  /// Pairs that are part of a longer tracklet.
  private var covered: Set<UInt64> = []

  /// From this length on the members belong to their tracklet alone. Three or four on a line
  /// happen by chance.
  private static let exclusiveLength = 5
  /// Largest residual of a member [standard deviations].
  private static let residualLimit = 4.5

  init(_ frames: [FramePairs], _ detections: SortedDetections, _ options: LinkingOptions) {
    self.frames = frames
    self.detections = detections
    self.options = options
  }

  mutating func run() {
    for frame in frames {
      var start = 0
      while start < frame.pairs.count {
        let first = frame.pairs[start].first
        var end = start
        while end < frame.pairs.count && frame.pairs[end].first == first { end += 1 }
        extend(first, partners: frame.pairs[start..<end].map(\.second).sorted())
        start = end
      }
    }
    for frame in frames where frame.minimumLength == 2 {
      for pair in frame.pairs { keep(pair.first, pair.second) }
    }
    if let longest = frames.map(\.minimumLength).max(), longest > 2 { dropShort() }
  }

  /// A partner's offset from the first detection.
  private struct Offset {
    let detection: Int32
    let days: Double
    let x: Double
    let y: Double
    let sigma: Double
  }

  private mutating func extend(_ first: Int32, partners: [Int32]) {
    guard partners.count > 1, !taken.contains(first) else { return }
    let plane = TangentPlane(at: detections.direction[Int(first)])
    let sigma = detections.sigma[Int(first)]
    let offsets = partners.filter { !taken.contains($0) }.map { partner in
      let (x, y) = plane.project(detections.direction[Int(partner)])
      return Offset(
        detection: partner,
        days: detections.time[Int(partner)] - detections.time[Int(first)], x: x, y: y,
        sigma: (detections.sigma[Int(partner)] * detections.sigma[Int(partner)] + sigma * sigma)
          .squareRoot())
    }
    // Longest first: a set that is found is not found again as a part.
    var sets: [[Int32]] = []
    for seed in offsets where !covered.contains(key(first, seed.detection)) {
      let set = collinear(with: seed, offsets)
      if set.count > 1 { sets.append([first] + set) }
    }
    sets.sort { $0.count != $1.count ? $0.count > $1.count : $0.lexicographicallyPrecedes($1) }
    for set in sets { accept(set) }
  }

  /// At most one partner a frame, the nearest to the line through the first detection and `seed`.
  private func collinear(with seed: Offset, _ offsets: [Offset]) -> [Int32] {
    let rate = (seed.x * seed.x + seed.y * seed.y).squareRoot() / seed.days
    let limit = TrackletFit.accelerationLimit(rate: rate)
    var set: [Int32] = []
    var lastTime = -1.0
    var lastMiss = 0.0
    for o in offsets {
      let ratio = o.days / seed.days
      let dx = o.x - seed.x * ratio
      let dy = o.y - seed.y * ratio
      let tolerance =
        4 * (o.sigma + ratio * seed.sigma) + limit * o.days * abs(o.days - seed.days) / 2
      let miss = dx * dx + dy * dy
      guard miss <= tolerance * tolerance else { continue }
      if o.days - lastTime < 1 / Constants.secondsPerDay {
        if miss < lastMiss {
          set[set.count - 1] = o.detection
          lastMiss = miss
        }
        continue
      }
      set.append(o.detection)
      lastTime = o.days
      lastMiss = miss
    }
    return set
  }

  /// Fits the set, drops what does not lie on the line, and keeps what is a tracklet of three or
  /// more and not a part of another.
  private mutating func accept(_ candidate: [Int32]) {
    var set = candidate.filter { !taken.contains($0) }
    while set.count >= 3 {
      guard let fit = TrackletFit(set, detections) else { return }
      if fit.worst <= TrackletCollapse.residualLimit {
        let pairs = set.indices.flatMap { i in set.indices.dropFirst(i + 1).map { (i, $0) } }
        guard !pairs.allSatisfy({ covered.contains(key(set[$0.0], set[$0.1])) }) else { return }
        for (i, j) in pairs { covered.insert(key(set[i], set[j])) }
        if set.count >= TrackletCollapse.exclusiveLength { taken.formUnion(set) }
        table.add(fit.tracklet, set)
        return
      }
      set.remove(at: fit.worstMember)
    }
  }

  private mutating func keep(_ first: Int32, _ second: Int32) {
    guard !taken.contains(first), !taken.contains(second), !covered.contains(key(first, second)),
      let fit = TrackletFit([first, second], detections)
    else { return }
    table.add(fit.tracklet, [first, second])
  }

  /// Where a field was exposed over and over, tracklets that begin there must be long.
  private mutating func dropShort() {
    var minimum: [Int32: Int] = [:]
    for frame in frames where frame.minimumLength > 2 {
      for pair in frame.pairs { minimum[pair.first] = frame.minimumLength }
    }
    var kept = TrackletTable()
    for (index, tracklet) in table.tracklets.enumerated() {
      let list = Array(table.members(of: index))
      if list.count >= minimum[list[0]] ?? 2 { kept.add(tracklet, list) }
    }
    table = kept
  }

  private func key(_ a: Int32, _ b: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: a)) << 32 | UInt64(UInt32(bitPattern: b))
  }
}
