import Astro
import Dynamics
import Foundation

/// A visit with everything that is the same for all objects in it.
struct VisitGeometry: Sendable {
  let visit: Visit
  let band: Band
  let epoch: Epoch<TDB>
  let field: FieldOfView
  /// Barycentric ICRF [au, au/d].
  let observer: StateVector
  let sun: StateVector
}

/// The visits of one night, by declination, so that those near a place are found by bisection.
struct NightVisits: Sendable {
  /// Time that the night's coarse places are for.
  let middle: Epoch<TDB>
  let observer: StateVector
  let sun: StateVector
  /// Largest distance of a visit from the middle [d].
  let halfSpanDays: Double
  /// The deepest visit's limit, as V magnitude of the reddest object.
  let faintestV: Double
  /// Indices into the survey's visits, by ascending declination.
  private let visits: [Int32]
  private let decRad: [Double]

  /// - Parameters:
  ///   - members: indices of the night's visits, in order of time.
  ///   - middle: observer and Sun at the middle of the night.
  init(
    members: Range<Int>, geometry: [VisitGeometry], middle: Epoch<TDB>, observer: StateVector,
    sun: StateVector
  ) {
    self.middle = middle
    self.observer = observer
    self.sun = sun
    halfSpanDays = members.reduce(0) { max($0, abs(geometry[$1].epoch.days(since: middle))) }
    faintestV = members.reduce(0) { faintest, index in
      let visit = geometry[index]
      let color = min(visit.band.minusV(.carbonaceous), visit.band.minusV(.stony))
      return max(faintest, visit.visit.fiveSigmaDepth - color)
    }
    visits = members.map(Int32.init).sorted {
      let a = geometry[Int($0)].visit.decDeg
      let b = geometry[Int($1)].visit.decDeg
      return a != b ? a < b : $0 < $1
    }
    decRad = visits.map { geometry[Int($0)].visit.decDeg * Angle.degree }
  }

  /// Calls `body` with each visit whose centre may be within `radiusRad` of a direction in
  /// declination; right ascension is left to the caller.
  @inline(__always)
  func forEachVisit(decRad center: Double, radiusRad: Double, _ body: (Int) -> Void) {
    var low = 0
    var high = decRad.count
    while low < high {
      let middle = (low + high) / 2
      if decRad[middle] < center - radiusRad { low = middle + 1 } else { high = middle }
    }
    while low < decRad.count && decRad[low] <= center + radiusRad {
      body(Int(visits[low]))
      low += 1
    }
  }
}
