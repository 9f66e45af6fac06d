import Astro
import Foundation

/// The detections of one exposure, with a cap that holds them and a tree to search them.
struct Frame: Sendable {
  /// Frames of one observatory and night have the same number.
  let group: Int
  /// TDB [d] since the reference epoch.
  let time: Double
  let detections: [Int32]
  /// Cap about all detections: unit vector and angular radius [rad].
  let centre: Vector3
  let radius: Double
  private let tree: KDTree?

  /// Below this a plain loop beats a tree.
  private static let treeSize = 24

  init(group: Int, detections members: [Int32], of all: SortedDetections) {
    self.group = group
    detections = members
    time = all.time[Int(members[0])]
    var sum = Vector3.zero
    for m in members { sum += all.direction[Int(m)] }
    let centre = sum.squaredNorm > 1e-12 ? sum.unit : all.direction[Int(members[0])]
    self.centre = centre
    radius = members.reduce(0.0) { max($0, centre.angle(to: all.direction[Int($1)])) }
    tree =
      members.count > Frame.treeSize ? KDTree(members.map { all.direction[Int($0)] }) : nil
  }

  /// Appends the detections within an angle of a direction, ascending.
  func collect(
    within angle: Double, of direction: Vector3, _ all: SortedDetections, into hits: inout [Int32]
  ) {
    // Beyond a right angle a cap is no small circle any more; nothing moves that far in a night.
    let chord = 2 * sin(min(angle, .pi / 2) / 2)
    guard let tree else {
      for m in detections where (all.direction[Int(m)] - direction).squaredNorm <= chord * chord {
        hits.append(m)
      }
      return
    }
    let start = hits.count
    tree.collect(within: chord, of: direction, into: &hits)
    for k in start..<hits.count { hits[k] = detections[Int(hits[k])] }
    if hits.count - start > 1 { hits[start...].sort() }
  }

  /// Cuts detections into frames: same observatory and night, times within a second. Ordered by
  /// group, then time.
  ///
  /// - Parameter isWanted: whether a detection is in.
  static func frames(
    of all: SortedDetections, where isWanted: (Int) -> Bool = { _ in true }
  ) -> [Frame] {
    let order = (0..<all.count).filter(isWanted).sorted { i, j in
      if all.observatory[i] != all.observatory[j] { return all.observatory[i] < all.observatory[j] }
      if all.night[i] != all.night[j] { return all.night[i] < all.night[j] }
      return i < j
    }
    let second = 1 / Constants.secondsPerDay
    var frames: [Frame] = []
    var members: [Int32] = []
    var group = 0
    for (k, i) in order.enumerated() {
      if k > 0 {
        let previous = order[k - 1]
        let sameGroup =
          all.observatory[i] == all.observatory[previous] && all.night[i] == all.night[previous]
        if !sameGroup || all.time[i] - all.time[Int(members[0])] > second {
          frames.append(Frame(group: group, detections: members, of: all))
          members.removeAll(keepingCapacity: true)
          if !sameGroup { group += 1 }
        }
      }
      members.append(Int32(i))
    }
    if !members.isEmpty { frames.append(Frame(group: group, detections: members, of: all)) }
    return frames
  }
}
