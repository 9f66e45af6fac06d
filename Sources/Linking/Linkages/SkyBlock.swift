import Astro
import Astrometry
import Dynamics

/// A few hours of one observatory: the unit in which an orbit is looked up.
struct SkyBlock: Sendable {
  /// Frames of the block, indices into ``SkyIndex/frames``.
  let frames: Range<Int>
  /// The middle detection's time, TDB [d] since the reference epoch.
  let time: Double
  /// Longest time from there to a frame [d].
  let halfDays: Double
  /// Largest radius of a frame [rad].
  let frameRadius: Double
  /// Centres of the frames.
  let tree: KDTree
  /// Observer and Sun at that time, barycentric.
  let observer: StateVector
  let sun: StateVector
}

/// All detections by observatory, night and exposure, for finding those near an orbit.
struct SkyIndex: Sendable {
  let frames: [Frame]
  let blocks: [SkyBlock]
  /// Their times, in the same order.
  let blockEpochs: [Epoch<TDB>]
  /// By detection: tracklets that hold it, as ranges of ``trackletList``.
  private let trackletStart: [Int32]
  private let trackletList: [Int32]

  private static let blockDays = 0.12

  init(_ detections: SortedDetections, _ table: TrackletTable) {
    let frames = Frame.frames(of: detections)
    self.frames = frames
    var blocks: [SkyBlock] = []
    var start = 0
    for k in 0..<frames.count
    where k + 1 == frames.count || frames[k + 1].group != frames[start].group
      || frames[k + 1].time - frames[start].time > SkyIndex.blockDays
    {
      let middle = Int(frames[(start + k) / 2].detections[0])
      let observation = detections.observation(middle)
      let time = detections.time[middle]
      let part = frames[start..<k + 1]
      blocks.append(
        SkyBlock(
          frames: start..<k + 1, time: time,
          halfDays: part.reduce(0) { max($0, abs($1.time - time)) },
          frameRadius: part.reduce(0) { max($0, $1.radius) },
          tree: KDTree(part.map(\.centre)), observer: observation.observer,
          sun: observation.sun))
      start = k + 1
    }
    self.blocks = blocks
    blockEpochs = blocks.map { detections.reference.adding(days: $0.time) }
    var counts = [Int32](repeating: 0, count: detections.count + 1)
    for m in table.members { counts[Int(m) + 1] += 1 }
    for i in 0..<detections.count { counts[i + 1] += counts[i] }
    trackletStart = counts
    var list = [Int32](repeating: 0, count: table.members.count)
    for index in table.tracklets.indices {
      for m in table.members(of: index) {
        list[Int(counts[Int(m)])] = Int32(index)
        counts[Int(m)] += 1
      }
    }
    trackletList = list
  }

  /// Appends the frames of a block that come within an angle of a direction, and perhaps some more;
  /// in a fixed order.
  func collect(
    _ block: SkyBlock, within angle: Double, of direction: Vector3, into hits: inout [Int32]
  ) {
    let reach = angle + block.frameRadius
    if reach > 1 {
      for index in block.frames { hits.append(Int32(index)) }
      return
    }
    let start = hits.count
    block.tree.collect(within: reach, of: direction, into: &hits)
    let shift = Int32(block.frames.lowerBound)
    for k in start..<hits.count { hits[k] += shift }
    hits[start...].sort()
  }

  /// Tracklets that a detection is in, on the average of some: more than a few where chance makes
  /// them.
  func crowding(of members: [Int32]) -> Double {
    let sum = members.reduce(0) { $0 + tracklets(of: $1).count }
    return Double(sum) / Double(max(1, members.count))
  }

  func tracklets(of detection: Int32) -> ArraySlice<Int32> {
    trackletList[Int(trackletStart[Int(detection)])..<Int(trackletStart[Int(detection) + 1])]
  }
}
