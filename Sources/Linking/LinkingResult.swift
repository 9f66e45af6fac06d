/// What came out of linking.
public struct LinkingResult: Sendable {
  /// Exclusive: no detection is in two. In the order of their first members.
  public var linkages: [Linkage]
  public var counts: LinkingCounts
  /// Wall-clock seconds of each stage, in their order.
  public var timings: [StageTiming]

  public init(linkages: [Linkage], counts: LinkingCounts, timings: [StageTiming]) {
    self.linkages = linkages
    self.counts = counts
    self.timings = timings
  }
}

public struct StageTiming: Sendable, Hashable, Codable {
  public var stage: String
  public var seconds: Double

  public init(stage: String, seconds: Double) {
    self.stage = stage
    self.seconds = seconds
  }
}

/// How much was left after each stage.
public struct LinkingCounts: Sendable, Hashable, Codable {
  public var detections = 0
  public var tracklets = 0
  /// Tracklets of three detections and more.
  public var longTracklets = 0
  /// Reference epochs, and hypotheses over all of them.
  public var windows = 0
  public var hypotheses = 0
  /// Tracklet states that were made, over all hypotheses.
  public var states = 0
  /// Neighbourhoods that reached the number of nights, before and after the screening.
  public var clusters = 0
  public var candidates = 0
  public var fits = 0
  /// Detections that joined a linkage when its arc was extended.
  public var attached = 0
  public var merged = 0
  public var linkages = 0

  public init() {}
}
