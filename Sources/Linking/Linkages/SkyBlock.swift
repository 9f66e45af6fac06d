import Astro
import Astrometry
import Dynamics

/// A few hours of one observatory: the unit in which an orbit is looked up.
struct SkyBlock: Sendable {
  /// Frames of the block, indices into ``SkyIndex/frames``.
  let frames: Range<Int>
  /// The middle detection's time, TDB [d] since the reference epoch.
  let time: Double
  /// Observer and Sun at that time, barycentric.
  let observer: StateVector
  let sun: StateVector
}

/// All detections by observatory, night and exposure, for finding those near an orbit.
struct SkyIndex: Sendable {
  let frames: [Frame]
  let blocks: [SkyBlock]
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
      let observation = detections.observations[middle]
      blocks.append(
        SkyBlock(
          frames: start..<k + 1, time: detections.time[middle], observer: observation.observer,
          sun: observation.sun))
      start = k + 1
    }
    self.blocks = blocks
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

  func tracklets(of detection: Int32) -> ArraySlice<Int32> {
    trackletList[Int(trackletStart[Int(detection)])..<Int(trackletStart[Int(detection) + 1])]
  }
}
