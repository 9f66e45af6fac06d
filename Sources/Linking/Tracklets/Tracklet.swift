import Astro

/// Detections of one night and observatory that move on one line, as an angular state: a direction
/// and its rate, with the observer's heliocentric state reduced by the very same weights.
///
/// Because direction and observer go through one linear operator, the curvature that the observer's
/// own motion gives the line (diurnal parallax) cancels in the heliocentric position.
struct Tracklet: Sendable {
  /// Weighted mean time, TDB [d] since the input's reference epoch.
  var time: Double
  /// Unit vector, ICRF.
  var direction: Vector3
  /// Change of ``direction``, perpendicular to it [rad/d].
  var rate: Vector3
  /// Observer minus Sun [au, au/d].
  var observer: Vector3
  var observerVelocity: Vector3
  /// One standard deviation of the direction in each coordinate [rad], of the rate [rad/d].
  var sigmaDirection: Double
  var sigmaRate: Double
  /// Members: a range of ``TrackletTable/members``.
  var firstMember: Int32
  var memberCount: Int32
  /// Local night, as in the input.
  var night: Int32
  /// Its detections are of two observatories: ``rate`` and ``observerVelocity`` hold the way from one
  /// to the other, a few km/s.
  var isOfTwoSites = false
}

/// All tracklets, ascending in time.
struct TrackletTable: Sendable {
  var tracklets: [Tracklet] = []
  /// Detections (indices of the sorted input) of all tracklets, each tracklet's ascending in time.
  var members: [Int32] = []
  /// By detection, whether it was set aside, see ``FixedSources``.
  var isFixed: [Bool] = []
  /// Partners in crowded exposures that were left out.
  var partnersLeftOut = 0

  func members(of index: Int) -> ArraySlice<Int32> {
    let t = tracklets[index]
    return members[Int(t.firstMember)..<Int(t.firstMember + t.memberCount)]
  }

  /// Adds the tracklets of another table.
  mutating func append(_ other: TrackletTable) {
    let shift = Int32(members.count)
    members.append(contentsOf: other.members)
    tracklets.append(
      contentsOf: other.tracklets.lazy.map { tracklet in
        var moved = tracklet
        moved.firstMember += shift
        return moved
      })
  }

  /// Sorts by time; equal times by members, so that the order does not depend on how tracklets
  /// were found.
  mutating func sort() {
    let members = self.members
    tracklets.sort { a, b in
      if a.time != b.time { return a.time < b.time }
      let left = members[Int(a.firstMember)..<Int(a.firstMember + a.memberCount)]
      let right = members[Int(b.firstMember)..<Int(b.firstMember + b.memberCount)]
      return left.lexicographicallyPrecedes(right)
    }
  }
}
