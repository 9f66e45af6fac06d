import Astro
import Foundation

/// Finds the tracklets of later nights that may belong to the object of a tracklet.
///
/// Cheap tests on the sphere first: the place must lie within reach of the motion, and the chord
/// between two tracklets must be the mean of their motions, but for the diurnal parallax and what
/// changes in the acceleration. ``TrackletPair`` then decides.
struct PartnerSearch: Sendable {
  let tracklets: [Tracklet]
  /// What the first test needs of each, packed: most partners are looked at no further.
  private let movers: [Mover]
  let slices: [TrackletSlice]
  let options: LinkingOptions
  /// Partners of fast tracklets are sought no later than this [d]. What is seen on n nights has two
  /// of them that are no further apart than its arc divided by n − 1, so that nothing is lost; what
  /// a search costs grows with the fourth power of the time. Where only new nights count the two
  /// nearest may both be old, and the whole window is searched.
  private let longestDaysOfFast: Double

  init(tracklets: [Tracklet], slices: [TrackletSlice], options: LinkingOptions) {
    self.tracklets = tracklets
    movers = tracklets.map { Mover($0) }
    self.slices = slices
    self.options = options
    let span = (tracklets.last?.time ?? 0) - (tracklets.first?.time ?? 0)
    let arc = min(span, options.windowDays)
    longestDaysOfFast =
      options.newNights == nil ? arc / Double(options.minimumNights - 1) : arc
  }

  /// Parallax of the observer's own turning, as a part of the motion: 1.4 km/s across the sight, the
  /// slowest that counts, against the 0.46 km/s of the equator.
  private static let diurnal = 0.34
  /// How far from the straight way an object may be: a part of the way (the parallax of all but the
  /// very nearest), and the acceleration over the whole span, a constant [rad/d²] from the Sun's
  /// pull and a part of the motion [1/d] from the change of the range. Set by hand so that nearly
  /// all pairs of simulated near-Earth objects are within.
  private static let drift = 0.15
  private static let pull = 0.005 * Angle.degree
  private static let turning = 0.05
  /// GM over one au squared, times the Earth's turn in a day, over 12 [rad/d³].
  private static let swing = 4.2e-7
  /// What goes further on the sky meanwhile [rad] has turned so much that the two say nothing of each
  /// other.
  private static let longestWay = 20 * Angle.degree
  /// Where a slice would give more candidates than this, only the nearest are looked at.
  private static let mostCandidates = 4000.0
  /// One over the distances at which the observer's turning is taken to show them [1/au].
  private static let inverseFar = 3.0
  private static let inverseNear = 200.0
  /// Largest χ² of a pair (two degrees of freedom).
  static let pairLimit = 20.0

  private struct Mover {
    let time: Double
    let direction: Vector3
    let rate: Vector3
    let sigmaRate: Double

    init(_ t: Tracklet) {
      time = t.time
      direction = t.direction
      rate = t.rate
      sigmaRate = t.sigmaRate
    }
  }

  struct Pair {
    let partner: Int32
    let orbit: TrackletPair
  }

  /// Scratch and counts of one piece of work.
  struct Work {
    var hits: [Int32] = []
    var pairs: [Pair] = []
    var looked = 0
    var solved = 0

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
  /// - Parameter wanted: whether a partner is to be looked at.
  @inline(__always)
  func search(_ index: Int, _ work: inout Work, wanted: (Int32) -> Bool) {
    work.pairs.removeAll(keepingCapacity: true)
    let a = tracklets[index]
    let rate = a.rate.squaredNorm.squareRoot()
    let starts = RangeStarts(a)
    let longest =
      rate > RangeStarts.fast
      ? min(longestDaysOfFast, PartnerSearch.longestWay / rate) : options.windowDays
    var k = slices.partitioningIndex { $0.time + $0.halfDays > a.time + NightCount.gapDays }
    while k < slices.count {
      let slice = slices[k]
      k += 1
      let days = slice.time - a.time
      guard days - slice.halfDays <= longest else { break }
      let free = PartnerSearch.reach(rate: rate, sigma: a.sigmaRate, days: days)
      let near = min(
        PartnerSearch.nearReach(days: days),
        sqrt(PartnerSearch.nearCandidates / (.pi * slice.density)))
      let reach =
        min(max(free, near), sqrt(PartnerSearch.mostCandidates / (.pi * slice.density)))
        + rate * slice.halfDays
      let expected = (a.direction + a.rate * days).unit
      guard slice.isNear(expected, reach) else { continue }
      work.hits.removeAll(keepingCapacity: true)
      slice.collect(within: reach, of: expected, into: &work.hits)
      work.looked += work.hits.count
      for hit in work.hits {
        guard let step = step(a, Int(hit)), wanted(hit) else { continue }
        let b = tracklets[Int(hit)]
        work.solved += 1
        if let orbit = best(a, b, starts, near: step.near) {
          work.pairs.append(Pair(partner: hit, orbit: orbit))
        }
      }
    }
  }

  /// How far from the straight way an object may be [rad].
  @inline(__always)
  private static func reach(rate: Double, sigma: Double, days: Double) -> Double {
    let linear = days * (drift * rate + 4 * sigma)
    return linear + 0.5 * days * days * (pull + turning * rate + rate * rate)
  }

  /// What moves slowly but is near: the observer's turning shifts it by up to 0.46 km/s over its
  /// distance, of which 0.03 au is taken [rad/d].
  private static let nearShift = 0.009
  /// How long such an object is looked for [d].
  private static let nearDays = 5.0
  /// So far that is done only where fewer chance partners are in reach.
  private static let nearCandidates = 0.5

  @inline(__always)
  private static func nearReach(days: Double) -> Double {
    days > nearDays ? 0 : nearShift * days
  }

  /// That two tracklets may be of one object, and how it seems to be near: its distance [au] as the
  /// observer's own turning shows it, 0 when that says nothing.
  struct Step {
    var near = 0.0
  }

  @inline(__always)
  private func step(_ a: Tracklet, _ index: Int) -> Step? {
    let b = movers[index]
    let days = b.time - a.time
    guard days > NightCount.gapDays, days <= options.windowDays else { return nil }
    let perDay = 1 / days
    let excess = (b.direction - a.direction) * perDay - (a.rate + b.rate) * 0.5
    let rate2 = max(a.rate.squaredNorm, b.rate.squaredNorm)
    let noise2 = a.sigmaRate * a.sigmaRate + b.sigmaRate * b.sigmaRate
    let excess2 = excess.squaredNorm
    // A change of range by a part k a day leaves k² ω dt² / 2 of the motion.
    let change = 1.5 * rate2.squareRoot() + 0.006
    let bend = 0.5 * change * change * days * days
    // The Earth's pull towards the Sun turns by a degree a day: what its change leaves of the mean
    // of both motions, at one au.
    let swing = PartnerSearch.swing * days * days
    let narrow2 = 3.5 * noise2 + bend * bend * rate2 + swing * swing
    let isSmall =
      excess2 < PartnerSearch.diurnal * PartnerSearch.diurnal * rate2 + narrow2
    guard isSmall || excess2 < PartnerSearch.nearShift * PartnerSearch.nearShift else { return nil }
    // What is left must be the observer's, seen from the object: its chord less its mean motion.
    let observer =
      (tracklets[index].observer - a.observer) * perDay
      - (a.observerVelocity + tracklets[index].observerVelocity) * 0.5
    let u = a.direction
    let parallax = u * u.dot(observer) - observer
    let size2 = parallax.squaredNorm
    guard size2 > 1e-16 else { return isSmall ? Step() : nil }
    let along = excess.dot(parallax)
    let inverse = along / size2
    let aside2 = excess2 - along * inverse
    if inverse > PartnerSearch.inverseFar, inverse < PartnerSearch.inverseNear,
      along * inverse > 25 * noise2, days < PartnerSearch.nearDays
    {
      // It may come straight to us: 10 km/s change the distance, and with it the motion.
      let change = 0.006 * inverse * days
      let bend = 0.5 * change * change
      let narrow2 = narrow2 + bend * bend * max(rate2, excess2)
      if change < 1, aside2 < narrow2 { return Step(near: 1 / inverse) }
    }
    guard isSmall, along > 0 ? aside2 < narrow2 : excess2 < narrow2 else { return nil }
    return Step()
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
