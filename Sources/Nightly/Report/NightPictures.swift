/// What the report's page draws of a night.
public struct NightPictures: Sendable, Codable, Hashable {
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// An object that this run made, one that it added to by linking, one whose orbit was known.
    case new, extended, known
  }

  /// Tonight's detection of an object: its place [deg].
  public struct Point: Sendable, Codable, Hashable {
    public var ra: Double
    public var dec: Double
    public var kind: Kind
  }

  /// An exposure: centre and radius [deg].
  public struct Field: Sendable, Codable, Hashable {
    public var ra: Double
    public var dec: Double
    public var radius: Double
  }

  /// Counts from `start` in steps, values beyond the ends in the first and last.
  public struct Histogram: Sendable, Codable, Hashable {
    public var start: Double
    public var step: Double
    public var counts: [Int]

    init(from start: Double, to end: Double, step: Double) {
      self.start = start
      self.step = step
      counts = [Int](repeating: 0, count: max(1, Int(((end - start) / step).rounded())))
    }

    mutating func add(_ value: Double) {
      guard value.isFinite else { return }
      let bin = ((value - start) / step).rounded(.down)
      counts[Int(min(max(0, bin), Double(counts.count - 1)))] += 1
    }

    public var total: Int { counts.reduce(0, +) }
  }

  /// Objects of tonight by kind of orbit.
  public struct ClassLine: Sendable, Codable, Hashable {
    public var name: String
    public var new = 0
    public var extended = 0
    public var known = 0
  }

  public var detections = 0
  public var detectionsOfObjects = 0
  public var byBand: [String: Int] = [:]
  public var fields: [Field] = []
  public var points: [Point] = []
  /// All of tonight's detections, and those of objects, by magnitude.
  public var magnitudes = Histogram(from: 14, to: 26, step: 0.5)
  public var objectMagnitudes = Histogram(from: 14, to: 26, step: 0.5)
  public var classes: [ClassLine] = []
  /// Observed minus computed, along and across the motion [arcsec].
  public var along = Histogram(from: -1, to: 1, step: 0.05)
  public var across = Histogram(from: -1, to: 1, step: 0.05)
  /// Medians of the absolute values times 1.4826 [arcsec]; nil without residuals.
  public var alongSigma: Double?
  public var acrossSigma: Double?

  /// More points and fields than this are thinned out.
  static let mostPoints = 3_000
  static let mostFields = 1_200

  public init() {}
}

/// One night of the past, for comparison.
public struct PastNight: Sendable, Codable, Hashable {
  /// MJD of the evening.
  public var night: Int
  public var detections: Int
  public var newObjects: Int
  public var alarms: Int
  public var stages: [NightlyReport.StageLine]

  public var seconds: Double { stages.reduce(0) { $0 + $1.seconds } }
}
