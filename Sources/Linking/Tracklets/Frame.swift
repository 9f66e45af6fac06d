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

  /// Cuts detections into frames: same observatory and night, times within a second, one field of
  /// the sky. Ordered by group, then time.
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
          frames += fields(group: group, members, of: all)
          members.removeAll(keepingCapacity: true)
          if !sameGroup { group += 1 }
        }
      }
      members.append(Int32(i))
    }
    if !members.isEmpty { frames += fields(group: group, members, of: all) }
    return frames
  }

  /// Wider than this [rad] no frame is one field: several telescopes under one code, or a camera
  /// that sees so much that parts of it are better searched by themselves.
  private static let widest = 6 * Angle.degree

  /// One frame, or where the detections of one moment are far apart one for each cell of the sky.
  /// The cells are fixed, so that the next exposure is cut alike.
  private static func fields(
    group: Int, _ members: [Int32], of all: SortedDetections
  ) -> [Frame] {
    let whole = Frame(group: group, detections: members, of: all)
    guard whole.radius > widest else { return [whole] }
    let cells = members.map { cell(all.direction[Int($0)]) }
    let order = members.indices.sorted { (cells[$0], $0) < (cells[$1], $1) }
    var frames: [Frame] = []
    var start = 0
    for k in 1...order.count where k == order.count || cells[order[k]] != cells[order[start]] {
      frames.append(Frame(group: group, detections: order[start..<k].map { members[$0] }, of: all))
      start = k
    }
    return frames
  }

  /// Bands of declination, each cut into cells about as wide as high.
  private static func cell(_ direction: Vector3) -> Int {
    let (longitude, latitude) = direction.longitudeLatitude
    let band = Int((latitude + .pi / 2) / widest)
    let middle = (Double(band) + 0.5) * widest - .pi / 2
    let count = max(1, (2 * .pi * cos(middle) / widest).rounded())
    let turn = (longitude / (2 * .pi)) - (longitude / (2 * .pi)).rounded(.down)
    return band * 1000 + Int(turn * count)
  }
}
