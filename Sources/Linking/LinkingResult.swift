/// What came out of linking.
public struct LinkingResult: Sendable {
  /// Exclusive: no detection is in two. In the order of their first members.
  public var linkages: [Linkage]
  /// What else could have been linked, see ``Alternative``: by linkage, the best first, at most
  /// ``mostAlternatives`` each. Parts of a linkage are not among them.
  public var alternatives: [Alternative] = []
  public static let mostAlternatives = 5
  public var counts: LinkingCounts
  /// Seconds of each stage, in their order.
  public var timings: [StageTiming]
  /// Nil unless ``LinkingOptions/keepsTrace``.
  public var trace: LinkingTrace?

  public init(linkages: [Linkage], counts: LinkingCounts, timings: [StageTiming]) {
    self.linkages = linkages
    self.counts = counts
    self.timings = timings
  }
}

public struct StageTiming: Sendable, Hashable, Codable {
  public var stage: String
  /// Wall clock.
  public var seconds: Double
  /// Of all threads of the process meanwhile.
  public var cpuSeconds: Double

  public init(stage: String, seconds: Double, cpuSeconds: Double) {
    self.stage = stage
    self.seconds = seconds
    self.cpuSeconds = cpuSeconds
  }
}

/// How much was left after each stage.
public struct LinkingCounts: Sendable, Hashable, Codable {
  public var detections = 0
  /// Those that are another one again: same moment, observatory and place.
  public var duplicates = 0
  /// Detections set aside because they stand at one place on three nights and more.
  public var fixedSources = 0
  /// Possible partners of a detection in an exposure that were left out because it had many nearer
  /// ones.
  public var partnersLeftOut = 0
  public var tracklets = 0
  /// Tracklets of three detections and more.
  public var longTracklets = 0
  /// Tracklets of other nights that were looked at, those solved for as a pair, pairs that agree
  /// with one orbit, and those that no candidate held yet and were grown.
  public var partners = 0
  public var solvedPairs = 0
  /// Partners that were not solved, because a tracklet in a crowd had too many.
  public var pairsLeftOut = 0
  public var pairs = 0
  public var grownPairs = 0
  public var candidates = 0
  public var fits = 0
  /// Pairs of detections of different nights that something slow may have left.
  public var nightPairs = 0
  /// Detections that joined a linkage when its arc was extended.
  public var attached = 0
  public var merged = 0
  public var linkages = 0

  public init() {}
}
