import Exchange

/// Why a findable object has no linkage of its own: the first stage of linking that had nothing of
/// it.
public enum LossReason: String, Sendable, CaseIterable, Comparable {
  /// Not three nights with a tracklet of it alone.
  case noTracklet = "no tracklet"
  /// No two of its tracklets were held to be of one orbit.
  case noPair = "no pair"
  /// No candidate has three of its nights.
  case noCandidate = "no candidate"
  /// No fit has three of its nights and nothing else.
  case fitRejected = "fit rejected"
  /// Its fit lost detections to other linkages, or something foreign joined it afterwards.
  case assignmentLost = "assignment lost"

  public static func < (a: LossReason, b: LossReason) -> Bool {
    order(a) < order(b)
  }

  private static func order(_ reason: LossReason) -> Int { allCases.firstIndex(of: reason) ?? 0 }
}

/// What the stages of linking had of one object.
struct StageRecord {
  /// Detections in tracklets of this object alone.
  var inTracklets: Set<Int32> = []
  var hasPair = false
  var hasCandidate = false
  var hasFit = false
}

extension LinkingScorer {
  /// Names the reason for each object that was missed, from the file that `link --stages` writes:
  /// columns `stage`, `linkId` and the identifier, the rows of a group one after the other.
  ///
  /// - Returns: reason by object, of those in `missed`.
  func reasons(stages path: String, missed: [Int]) throws(ExchangeError) -> [Int: LossReason] {
    let wanted = Set(missed)
    var records: [Int: StageRecord] = [:]
    let table = try CSVTable(path: path)
    let stageColumn = try table.column(["stage"])
    let groupColumn = try table.column(["linkId"])
    let id = try table.column(idNames)
    var stage = ""
    var group = ""
    var members: [Int32] = []
    while try table.next() {
      let name = table.text(groupColumn)
      if name != group {
        note(stage, members, wanted, &records)
        members.removeAll(keepingCapacity: true)
        group = name
        stage = table.text(stageColumn)
      }
      if let detection = detection(table.text(id)) { members.append(detection) }
    }
    note(stage, members, wanted, &records)
    var reasons: [Int: LossReason] = [:]
    for object in missed { reasons[object] = reason(records[object] ?? StageRecord()) }
    return reasons
  }

  private func note(
    _ stage: String, _ members: [Int32], _ wanted: Set<Int>, _ records: inout [Int: StageRecord]
  ) {
    var byObject: [Int: [Int32]] = [:]
    for member in members { byObject[Int(owner(of: member)), default: []].append(member) }
    let isPure = byObject.count == 1
    for (object, own) in byObject where wanted.contains(object) {
      var record = records[object] ?? StageRecord()
      switch stage {
      case "tracklet": if isPure { record.inTracklets.formUnion(own) }
      case "pair": if isPure { record.hasPair = true }
      case "candidate": if nightCount(own) >= 3 { record.hasCandidate = true }
      case "fit": if isPure, nightCount(own) >= 3 { record.hasFit = true }
      default: break
      }
      records[object] = record
    }
  }

  private func reason(_ record: StageRecord) -> LossReason {
    if nightCount(record.inTracklets.sorted()) < 3 { return .noTracklet }
    if !record.hasPair && !record.hasCandidate { return .noPair }
    if !record.hasCandidate { return .noCandidate }
    return record.hasFit ? .assignmentLost : .fitRejected
  }
}
