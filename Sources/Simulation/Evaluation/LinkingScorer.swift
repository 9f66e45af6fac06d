public import Exchange

/// Judges linkages against the truth about their detections.
///
/// Reads CSV files with a header:
/// - detections: `obs_id` or `diaSourceId`; `mjd_utc` or `midpointMjdTai` [d]; `obscode` if nights
///   are told by gaps;
/// - truth: the identifier and `designation` (or `objId`), empty or -1 for a false detection;
///   perhaps `class`;
/// - links: `linkId` (or `ssObjectId`) and the identifier, one row a member.
public struct LinkingScorer {
  /// Three nights must lie within this [d].
  public var windowDays: Double
  public var nights: NightRule

  private var sightings: [NightRule.Sighting] = []
  private var indexOfId: [String: Int32] = [:]
  private var idName = ""
  /// By detection: the number of its object, -1 for none.
  private var owner: [Int32] = []
  private var objectClass: [String] = []
  private var names: [String] = []
  private var members: [[Int32]] = []
  private var findable: [Bool] = []

  private static let idNames = ["obs_id", "diaSourceId", "obsID"]

  /// Reads the detections and the truth.
  /// - Throws: a file can't be read, lacks a column, or a row of it is damaged.
  public init(
    detections: String, truth: String, windowDays: Double = 15, nights: NightRule = .chile
  ) throws(ExchangeError) {
    self.windowDays = windowDays
    self.nights = nights
    try readDetections(detections)
    try readTruth(truth)
    findable = members.map { hasWindow(nights.nightsWithPairs($0.map { sightings[Int($0)] })) }
  }

  private mutating func readDetections(_ path: String) throws(ExchangeError) {
    let table = try CSVTable(path: path)
    let id = try table.column(Self.idNames)
    idName = table.names[id]
    let time = try table.column(["mjd_utc", "MJD", "midpointMjdTai", "mjd"])
    let site = nights == .gaps ? table.columnIfPresent(["obscode"]) : nil
    var sites: [String: Int32] = [:]
    while try table.next() {
      let mjd = try table.number(time)
      var number: Int32 = 0
      if let site {
        let code = table.text(site)
        number = sites[code] ?? Int32(sites.count)
        sites[code] = number
      }
      let sighting = NightRule.Sighting(mjd: mjd, site: number)
      let name = table.text(id)
      if let known = indexOfId[name] {
        sightings[Int(known)] = sighting
      } else {
        indexOfId[name] = Int32(sightings.count)
        sightings.append(sighting)
      }
    }
    owner = [Int32](repeating: -1, count: sightings.count)
  }

  private mutating func readTruth(_ path: String) throws(ExchangeError) {
    let table = try CSVTable(path: path)
    let id = try table.column(Self.idNames)
    let object = try table.column(["designation", "truth_desig", "objId", "object"])
    let kind = table.columnIfPresent(["class"])
    var numbers: [String: Int32] = [:]
    var classes: [String] = []
    while try table.next() {
      let name = table.text(object)
      if name.isEmpty || name == "-1" { continue }
      let number = numbers[name] ?? Int32(numbers.count)
      if Int(number) == numbers.count {
        numbers[name] = number
        classes.append("")
        names.append(name)
      }
      classes[Int(number)] = kind.map { table.text($0) } ?? "all"
      if let detection = indexOfId[table.text(id)] { owner[Int(detection)] = number }
    }
    objectClass = classes
    members = [[Int32]](repeating: [], count: classes.count)
    for (detection, number) in owner.enumerated() where number >= 0 {
      members[Int(number)].append(Int32(detection))
    }
  }

  /// Columns that may hold the identifier, that of the detections first.
  var idNames: [String] { [idName] + Self.idNames }

  func detection(_ id: String) -> Int32? { indexOfId[id] }

  /// The number of a detection's object, -1 for none.
  func owner(of detection: Int32) -> Int32 { owner[Int(detection)] }

  /// Nights of some detections that hold a pair.
  func nightCount(_ detections: [Int32]) -> Int {
    nights.nightsWithPairs(detections.map { sightings[Int($0)] }).count
  }

  /// Reads the linkages and judges them.
  ///
  /// - Parameter stages: what `link --stages` wrote, for the reasons of losses.
  public func score(
    links path: String, stages: String? = nil
  ) throws(ExchangeError) -> LinkingScore {
    let (linkages, unknown) = try readLinks(path)
    var score = LinkingScore()
    score.detections = sightings.count
    score.objects = members.count { !$0.isEmpty }
    score.linkages = linkages.count
    score.unknownIds = unknown
    var uses = [Int32](repeating: 0, count: sightings.count)
    var isFound = [Bool](repeating: false, count: members.count)
    var attributed = [Int](repeating: 0, count: members.count)
    for linkage in linkages {
      for member in linkage { uses[Int(member)] += 1 }
      guard let first = linkage.first, owner[Int(first)] >= 0,
        linkage.allSatisfy({ owner[Int($0)] == owner[Int(first)] })
      else { continue }
      score.pure += 1
      let object = Int(owner[Int(first)])
      let linkedNights = nightCount(linkage)
      if findable[object] && linkage.count >= 6 && linkedNights >= 3 {
        isFound[object] = true
        attributed[object] += linkedNights
      }
    }
    score.sharedDetections = uses.count { $0 > 1 }
    var missed: [Int] = []
    for object in members.indices where findable[object] {
      let count = nightCount(members[object])
      score.count(
        isFound[object], class: objectClass[object],
        pattern: NightPattern(members[object].map { sightings[Int($0)].mjd }, nights: count))
      if isFound[object] {
        score.nights += count
        score.attributedNights += min(count, attributed[object])
      } else {
        missed.append(object)
      }
    }
    if let stages {
      var losses: [String: [String: Int]] = [:]
      for (object, reason) in try reasons(stages: stages, missed: missed) {
        losses[reason.rawValue, default: [:]][objectClass[object], default: 0] += 1
        score.missed[names[object]] = reason.rawValue
      }
      score.losses = losses
    }
    return score
  }

  /// The members of each linkage that are detections of the set, each once, and how many are not.
  private func readLinks(_ path: String) throws(ExchangeError) -> ([[Int32]], unknown: Int) {
    let table = try CSVTable(path: path)
    let link = table.columnIfPresent(["ssObjectId", "linkId", "link"]) ?? 0
    let id = try table.column(idNames)
    var numbers: [String: Int] = [:]
    var linkages: [Set<Int32>] = []
    var unknown: [Set<String>] = []
    while try table.next() {
      let name = table.text(link)
      let number = numbers[name] ?? numbers.count
      if number == linkages.count {
        numbers[name] = number
        linkages.append([])
        unknown.append([])
      }
      let member = table.text(id)
      if let detection = indexOfId[member] {
        linkages[number].insert(detection)
      } else {
        unknown[number].insert(member)
      }
    }
    return (linkages.map { $0.sorted() }, unknown.reduce(0) { $0 + $1.count })
  }

  private func hasWindow(_ nights: [Double]) -> Bool {
    for i in nights.indices.dropLast(2) where nights[i + 2] - nights[i] <= windowDays {
      return true
    }
    return false
  }
}
