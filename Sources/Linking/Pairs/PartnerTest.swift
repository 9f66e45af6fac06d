import Astro

/// Whether tracklets of a later night may be of one object with a given one: the displacement
/// between them must be the mean of both motions, but for the observer's own turning and what
/// changes in the acceleration.
///
/// Eight at a time in single precision with some margin, then more sharply one by one.
struct PartnerTest {
  /// Parallax of the observer's own turning, as a part of the motion: 1.4 km/s across the sight, the
  /// slowest that counts, against the 0.46 km/s of the equator.
  private static let diurnal = 0.34
  /// The slowest motion across the sight that counts, 1.4 km/s [au/d]; and for tracklets of two sites
  /// the largest part of the motion that the way between these may be.
  private static let slowest = 8.1e-4
  private static let largestPart = 3.0
  /// GM over one au squared, times the Earth's turn in a day, over 12 [rad/d³], at one au.
  private static let swing = 4.2e-7
  /// What moves slowly but is near: the observer's turning shifts it by up to 0.46 km/s over its
  /// distance, of which 0.03 au is taken [rad/d].
  static let nearShift = 0.009
  /// How long such an object is looked for [d].
  static let nearDays = 5.0
  /// One over the distances at which the observer's turning is taken to show them [1/au].
  private static let inverseFar = 3.0
  private static let inverseNear = 200.0
  /// Standard deviations, squared, by which its turning must show.
  private static let shown = 25.0
  /// A change of range by a part k a day leaves k² ω dt² / 2 of the motion; k is a part of the
  /// motion, and for what is near 10 km/s over the distance.
  private static let stretch = (1.5, 0.006)
  /// The Sun's pull on an object near the Earth less that on the Earth, as a part of the distance,
  /// over 12 [1/d²].
  private static let tide = 7.5e-5
  /// Square of the part of the straight way's share that the observer's turning makes uncertain.
  private static let uncertain = 0.16
  /// Fastest motion across the sight of what is bound to the Sun, 75 km/s [au/d].
  private static let fastest = 0.044
  /// What single precision may cost: a part, and a square of 0.06″/d [rad²/d²].
  private static let margin: Float = 1.01
  private static let tiny: Float = 1e-13

  private let a: Tracklet
  private let windowDays: Double
  private let speed: Double
  private let swing: Double
  /// Days that something near is looked for.
  private let nearDays: Double
  private let widest: Float
  /// The same for eight, relative to the slice.
  private let time: Float
  private let direction: EightVectors
  private let expected: EightVectors
  private let reach2: Float
  private let sight: EightVectors
  private let rate: EightVectors
  private let observer: EightVectors
  private let observerVelocity: EightVectors

  /// - Parameters:
  ///   - expected: where the motion leads by the slice's time.
  ///   - reach: how far from there partners are wanted [rad].
  ///   - nearest: least distance from the observer [au], at least 1 for what may be anywhere.
  init(
    _ a: Tracklet, _ slice: TrackletSlice, expected: Vector3, reach: Double, windowDays: Double,
    nearest: Double
  ) {
    self.a = a
    swing = PartnerTest.swing / nearest
    nearDays = nearest > 1 ? 0 : PartnerTest.nearDays
    let part =
      a.isOfTwoSites || slice.hasTwoSites ? PartnerTest.largestPart : PartnerTest.diurnal
    widest = Float(1.01 * part * part)
    self.windowDays = windowDays
    speed = a.rate.norm
    time = Float(a.time - slice.time)
    direction = EightVectors(a.direction - slice.centre)
    self.expected = EightVectors(expected - slice.centre)
    reach2 = Float(1.0001 * reach * reach + 1e-14)
    sight = EightVectors(a.direction)
    rate = EightVectors(a.rate)
    observer = EightVectors(a.observer - slice.observer)
    observerVelocity = EightVectors(a.observerVelocity)
  }

  /// Those of eight for which ``step(to:)`` may give something.
  @inline(__always)
  func mayBelong(_ b: SliceMotions.Eight) -> SIMDMask<SIMD8<Int32>> {
    let miss = b.direction - expected
    let within = miss.dot(miss) .<= reach2
    guard any(within) else { return within }
    let days = b.time - time
    let perDay = 1 / days
    let excess = (b.direction - direction) * perDay - (rate + b.rate) * 0.5
    let excess2 = excess.dot(excess)
    let own = Float(speed)
    let faster = b.speed.replacing(with: own, where: b.speed .< own)
    let change = Float(PartnerTest.stretch.0) * faster + Float(PartnerTest.stretch.1)
    let square = days * days
    let bend = 0.5 * change * change * square * faster
    let swing = Float(swing) * square
    let noise2 = b.rateVariance + Float(a.sigmaRate * a.sigmaRate)
    let narrow2 =
      (3.5 * noise2 + bend * bend + swing * swing) * PartnerTest.margin + PartnerTest.tiny
    let faster2 = faster * faster
    let isSmall = excess2 .< widest * faster2 + narrow2
    let isSoon = days .< Float(nearDays)
    let near2 = Float(1.01 * PartnerTest.nearShift * PartnerTest.nearShift)
    let inTime =
      within .& (days .> Float(NightCount.gapDays)) .& (days .<= Float(windowDays * 1.0001))
    let first = inTime .& (isSmall .| (isSoon .& (excess2 .< near2)))
    guard any(first) else { return first }
    let shift = (b.observer - observer) * perDay - (observerVelocity + b.observerVelocity) * 0.5
    let parallax = sight * sight.dot(shift) - shift
    let size2 = parallax.dot(parallax)
    let along = excess.dot(parallax)
    let inverse = along / size2
    let aside = excess - parallax * inverse
    let aside2 = aside.dot(aside)
    let isPlain =
      isSmall
      .& ((size2 .< 1.1e-16) .| ((along .> 0) .& (aside2 .< narrow2)) .| (excess2 .< narrow2))
    let coming = 0.006 * inverse * days
    let largest2 = excess2.replacing(with: faster2, where: excess2 .< faster2)
    let turn = 0.5 * coming * coming
    let isNear =
      isSoon .& (inverse .> Float(0.99 * PartnerTest.inverseFar))
      .& (inverse .< Float(1.01 * PartnerTest.inverseNear))
      .& (along * inverse .> Float(0.98 * PartnerTest.shown) * noise2) .& (coming .< 1.01)
      .& (aside2 .< narrow2 + PartnerTest.margin * turn * turn * largest2)
    return first .& (isPlain .| isNear)
  }

  /// That two tracklets may be of one object, and how it seems to be near: its distance [au] as the
  /// observer's own turning shows it, 0 when that says nothing.
  struct Step {
    var near = 0.0
  }

  @inline(__always)
  func step(to b: Tracklet) -> Step? {
    let days = b.time - a.time
    guard days > NightCount.gapDays, days <= windowDays else { return nil }
    let perDay = 1 / days
    let otherSpeed = b.rate.norm
    let noise2 = a.sigmaRate * a.sigmaRate + b.sigmaRate * b.sigmaRate
    var excess = (b.direction - a.direction) * perDay - (a.rate + b.rate) * 0.5
    let rate2 = max(speed * speed, otherSpeed * otherSpeed)
    let isSoon = days < nearDays
    // The Earth's pull towards the Sun turns by a degree a day: what its change leaves of the mean
    // of both motions, at one au.
    let swing = swing * days * days
    let narrow2 = 3.5 * noise2 + straighten(&excess, b, otherSpeed, days) + swing * swing
    let excess2 = excess.squaredNorm
    // The observer's, seen from the object: its chord less its mean motion.
    let observer =
      (b.observer - a.observer) * perDay - (a.observerVelocity + b.observerVelocity) * 0.5
    var part2 = PartnerTest.diurnal * PartnerTest.diurnal
    if a.isOfTwoSites || b.isOfTwoSites {
      part2 = max(part2, observer.squaredNorm / (PartnerTest.slowest * PartnerTest.slowest))
    }
    let isSmall = excess2 < part2 * rate2 + narrow2
    guard isSmall || isSoon && excess2 < PartnerTest.nearShift * PartnerTest.nearShift else {
      return nil
    }
    // What is left must be that.
    let u = a.direction
    let parallax = u * u.dot(observer) - observer
    let size2 = parallax.squaredNorm
    guard size2 > 1e-16 else { return isSmall ? Step() : nil }
    let along = excess.dot(parallax)
    let inverse = along / size2
    let aside2 = excess2 - along * inverse
    if inverse > PartnerTest.inverseFar, inverse < PartnerTest.inverseNear, isSoon,
      along * inverse > PartnerTest.shown * noise2
    {
      // It may come straight to us: 10 km/s change the distance, and with it the motion.
      let change = 0.006 * inverse * days
      let bend = 0.5 * change * change
      let narrow2 = narrow2 + bend * bend * max(rate2, excess2)
      if change < 1, aside2 < narrow2 { return Step(near: 1 / inverse) }
    }
    guard isSmall, along > 0 ? aside2 < narrow2 : excess2 < narrow2 else { return nil }
    // What moves so fast must be so near, and then the observer's turning shows.
    let lacking = rate2.squareRoot() / PartnerTest.fastest - inverse
    guard lacking < 0 || lacking * lacking * size2 < 9 * narrow2 else { return nil }
    return Step()
  }

  /// Takes from the excess what a straight way past the observer gives, and returns the square of
  /// what the way's bending may leave.
  ///
  /// On a straight way at constant speed ρ² ω stays, so that the sine of the angle gone is that of
  /// the geometric mean of both motions. What bends it is the Sun's pull on object and Earth, 9e-4
  /// of the distance a day² at most; its change by the part `change` of the range a day leaves
  /// change dt² / 12 of it. Far away the range's change alone is less than that.
  @inline(__always)
  private func straighten(
    _ excess: inout Vector3, _ b: Tracklet, _ otherSpeed: Double, _ days: Double
  ) -> Double {
    let faster = max(speed, otherSpeed)
    let change = PartnerTest.stretch.0 * faster + PartnerTest.stretch.1
    let bend = 0.5 * change * change * days * days * faster
    let bent = PartnerTest.tide * change * days * days
    guard bend > bent, !a.isOfTwoSites, !b.isOfTwoSites else { return bend * bend }
    let geometric = (speed * otherSpeed).squareRoot()
    let angle2 = geometric * geometric * days * days / 8
    let straight = geometric * (1 + angle2) - 0.5 * (speed + otherSpeed) * (1 - angle2)
    let rest2 = bent * bent + PartnerTest.uncertain * straight * straight
    guard rest2 < bend * bend else { return bend * bend }
    let middle = a.direction + b.direction
    excess -= middle * (excess.dot(middle) / middle.squaredNorm)
    excess -= (b.direction - a.direction).unit * straight
    return rest2
  }
}
