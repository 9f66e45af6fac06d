import Astro
import Dynamics

/// Makes tracklets from all detections of a few weeks.
struct TrackletBuilder: Sendable {
  let detections: SortedDetections
  let options: LinkingOptions

  func build(jobs: Int) async throws -> TrackletTable {
    let fixed = try await FixedSources.find(detections, jobs: jobs)
    let frames = Frame.frames(of: detections) { detections.label[$0] == nil && !fixed[$0] }
    let search = PairSearch(frames: frames, detections: detections, options: options)
    let found = try await parallelMap(
      count: frames.count, chunk: max(1, min(64, frames.count / 64)), jobs: jobs
    ) { range in range.map { search.pairs(ofFrame: $0) } }
    var pairs = found.flatMap { $0 }
    search.bound(&pairs)

    // Nights are independent of each other.
    var nights: [Range<Int>] = []
    var start = 0
    for k in 1...max(1, frames.count) where !frames.isEmpty {
      if k == frames.count || frames[k].group != frames[start].group {
        nights.append(start..<k)
        start = k
      }
    }
    let slices = nights.map { [pairs] in Array(pairs[$0]) }
    let builder = self
    let parts = try await parallelMap(count: nights.count, chunk: 1, jobs: jobs) { range in
      var table = TrackletTable()
      for night in range {
        var collapse = TrackletCollapse(slices[night], builder.detections, builder.options)
        collapse.run()
        table.append(collapse.table)
      }
      return table
    }
    var table = labelledTracklets()
    for part in parts { table.append(part) }
    CrossSitePairs(search).add(to: &table)
    table.sort()
    table.isFixed = fixed
    table.partnersLeftOut = pairs.reduce(0) { $0 + $1.leftOut }
    return table
  }

  /// Ready-made tracklets: one for each label in a night of an observatory.
  private func labelledTracklets() -> TrackletTable {
    struct Key: Hashable {
      let observatory: UInt32
      let night: Int
      let label: String
    }
    var groups: [Key: [Int32]] = [:]
    for i in 0..<detections.count {
      guard let label = detections.label[i] else { continue }
      let key = Key(
        observatory: detections.observatory[i].packed, night: detections.night[i], label: label)
      groups[key, default: []].append(Int32(i))
    }
    var table = TrackletTable()
    for members in groups.values {
      guard members.count >= 2, let fit = TrackletFit(members, detections) else { continue }
      table.add(fit.tracklet, members)
    }
    return table
  }
}

extension TrackletTable {
  mutating func add(_ tracklet: Tracklet, _ list: [Int32]) {
    var placed = tracklet
    placed.firstMember = Int32(members.count)
    placed.memberCount = Int32(list.count)
    members.append(contentsOf: list)
    tracklets.append(placed)
  }
}
