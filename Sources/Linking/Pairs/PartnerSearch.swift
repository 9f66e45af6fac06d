import Astro
import Foundation

/// Finds the tracklets of later nights that may belong to the object of a tracklet.
///
/// Cheap tests on the sphere first: the place must lie within reach of the motion, and both motions
/// must fit the way between the places, see ``PartnerTest``. ``TrackletPair`` then decides.
struct PartnerSearch: Sendable {
  let tracklets: [Tracklet]
  let slices: [TrackletSlice]
  let options: LinkingOptions
  /// Partners of fast tracklets are sought no later than this [d]. What is seen on n nights has two
  /// of them that are no further apart than its arc divided by n − 1, so that nothing is lost; what
  /// a search costs grows with the fourth power of the time.
  private let longestDaysOfFast: Double
  /// Least distance from the observer [au], at least 1 for what may be anywhere.
  private let nearest: Double

  init(tracklets: [Tracklet], slices: [TrackletSlice], options: LinkingOptions) {
    self.tracklets = tracklets
    self.slices = slices
    self.options = options
    let span = (tracklets.last?.time ?? 0) - (tracklets.first?.time ?? 0)
    let arc = min(span, options.windowDays)
    longestDaysOfFast = arc / Double(options.minimumNights - 1)
    nearest = max(1, 0.8 * options.minimumDistanceAU - 1)
  }

  /// How far from the straight way an object may be: a part of the way (the parallax of all but the
  /// very nearest), and the acceleration over the whole span, a constant [rad/d²] from the Sun's
  /// pull and a part of the motion [1/d] from the change of the range. Set by hand so that nearly
  /// all pairs of simulated near-Earth objects are within.
  private static let drift = 0.15
  private static let pull = 0.005 * Angle.degree
  private static let earthsPull = 2.96e-4
  private static let turning = 0.05
  /// What goes further on the sky meanwhile [rad] has turned so much that the two say nothing of each
  /// other.
  private static let longestWay = 20 * Angle.degree
  /// Where a slice would give more candidates than this, only the nearest are looked at.
  private static let mostCandidates = 4000.0
  /// In a crowd partners are sought in this part of the reach, which holds nearly all of them, and
  /// beyond it as far as fewer chance partners than this are there.
  private static let crowdedPart = 0.6
  private static let chancePartners = 50.0
  /// Largest χ² of a pair (two degrees of freedom).
  static let pairLimit = 20.0

  struct Pair {
    let partner: Int32
    let orbit: TrackletPair
  }

  /// Scratch and counts of one piece of work.
  struct Work {
    var ranges: [Range<Int>] = []
    var pairs: [Pair] = []
    var looked = 0
    var solved = 0
    /// Partners of one tracklet that are solved at most, and how many more there were.
    var mostSolved = 0
    var leftOut = 0

    /// Drops all but the pairs that agree best; the order stays.
    mutating func keepBest(_ count: Int) {
      guard pairs.count > count else { return }
      let ranked = pairs.sorted {
        $0.orbit.chiSquare != $1.orbit.chiSquare
          ? $0.orbit.chiSquare < $1.orbit.chiSquare : $0.partner < $1.partner
      }
      pairs = ranked.prefix(count).sorted { $0.partner < $1.partner }
    }
  }

  /// Fills `work.pairs` with those of one tracklet, ascending in time of the partner.
  ///
  /// - Parameter known: partners that are known to go together with the tracklet are passed over.
  func search(_ index: Int, _ work: inout Work, known: KnownSets) {
    work.pairs.removeAll(keepingCapacity: true)
    let lastSolved = work.solved + work.mostSolved
    let a = tracklets[index]
    let rate = a.rate.squaredNorm.squareRoot()
    let starts = RangeStarts(a)
    let longest =
      a.isFast
      ? min(longestDaysOfFast, PartnerSearch.longestWay / rate) : options.windowDays
    var k = slices.partitioningIndex { $0.time + $0.halfDays > a.time + NightCount.gapDays }
    while k < slices.count {
      let slice = slices[k]
      k += 1
      let days = slice.time - a.time
      guard days - slice.halfDays <= longest else { break }
      let whole = reach(rate: rate, sigma: a.sigmaRate, days: days)
      let free = max(
        PartnerSearch.crowdedPart * whole,
        min(whole, sqrt(PartnerSearch.chancePartners / (.pi * slice.density))))
      let near =
        nearest > 1
        ? 0
        : min(
          PartnerSearch.nearReach(days: days),
          sqrt(PartnerSearch.nearCandidates / (.pi * slice.density)))
      let reach =
        min(max(free, near), sqrt(PartnerSearch.mostCandidates / (.pi * slice.density)))
        + rate * slice.halfDays
      let expected = (a.direction + a.rate * days).unit
      guard slice.isNear(expected, reach) else { continue }
      work.ranges.removeAll(keepingCapacity: true)
      slice.collectRanges(within: reach, of: expected, into: &work.ranges)
      let test = PartnerTest(
        a, slice, expected: expected, reach: reach, windowDays: options.windowDays,
        nearest: nearest)
      for range in work.ranges {
        work.looked += range.count
        for group in range.lowerBound / 8...(range.upperBound - 1) / 8 {
          let found = test.mayBelong(slice.motions.eight(group))
          guard any(found) else { continue }
          let mask = found .& SliceMotions.members(of: range, group)
          for lane in 0..<8 where mask[lane] {
            let partner = slice.motions.order[group * 8 + lane]
            let b = tracklets[Int(partner)]
            guard let step = test.step(to: b), !known.joins(Int32(index), partner) else {
              continue
            }
            guard work.solved < lastSolved else {
              work.leftOut += 1
              continue
            }
            work.solved += 1
            if let orbit = best(a, b, starts, near: step.near) {
              work.pairs.append(Pair(partner: partner, orbit: orbit))
            }
          }
        }
      }
    }
  }

  /// How far from the straight way an object may be [rad].
  @inline(__always)
  private func reach(rate: Double, sigma: Double, days: Double) -> Double {
    // Far away the Earth's own turning is all that bends the way.
    let pull = min(PartnerSearch.pull, PartnerSearch.earthsPull / nearest)
    let linear = days * (PartnerSearch.drift * rate + 4 * sigma)
    return linear + 0.5 * days * days * (pull + PartnerSearch.turning * rate + rate * rate)
  }

  /// How far what moves slowly but is near may be from its way [rad]; looked for only so far as fewer
  /// chance partners are in reach.
  private static let nearCandidates = 0.5

  @inline(__always)
  private static func nearReach(days: Double) -> Double {
    days > PartnerTest.nearDays ? 0 : PartnerTest.nearShift * days
  }

  /// The best solution from several starts.
  ///
  /// - Parameter near: a further start [au], 0 for none.
  @inline(__always)
  func best(
    _ a: Tracklet, _ b: Tracklet, _ starts: RangeStarts, near: Double = 0
  ) -> TrackletPair? {
    var best = near > 0 ? good(a, b, start: near, isNear: true) : nil
    if a.rate.squaredNorm < RangeStarts.slow * RangeStarts.slow {
      best = best ?? good(a, b, start: RangeStarts.ofSlow(a, b))
      // Far away it moves little, or it is where the main belt stands still on the sky.
      for k in 0..<RangeStarts.ofStanding.count where best == nil {
        best = good(a, b, start: RangeStarts.ofStanding[k])
      }
      if let best { return best }
    }
    for k in 0..<starts.count {
      if let pair = good(a, b, start: starts.ranges[k]),
        pair.chiSquare < best?.chiSquare ?? .infinity
      {
        best = pair
      }
    }
    return best
  }

  @inline(__always)
  private func good(
    _ a: Tracklet, _ b: Tracklet, start: Double, isNear: Bool = false
  ) -> TrackletPair? {
    guard let pair = TrackletPair(a, b, start: start),
      pair.chiSquare < PartnerSearch.pairLimit, let ends = pair.ends(a, b)
    else { return nil }
    // The distance that the observer's turning showed is the one that was found.
    let isMeasured = isNear && abs(pair.ranges.0 - start) < 0.5 * start
    guard pair.isPlausible(a, ends, options, isMeasured: isMeasured) else { return nil }
    return pair
  }
}
