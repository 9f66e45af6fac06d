/// How many synthetic objects the run would have found.
public struct InjectionReport: Sendable, Codable, Hashable {
  public struct Line: Sendable, Codable, Hashable {
    /// Kind of orbit, or magnitude range (V, `21.0 to 21.5`).
    public var name: String
    /// Objects that exposures of enough nights had on their detector.
    public var covered = 0
    /// Those that were detected often enough to be linked.
    public var linkable = 0
    /// Those that linking and the fit made objects of.
    public var found = 0

    /// Of those covered: what the survey finds of what passes through its fields.
    public var efficiency: Double? { covered > 0 ? Double(found) / Double(covered) : nil }
    /// Of those linkable: what the program finds of what was seen.
    public var completeness: Double? {
      linkable > 0 ? Double(found) / Double(linkable) : nil
    }
  }

  /// Objects that were asked for and made.
  public var injected = 0
  public var detections = 0
  public var all = Line(name: "all")
  public var byClass: [Line] = []
  public var byMagnitude: [Line] = []
  /// Linkages that hold synthetic and real detections, or those of two objects.
  public var mixed = 0
  public var seconds = 0.0
}
