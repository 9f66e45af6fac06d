import Astro
import Astrometry
import Dynamics

/// Observations without their repetitions.
struct DistinctObservations {
  private(set) var observations: [AstrometricObservation] = []
  /// For each that was given its place among these.
  private var place: [Int] = []
  private var repeats: [Bool] = []

  private struct Key: Hashable {
    let day: Double
    let fraction: Double
    let ra: Double
    let dec: Double
    let observer: Vector3
  }

  init(_ all: [AstrometricObservation]) {
    var seen: [Key: Int] = [:]
    seen.reserveCapacity(all.count)
    for o in all {
      let key = Key(
        day: o.epoch.day, fraction: o.epoch.fraction, ra: o.raRad, dec: o.decRad,
        observer: o.observer.position)
      let first = seen[key]
      place.append(first ?? observations.count)
      repeats.append(first != nil)
      guard first == nil else { continue }
      seen[key] = observations.count
      observations.append(o)
    }
  }

  var isWhole: Bool { !repeats.contains(true) }

  /// The result for all that was given.
  func expanded(_ result: FitResult) -> FitResult {
    var whole = result
    func spread(_ values: [Double]) -> [Double] { values.isEmpty ? [] : place.map { values[$0] } }
    whole.residualsRaArcsec = spread(result.residualsRaArcsec)
    whole.residualsDecArcsec = spread(result.residualsDecArcsec)
    whole.sigmasRaArcsec = spread(result.sigmasRaArcsec)
    whole.sigmasDecArcsec = spread(result.sigmasDecArcsec)
    whole.chiSquares = spread(result.chiSquares)
    whole.used = place.indices.map { !repeats[$0] && result.used[place[$0]] }
    let count = repeats.count { $0 }
    let remark = "\(count) of \(repeats.count) observations are repetitions of others"
    whole.remark = result.remark.map { $0 + "; " + remark } ?? remark
    return whole
  }
}
