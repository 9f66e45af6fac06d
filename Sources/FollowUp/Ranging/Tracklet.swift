public import Astro
public import Astrometry
public import Dynamics

/// The observations of one object on one night, or on a few: too few for an orbit.
public struct Tracklet: Sendable {
  public var name: String
  /// By time; at least two at different times, see ``verdict``.
  public var observations: [AstrometricObservation]
  /// Mean apparent V magnitude; nil when none was measured.
  public var magnitudeV: Double?
  /// The Earth at the epoch of reference, barycentric ICRF.
  public var earth: StateVector
  /// What speaks against the tracklet, for people to read.
  public var remarks: [String] = []

  /// The observation whose epoch the orbits refer to: the one nearest to the mean time.
  public var reference: Int
  public var epoch: Epoch<TDB> { observations[reference].epoch }

  /// - Parameters:
  ///   - observations: any order, at least one.
  ///   - magnitudes: V, of those that have one.
  /// - Throws: ``DynamicsError`` when the ephemerides do not reach the epoch.
  /// - Returns: nil without observations.
  public init?(
    name: String, observations: [AstrometricObservation], magnitudes: [Double],
    solarSystem: SolarSystem
  ) throws(DynamicsError) {
    guard let any = observations.first else { return nil }
    let sorted = observations.sorted { $0.epoch < $1.epoch }
    let mean = sorted.reduce(0) { $0 + $1.epoch.days(since: any.epoch) } / Double(sorted.count)
    var best = 0
    for k in sorted.indices {
      func distance(_ k: Int) -> Double { abs(sorted[k].epoch.days(since: any.epoch) - mean) }
      if distance(k) < distance(best) { best = k }
    }
    self.name = name
    self.observations = sorted
    reference = best
    earth = try solarSystem.ephemeris.state(of: .earth, at: sorted[best].epoch)
    let usable = magnitudes.filter(\.isFinite).sorted()
    if usable.isEmpty {
      remarks.append("no magnitude: V \(Tracklet.assumedMagnitude) +- 2 is assumed")
    } else {
      // The median is not moved by one blended or trailed measurement.
      let middle = usable.count / 2
      magnitudeV =
        usable.count % 2 == 1 ? usable[middle] : 0.5 * (usable[middle - 1] + usable[middle])
      if usable[usable.count - 1] - usable[0] > 2 {
        remarks.append("magnitudes contradict each other by more than 2 mag: the median is used")
      }
    }
  }

  /// Where no magnitude was measured.
  public static let assumedMagnitude = 20.5

  /// First to last observation [d].
  public var arcDays: Double {
    guard let first = observations.first, let last = observations.last else { return 0 }
    return last.epoch.days(since: first.epoch)
  }
}
