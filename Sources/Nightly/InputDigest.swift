import Astro
import Astrometry
import Catalog
import Dynamics
import Linking

/// A digest of what a run's result depends on: the window's detections, the options, which orbits
/// were imported, and when nights before the window last got detections.
///
/// Which objects we found ourselves is left out on purpose: a run changes that itself, and running
/// it again must find that it has been done.
struct InputDigest {
  /// Of everything.
  let whole: String
  /// Of the options that decide what is linked.
  let options: String
  /// Of each night's detections.
  let nights: [Int: String]

  init(
    _ window: [StoredDetection], judgements: [VisitJudgement], options: NightlyOptions,
    imports: String, older: [(night: Int, revision: Int)]
  ) {
    var byNight: [Int: ContentDigest] = [:]
    for stored in window {
      let detection = stored.detection
      var digest = byNight[stored.night] ?? ContentDigest()
      digest.add(UInt64(bitPattern: detection.diaSourceId))
      digest.add(detection.midpoint.mjd.bitPattern)
      digest.add(detection.raDeg.bitPattern)
      digest.add(detection.decDeg.bitPattern)
      digest.add((detection.raErrDeg ?? -1).bitPattern)
      digest.add((detection.decErrDeg ?? -1).bitPattern)
      digest.add((detection.mag ?? 99).bitPattern)
      digest.add(detection.observatory.description)
      byNight[stored.night] = digest
    }
    // What a run finds out by itself is no input; the operator's word is.
    for judgement in judgements {
      guard let decidedAt = judgement.decidedAt else { continue }
      byNight[judgement.visit.night]?.add("\(judgement.visit) \(decidedAt)")
    }
    nights = byNight.mapValues(\.text)
    var settings = ContentDigest()
    settings.add("\(options.linking)")
    settings.add(options.alarms.ofVisits)
    self.options = settings.text
    var all = ContentDigest()
    all.add("\(options.window) \(settings.text) \(imports)")
    for (night, revision) in older { all.add("\(night) since \(revision)") }
    for (night, text) in nights.sorted(by: { $0.key < $1.key }) { all.add("\(night) \(text)") }
    whole = all.text
  }

  /// The nights that an earlier run with the same options did not see as they are now. Linkages of
  /// the others alone were looked for then; nil when all are new.
  func newNights(since earlier: NightlyReport?) -> Set<Int>? {
    guard let earlier, earlier.optionsDigest == options else { return nil }
    return Set(nights.filter { earlier.nightDigests["\($0.key)"] != $0.value }.keys)
  }
}
