/// What a run looked at on its way: why an object was missed can be told from it.
public struct LinkingTrace: Sendable {
  public enum Stage: String, Sendable, CaseIterable {
    /// Detections of one night on one line.
    case tracklet
    /// Two tracklets that one orbit could hold.
    case pair
    /// Tracklets of enough nights that agree.
    case candidate
    /// Detections that a full fit holds, before any is given to one linkage alone.
    case fit
  }

  /// Detections that a stage held to be one object.
  public struct Group: Sendable {
    public var stage: Stage
    /// Indices into the detections that were given.
    public var members: [Int]
  }

  public var groups: [Group] = []

  mutating func add(_ stage: Stage, _ members: [Int32], _ detections: SortedDetections) {
    groups.append(Group(stage: stage, members: members.map { detections.original[Int($0)] }))
  }
}
