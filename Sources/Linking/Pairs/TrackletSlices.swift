import Astro
import Foundation

/// A few hours of tracklets, whatever the observatory: the unit in which partners are sought.
struct TrackletSlice: Sendable {
  /// TDB [d] since the reference epoch: the middle, and half of the length.
  let time: Double
  let halfDays: Double
  /// Cap about all directions: unit vector and angular radius [rad].
  let centre: Vector3
  let radius: Double
  /// Observer minus Sun of the tracklet nearest to the middle [au].
  let observer: Vector3
  /// Tracklets a steradian of the cap, which is taken to be a square degree at least.
  let density: Double
  /// Whether any tracklet is of two observatories.
  let hasTwoSites: Bool
  private let tree: KDTree
  let motions: SliceMotions

  /// - Parameter members: indices into `tracklets`, ascending and so in time; not empty.
  init(_ members: ArraySlice<Int32>, _ tracklets: [Tracklet]) {
    func tracklet(_ k: Int) -> Tracklet { tracklets[Int(members[k])] }
    let first = tracklet(members.startIndex).time
    let last = tracklet(members.endIndex - 1).time
    let middle = (first + last) / 2
    time = middle
    halfDays = (last - first) / 2
    var sum = Vector3.zero
    for k in members.indices { sum += tracklet(k).direction }
    let centre = sum.squaredNorm > 1e-12 ? sum.unit : tracklet(members.startIndex).direction
    self.centre = centre
    radius = members.indices.reduce(0.0) { max($0, centre.angle(to: tracklet($1).direction)) }
    let nearest = members.indices.min {
      abs(tracklet($0).time - middle) < abs(tracklet($1).time - middle)
    }
    observer = tracklet(nearest ?? members.startIndex).observer
    let size = max(radius, 0.56 * Angle.degree)
    density = Double(members.count) / (2 * .pi * (1 - cos(size)))
    hasTwoSites = members.contains { tracklets[Int($0)].isOfTwoSites }
    tree = KDTree(members.indices.map { tracklet($0).direction })
    motions = SliceMotions(
      tree.order.map { members[members.startIndex + Int($0)] }, tracklets, time: time,
      centre: centre, observer: observer)
  }

  /// Whether the cap comes within an angle of a direction.
  @inline(__always)
  func isNear(_ direction: Vector3, _ angle: Double) -> Bool {
    let reach = radius + angle
    guard reach < 1.5 else { return true }
    // The chord is shorter than the angle.
    return (centre - direction).squaredNorm <= reach * reach
  }

  /// Appends ranges of ``motions`` that hold all tracklets within an angle of a direction, and some
  /// more.
  @inline(__always)
  func collectRanges(
    within angle: Double, of direction: Vector3, into ranges: inout [Range<Int>]
  ) {
    // The chord is shorter than the angle.
    tree.collectRanges(
      within: angle < 1.5 ? angle : 2 * sin(min(angle, .pi) / 2), of: direction, into: &ranges)
  }

  /// Longest slice, and longest gap in it [d]. Searches reach farther by the motion in half of it.
  private static let longest = 0.2
  private static let longestGap = 0.1

  /// Cuts some tracklets at long gaps and where a slice would get too long.
  ///
  /// - Parameter members: indices into `tracklets`, ascending and so in time.
  static func slices(_ members: [Int32], of tracklets: [Tracklet]) -> [TrackletSlice] {
    func time(_ k: Int) -> Double { tracklets[Int(members[k])].time }
    var slices: [TrackletSlice] = []
    var start = 0
    for k in members.indices {
      let isEnd =
        k + 1 == members.count || time(k + 1) - time(k) > longestGap
        || time(k + 1) - time(start) > longest
      guard isEnd else { continue }
      slices.append(TrackletSlice(members[start..<k + 1], tracklets))
      start = k + 1
    }
    return slices
  }
}
