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

    public init(name: String) { self.name = name }

    /// Of those covered: what the survey finds of what passes through its fields.
    public var efficiency: Double? { covered > 0 ? Double(found) / Double(covered) : nil }
    /// Of those linkable: what the program finds of what was seen.
    public var completeness: Double? {
      linkable > 0 ? Double(found) / Double(linkable) : nil
    }
    /// Where the true one lies at 95 %, as so few objects can tell (Wilson 1927, J. Am. Stat. Assoc.
    /// 22, 209).
    public var completenessRange: ClosedRange<Double>? {
      guard let share = completeness else { return nil }
      let (n, z) = (Double(linkable), 1.959_964)
      let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
      let half =
        z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
      return max(0, middle - half)...min(1, middle + half)
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
