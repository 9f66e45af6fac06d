import Astro

/// Detections that stand at one place of the sky on several nights: stars that were not subtracted
/// well, not objects of the solar system. They would pair with everything, and with each other
/// into whatever moves along with the Earth.
enum FixedSources {
  /// Two detections are at one place within this many standard deviations of their distance, but
  /// not more than an angle [rad]: beyond Neptune an object near its standstill moves by an
  /// arcsecond in a night or two.
  private static let sigmas = 3.0
  private static let largest = 0.5 * Angle.arcsecond
  /// Nights, its own included, on which something must stand there.
  private static let nights = 3

  /// - Returns: by detection, whether it is one of those.
  static func find(_ all: SortedDetections, jobs: Int) async throws -> [Bool] {
    let tree = KDTree(all.direction)
    let parts = try await parallelMap(
      count: all.count, chunk: max(1024, all.count / 64), jobs: jobs
    ) { range in
      var hits: [Int32] = []
      return range.map { index in
        hits.removeAll(keepingCapacity: true)
        let reach = min(largest, sigmas * 1.42 * all.sigma[index])
        tree.collect(within: reach, of: all.direction[index], into: &hits)
        guard hits.count >= nights else { return false }
        return NightCount.nights(hits.map { all.time[Int($0)] }.sorted()) >= nights
      }
    }
    return parts.flatMap { $0 }
  }
}
