import Catalog
public import Linking

/// What a nightly run does.
public struct NightlyOptions: Sendable {
  /// MJD of the evening of the last night of the window.
  public var night: Int
  /// Nights in the window, the last one included.
  public var windowDays: Int
  public var linking: LinkingOptions
  public var jobs: Int
  /// Do the work even if the same input was seen before.
  public var force: Bool
  /// Of a run with this input, do this stage and those after it again, even if they are done.
  public var from: Stage?
  /// When a night is abnormal, and what becomes of visits that are wrong.
  public var alarms = AlarmLimits()
  /// Synthetic objects to measure completeness by; 0 for none.
  public var injected = 0
  /// Tables of predictions for the next night; nil: none are made.
  public var tables: TableOptions? = TableOptions()

  /// Where a run can be begun anew. Fits follow linking: they use up what it found.
  public enum Stage: String, Sendable, CaseIterable {
    case visits, attribution, linking, precovery, tables

    /// The stages that belong to it, and those after it, by the first word of their names.
    var kinds: Set<String> {
      switch self {
      case .visits: Stage.attribution.kinds.union(["review", "visits"])
      case .attribution: Stage.linking.kinds.union(["attribution", "identification"])
      case .linking: Stage.precovery.kinds.union(["linking", "objects"])
      case .precovery:
        Stage.tables.kinds.union(["precovery", "reidentification", "quantities"])
      case .tables: ["tables", Catalog.lastStage]
      }
    }
  }

  public init(
    night: Int, windowDays: Int = 15, linking: LinkingOptions = LinkingOptions(), jobs: Int,
    force: Bool = false, from: Stage? = nil
  ) {
    self.night = night
    self.windowDays = windowDays
    self.linking = linking
    self.jobs = jobs
    self.force = force
    self.from = from
  }

  /// Nights of the window, MJD of the evening.
  public var window: ClosedRange<Int> { (night - max(1, windowDays) + 1)...night }

  var criteria: ObjectCriteria {
    var criteria = ObjectCriteria()
    criteria.minimumNights = linking.minimumNights
    criteria.minimumDetections = linking.minimumDetections
    criteria.maximumRmsArcsec = linking.maximumRmsArcsec
    criteria.maximumRmsSigmas = linking.maximumRmsSigmas
    return criteria
  }
}
