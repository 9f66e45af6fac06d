public import Astrometry
public import Dynamics

/// The detections to link, one column a property, all of one length, in any order.
public struct LinkingInput: Sendable {
  public var observations: [AstrometricObservation]
  /// [mag], nil where unknown. Only a loose veto when tracklets are made.
  public var magnitudes: [Double?]
  public var observatories: [ObservatoryCode]
  /// The local night (`Night.mjd` of Astrometry): detections of one observatory with equal numbers may form
  /// a tracklet.
  public var nights: [Int]
  /// Ready-made tracklets (`trkSub`): detections of one observatory and night with equal labels are
  /// one tracklet, and are not paired with others. Nil where the linker is to find the tracklets.
  public var trackletLabels: [String?]

  /// Trails that the detections left during the exposure; nil: it shows none, or was not measured.
  public var trails: [DetectionTrail?]

  /// Linkages of earlier runs, as indices: they stand for what old detections give among
  /// themselves where only new nights are sought, and compete with what is found.
  public var known: [[Int]] = []

  public init(
    observations: [AstrometricObservation], magnitudes: [Double?],
    observatories: [ObservatoryCode], nights: [Int], trackletLabels: [String?]? = nil,
    trails: [DetectionTrail?]? = nil
  ) {
    self.observations = observations
    self.magnitudes = magnitudes
    self.observatories = observatories
    self.nights = nights
    self.trackletLabels =
      trackletLabels ?? [String?](repeating: nil, count: observations.count)
    self.trails = trails ?? [DetectionTrail?](repeating: nil, count: observations.count)
  }
}

/// A detection's trail: an object that moves during the exposure shows where to and how fast.
public struct DetectionTrail: Sendable, Hashable {
  /// [rad].
  public var length: Double
  /// North over east, either sense [rad].
  public var positionAngle: Double

  public init(length: Double, positionAngle: Double) {
    self.length = length
    self.positionAngle = positionAngle
  }
}
