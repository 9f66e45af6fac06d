import Astro
import Astrometry
import Catalog
import Dynamics
import Exchange
import FollowUp
import Linking

extension TrackletSource {
  /// The tracklets of a catalog that are no object's yet, of a night and those before it.
  ///
  /// - Parameters:
  ///   - nights: that are looked through, the last one first where an object is in several.
  static func read(
    catalog path: String, nights: ClosedRange<Int>, solarSystem: SolarSystem, jobs: Int
  ) async throws -> TrackletSource {
    let catalog = try Catalog(path: path, access: .readOnly)
    let stored = try catalog.detections(nights: nights, free: true)
    let prepared = try await ObservationPreparer(solarSystem: solarSystem)
      .prepare(stored.map(\.detection), jobs: jobs)
    let used = prepared.indices.map { stored[$0] }
    let input = LinkingInput(
      observations: prepared.observations, magnitudes: used.map(\.detection.mag),
      observatories: used.map(\.detection.observatory), nights: used.map(\.night))
    var result = TrackletSource()
    for failure in prepared.failures {
      let detection = stored[failure.index].detection
      result.quarantined.append(
        failure.quarantined(
          file: path, location: .line(failure.index + 1),
          record: "diaSourceId \(detection.diaSourceId)"))
    }
    for members in try await Linking.tracklets(of: input, jobs: jobs) {
      let first = used[members[0]].detection
      let name = first.designation ?? "T\(first.diaSourceId)"
      let magnitudes = members.compactMap { k -> Double? in
        let d = used[k].detection
        return d.mag.flatMap { mag in BandColor.toV(d.band).map { mag + $0 } }
      }
      guard
        let tracklet = try Tracklet(
          name: name, observations: members.map { prepared.observations[$0] },
          magnitudes: magnitudes, solarSystem: solarSystem)
      else { continue }
      result.tracklets.append(tracklet)
      result.sites.append(first.observatory)
    }
    return result
  }
}
