import Astro
import Astrometry
import Dynamics
import Exchange
import FollowUp

/// The tracklets that `followup` looks at.
struct TrackletSource {
  var tracklets: [Tracklet] = []
  /// Parallel: the observatory that observed last.
  var sites: [ObservatoryCode] = []
  var quarantined: [QuarantinedRecord] = []

  /// More than this [d] between two observations: another night.
  private static let nightGap = 0.6

  /// - Parameter path: a file of observations, one designation or trkSub for each object.
  static func read(
    _ path: String, solarSystem: SolarSystem, observatory: ObservatoryCode, jobs: Int
  ) async throws -> TrackletSource {
    let arcs = try await ObservedArcs.read(
      path, solarSystem: solarSystem, observatory: observatory, radiusKm: nil, jobs: jobs)
    var result = TrackletSource()
    result.quarantined = arcs.quarantined
    for arc in arcs.arcs { try result.add(arc, solarSystem) }
    return result
  }

  /// The last night of an object's arc.
  mutating func add(_ arc: ObservedArc, _ solarSystem: SolarSystem) throws {
    let order = arc.observations.indices.sorted {
      arc.observations[$0].epoch < arc.observations[$1].epoch
    }
    guard !order.isEmpty else { return }
    var first = order.count - 1
    while first > 0,
      arc.observations[order[first]].epoch.days(since: arc.observations[order[first - 1]].epoch)
        < TrackletSource.nightGap
    { first -= 1 }
    let last = Array(order[first...])
    guard
      var tracklet = try Tracklet(
        name: arc.designation, observations: last.map { arc.observations[$0] },
        magnitudes: last.compactMap { arc.magnitudes[$0] }, solarSystem: solarSystem)
    else { return }
    if first > 0 { tracklet.remarks.append("observed on several nights: the last is used") }
    let codes = Set(last.map { arc.detections[$0].observatory })
    if codes.count > 1 { tracklet.remarks.append("observed from \(codes.count) observatories") }
    tracklets.append(tracklet)
    sites.append(arc.detections[last[last.count - 1]].observatory)
  }
}
