/// The tracklets of some nights, without linking them: what each is a motion on one line of.
///
/// - Parameters: as of ``link(_:options:solarSystem:jobs:)``.
/// - Returns: for each tracklet the indices of its detections in the input, by time. Tracklets by time.
/// - Throws: ``LinkingError``; `CancellationError`.
package func tracklets(
  of input: LinkingInput, options: LinkingOptions = LinkingOptions(), jobs: Int
) async throws -> [[Int]] {
  try options.validate()
  let detections = try SortedDetections(input)
  let table = try await TrackletBuilder(detections: detections, options: options).build(jobs: jobs)
  return table.tracklets.indices.map { k in
    table.members(of: k).map { detections.original[Int($0)] }
  }
}
