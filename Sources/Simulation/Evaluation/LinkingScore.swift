/// How good a set of linkages is, measured against the truth.
///
/// Definitions (those that Rubin judges its own linking by):
/// - **findable**: an object with at least three nights within some window that each hold two
///   detections 1 to 90 minutes apart;
/// - **found**: a findable object with a pure linkage of at least six of its detections on at
///   least three such nights;
/// - **pure**: a linkage whose members all belong to one real object.
public struct LinkingScore: Sendable, Hashable {
  public var detections = 0
  /// Real objects with at least one detection.
  public var objects = 0
  public var findable = 0
  public var found = 0
  public var linkages = 0
  public var pure = 0
  /// Detections that are in more than one linkage.
  public var sharedDetections = 0
  /// Members of linkages that are no detections of the set.
  public var unknownIds = 0
  /// Found and findable objects by the truth's column `class` (one class `all` without it).
  public var byClass: [String: ClassCount] = [:]

  /// Found and findable objects by how many nights they were seen on within how many days.
  public var byPattern: [NightPattern: ClassCount] = [:]
  /// Nights with a pair of the objects that were found, and those of them that their linkages have.
  public var nights = 0
  public var attributedNights = 0
  /// Missed objects by reason and class, and the reason of each by name; nil and empty when the
  /// stages of linking are not known.
  public var losses: [String: [String: Int]]?
  public var missed: [String: String] = [:]

  mutating func count(_ isFound: Bool, class name: String, pattern: NightPattern) {
    findable += 1
    found += isFound ? 1 : 0
    byClass[name, default: ClassCount()].add(isFound)
    byPattern[pattern, default: ClassCount()].add(isFound)
  }

  public struct ClassCount: Sendable, Hashable {
    public var found = 0
    public var findable = 0

    mutating func add(_ isFound: Bool) {
      findable += 1
      found += isFound ? 1 : 0
    }
  }

  /// Found of findable objects, 0…1.
  public var completeness: Double { Double(found) / Double(max(1, findable)) }
  /// Pure of all linkages, 0…1.
  public var purity: Double { Double(pure) / Double(max(1, linkages)) }
}

extension LinkingScore: Encodable {
  private enum CodingKeys: String, CodingKey {
    case detections, objects, findable, found, completeness, linkages, pure, purity
    case sharedDetections = "shared_detections"
    case unknownIds = "unknown_ids"
    case byClass = "by_class"
    case byPattern = "by_pattern"
    case nights
    case attributedNights = "attributed_nights"
    case losses, missed
  }

  /// Ratios to five digits, classes as `found/findable`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(detections, forKey: .detections)
    try container.encode(objects, forKey: .objects)
    try container.encode(findable, forKey: .findable)
    try container.encode(found, forKey: .found)
    try container.encode((completeness * 1e5).rounded() / 1e5, forKey: .completeness)
    try container.encode(linkages, forKey: .linkages)
    try container.encode(pure, forKey: .pure)
    try container.encode((purity * 1e5).rounded() / 1e5, forKey: .purity)
    try container.encode(sharedDetections, forKey: .sharedDetections)
    try container.encode(unknownIds, forKey: .unknownIds)
    try container.encode(
      byClass.mapValues { "\($0.found)/\($0.findable)" }, forKey: .byClass)
    let patterns = byPattern.map { ("\($0.key)", "\($0.value.found)/\($0.value.findable)") }
    try container.encode(Dictionary(uniqueKeysWithValues: patterns), forKey: .byPattern)
    try container.encode(nights, forKey: .nights)
    try container.encode(attributedNights, forKey: .attributedNights)
    try container.encodeIfPresent(losses, forKey: .losses)
    if losses != nil { try container.encode(missed, forKey: .missed) }
  }
}
