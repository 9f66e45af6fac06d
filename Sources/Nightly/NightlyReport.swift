import Catalog

/// What a nightly run found, for people and machines.
public struct NightlyReport: Sendable, Codable {
  /// MJD of the evening of the window's first and last night.
  public var firstNight: Int
  public var lastNight: Int
  /// Detections in the window, and those of known objects outside it.
  public var detections = 0
  public var olderDetections = 0
  /// Detections found to be known objects', those objects, and how many of these have someone
  /// else's orbit; detections near a known object that may be something else; members that an
  /// object's new orbit let go.
  public var attributed = 0
  public var attributedObjects = 0
  public var attributedToImported = 0
  public var doubtful = 0
  public var released = 0
  /// Which ones were let go, and why: the first of them. Nil in reports of before this was kept.
  public var releasedDetections: [ReleasedLine]?
  /// Orbits known elsewhere that detections improved, or that our own fit took the place of.
  public var improvedOrbits: Int?
  /// Detections of new objects in nights that were searched back.
  public var precovered = 0
  public var tracklets = 0
  public var linkages = 0
  public var newObjects: [ObjectLine] = []
  public var extendedObjects: [ObjectLine] = []
  public var unchangedObjects = 0
  /// Objects that turned out to be parts of others.
  public var absorbedObjects = 0
  /// Objects that turned out to be two.
  public var splitObjects = 0
  /// Linkages that a perturbed fit does not hold, and those that contradict a known object.
  public var refusedLinkages = 0
  public var conflictingLinkages = 0
  /// Detections that could not be prepared, with reasons.
  public var quarantined: [String] = []
  public var stages: [StageLine] = []
  /// The input was seen before: these are the figures of that run, nothing was changed.
  public var alreadyDone = false
  /// Nights whose detections no earlier run had seen as they are: only linkages with one of them
  /// were looked for. Nil: all were.
  public var newNights: [Int]?
  /// Nights before the window that got detections since the last run: those of known objects among
  /// them were looked for.
  public var lateNights: [Int] = []
  /// What the next run compares its own input with.
  var optionsDigest = ""
  var importDigest = ""
  /// Orbits were imported since the run before.
  var newImports = true
  var nightDigests: [String: String] = [:]
  /// Objects of ours that another orbit predicts, not yet judged.
  var attractions: [Attraction] = []
  /// Orbits that came from this revision on are new since the last run; nil: there was none.
  var reviewedFrom: Int?
  /// The catalog's revisions from this one on are the run's.
  var firstRevision = 0

  /// What a person should look at.
  public var alarms: [Alarm] = []
  /// The window's last night; nil when it has no detections, or was looked at before.
  public var visits: VisitSummary?
  /// Of synthetic objects; nil when none were asked for.
  public var injection: InjectionReport?
  /// What the page draws; nil until the run is done.
  public var pictures: NightPictures?
  /// The next night's tables of predictions, and how many old ones were removed.
  public var tables: [TableLine] = []
  public var removedTables = 0

  public init(firstNight: Int, lastNight: Int) {
    self.firstNight = firstNight
    self.lastNight = lastNight
  }

  public struct ObjectLine: Sendable, Codable, Hashable {
    public var ssObjectId: Int64
    public var designation: String
    public var detections: Int
    public var nights: Int
    public var arcDays: Double
    public var rmsArcsec: Double
    /// au, and degrees; nil for an orbit without elements.
    public var perihelion: Double?
    public var eccentricity: Double?
    public var inclination: Double?
    public var determined: Bool
  }

  /// A detection that is no more the object's that it was given to.
  public struct ReleasedLine: Sendable, Codable, Hashable {
    public var diaSourceId: Int64
    public var ssObjectId: Int64
    public var designation: String
    public var reason: String
  }

  /// More are in the catalog's `releasedSources`.
  static let mostReleasedLines = 200

  mutating func note(_ sources: [ReleasedSource], names: [Int64: String]) {
    released += sources.count
    var lines = releasedDetections ?? []
    for source in sources.prefix(max(0, Self.mostReleasedLines - lines.count)) {
      lines.append(
        ReleasedLine(
          diaSourceId: source.diaSourceId, ssObjectId: source.ssObjectId,
          designation: names[source.ssObjectId] ?? "", reason: source.reason))
    }
    releasedDetections = lines
  }

  /// An object whose orbit predicts the detections of another one.
  struct Attraction: Codable, Hashable, Sendable {
    var known: Int64
    var other: Int64
  }

  public struct StageLine: Sendable, Codable, Hashable {
    public var stage: String
    public var seconds: Double
  }

  /// A night's exposures against what is known.
  public struct VisitSummary: Sendable, Codable, Hashable {
    public var visits = 0
    /// With enough known objects to judge by.
    public var judgedVisits = 0
    public var setAside = 0
    /// Known objects that good visits should show, and those that they do.
    public var expectedKnown = 0
    public var foundKnown = 0
    /// Of all good visits: observed minus predicted [arcsec], what the times lack and its standard
    /// deviation [s]. Nil without known objects, or with more than one observatory.
    public var offsetRa: Double?
    public var offsetDec: Double?
    public var clockSeconds: Double?
    public var clockSigma: Double?
  }

  /// A table of predictions.
  public struct TableLine: Sendable, Codable, Hashable {
    /// The evening's date, and the observatory whose noon to noon it is.
    public var night: String
    public var site: String
    public var objects: Int
    /// Its name beside the catalog; nil when there is none.
    public var file: String?
    public var problem: String?
  }
}
