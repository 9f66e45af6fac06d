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

  public init(
    observations: [AstrometricObservation], magnitudes: [Double?],
    observatories: [ObservatoryCode], nights: [Int], trackletLabels: [String?]? = nil
  ) {
    self.observations = observations
    self.magnitudes = magnitudes
    self.observatories = observatories
    self.nights = nights
    self.trackletLabels =
      trackletLabels ?? [String?](repeating: nil, count: observations.count)
  }
}
