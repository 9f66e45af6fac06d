import Astro
import Astrometry

extension ArcFitter {
  /// Longest gap between nights of one field, and its longest duration [d]: after that an asteroid
  /// is among other stars.
  private static let fieldGapDays = 40.0
  private static let fieldDays = 90.0

  /// Sorts the observations into nights and fields of one source each. A night is what lies within
  /// 0.6 d without a gap of 0.3 d. Nothing is to be done where no observation shares anything.
  mutating func findFields() {
    nightOrder.removeAll(keepingCapacity: true)
    nightEnds.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
    guard sights.contains(where: { $0.observation.shared.source != 0 }) else { return }
    nightOrder = sights.indices.sorted {
      let (a, b) = (sights[$0].observation.shared.source, sights[$1].observation.shared.source)
      return a != b ? a < b : (days[$0], $0) < (days[$1], $1)
    }
    var (nightBegin, fieldBegin) = (0, 0)
    for i in nightOrder.indices {
      let (here, first) = (nightOrder[i], nightOrder[nightBegin])
      let shared = sights[here].observation.shared
      if i > 0 {
        let before = nightOrder[i - 1]
        let sameSource = shared.source == sights[before].observation.shared.source
        let gap = days[here] - days[before]
        if !sameSource || gap > 0.3 || days[here] - days[first] > 0.6 {
          nightEnds.append(i)
          nightBegin = i
        }
        let since = days[here] - days[nightOrder[fieldBegin]]
        if !sameSource || gap > ArcFitter.fieldGapDays || since > ArcFitter.fieldDays {
          fields[fields.count - 1].endNight = nightEnds.count
          fieldBegin = i
        }
      }
      if i == fieldBegin {
        fields.append(
          ErrorField(
            firstNight: nightEnds.count, endNight: 0, own: shared.own,
            night: Double(shared.night), field: Double(shared.field),
            freedom: Double(shared.freedom)))
      }
    }
    nightEnds.append(nightOrder.count)
    fields[fields.count - 1].endNight = nightEnds.count
    fieldOf.removeAll(keepingCapacity: true)
    fieldOf.append(contentsOf: repeatElement(0, count: sights.count))
    for f in fields.indices {
      for i in begin(ofNight: fields[f].firstNight)..<nightEnds[fields[f].endNight - 1] {
        fieldOf[nightOrder[i]] = f
      }
    }
    findApparitions()
  }

  /// Numbers the fields by apparition: whatever lies within the gap of a field in time.
  private mutating func findApparitions() {
    func first(_ f: Int) -> Double { days[nightOrder[begin(ofNight: fields[f].firstNight)]] }
    func last(_ f: Int) -> Double { days[nightOrder[nightEnds[fields[f].endNight - 1] - 1]] }
    var end = -Double.infinity
    apparitionCount = 0
    for f in fields.indices.sorted(by: { (first($0), $0) < (first($1), $1) }) {
      if first(f) - end > ArcFitter.fieldGapDays { apparitionCount += 1 }
      end = max(end, last(f))
      fields[f].apparition = apparitionCount - 1
    }
  }

  /// The mean rows of a night's used observations, and how many they are.
  @inline(__always)
  private func nightMean(
    _ night: Int
  ) -> (east: SIMD8<Double>, north: SIMD8<Double>, count: Double) {
    var east = SIMD8<Double>.zero
    var north = SIMD8<Double>.zero
    var n = 0.0
    for i in begin(ofNight: night)..<nightEnds[night] where used[nightOrder[i]] {
      east += eastRows[nightOrder[i]]
      north += northRows[nightOrder[i]]
      n += 1
    }
    let inverse = 1 / max(n, 1)
    return (east * inverse, north * inverse, n)
  }

  @inline(__always)
  private func begin(ofNight night: Int) -> Int { night == 0 ? 0 : nightEnds[night - 1] }

  /// The triangle with errors in common: the covariance of a field is
  /// own · 1 + night · (blocks of ones) + field · 11ᵀ, whose inverse root scales the differences
  /// within nights, the nights' means, and the mean of the means, each in its own way.
  func accumulateShared() -> Linearisation {
    var triangle = Triangle()
    var chiSquare = 0.0
    for field in fields {
      var information = 0.0
      var eastSum = SIMD8<Double>.zero
      var northSum = SIMD8<Double>.zero
      for night in field.firstNight..<field.endNight {
        let mean = nightMean(night)
        guard mean.count > 0 else { continue }
        let weight = 1 / meanVariance(field, night, mean.count)
        information += weight
        eastSum += mean.east * weight
        northSum += mean.north * weight
      }
      guard information > 0 else { continue }
      let pull = (1 - 1 / (1 + field.field * information).squareRoot()) / information
      let own = 1 / (field.own * field.scale).squareRoot()
      for night in field.firstNight..<field.endNight {
        let mean = nightMean(night)
        guard mean.count > 0 else { continue }
        // A night's mean is added in as many equal parts as it has observations.
        let part = 1 / (meanVariance(field, night, mean.count) * mean.count).squareRoot()
        let east = (mean.east - eastSum * pull) * part - mean.east * own
        let north = (mean.north - northSum * pull) * part - mean.north * own
        for i in begin(ofNight: night)..<nightEnds[night] where used[nightOrder[i]] {
          let first = eastRows[nightOrder[i]] * own + east
          let second = northRows[nightOrder[i]] * own + north
          triangle.add(first)
          triangle.add(second)
          let (x, y) = (first[Triangle.rightHandSide], second[Triangle.rightHandSide])
          chiSquare += x * x + y * y
        }
      }
    }
    return Linearisation(triangle: triangle, cost: chiSquare, chiSquare: chiSquare)
  }

  /// Variance of the mean of n observations of a night, without the field's part.
  @inline(__always)
  private func meanVariance(_ field: ErrorField, _ night: Int, _ n: Double) -> Double {
    let blunder = ArcFitter.nightBlunderSize
    return field.meanVariance(n) + (night == wideNight ? blunder * blunder : 0)
  }

  mutating func resetScales() {
    for f in fields.indices {
      fields[f].scale = 1
      fields[f].scatterFreedom = 0
    }
  }

  /// Estimates the size of the own errors from the differences within nights: what the table says
  /// is worth its degrees of freedom, the residuals have their own, less what the orbit takes of
  /// them (their leverage). Whole nights cannot tell it: the orbit follows them.
  ///
  /// All fields of one apparition have one scale: an object that is faint is so for all stations.
  ///
  /// - Returns: whether any scale changed by more than a twentieth.
  mutating func estimateScales(_ triangle: Triangle) -> Bool {
    var changed = false
    for a in 0..<apparitionCount {
      var known = Double.infinity
      var squares = 0.0
      var freedom = 0.0
      for field in fields where field.apparition == a && field.freedom < 1000 {
        known = min(known, field.freedom)
        let scatter = scatterWithinNights(field, triangle)
        squares += scatter.squares * field.scale
        freedom += scatter.freedom
      }
      guard known < 1000 else { continue }
      let scale = min(max((known - 2 + squares) / (known + freedom), 0.1), 9)
      for f in fields.indices where fields[f].apparition == a && fields[f].freedom < 1000 {
        changed = changed || abs(scale / fields[f].scale - 1) > 0.05
        fields[f].scale = scale
        fields[f].scatterFreedom = freedom
      }
    }
    return changed
  }

  /// Sum of squares of the differences within a field's nights, in units of its own errors, and its
  /// degrees of freedom.
  private func scatterWithinNights(
    _ field: ErrorField, _ triangle: Triangle
  ) -> (squares: Double, freedom: Double) {
    let own = 1 / (field.own * field.scale).squareRoot()
    var squares = 0.0
    var freedom = 0.0
    for night in field.firstNight..<field.endNight {
      let mean = nightMean(night)
      guard mean.count > 1 else { continue }
      freedom += 2 * (mean.count - 1)
      for i in begin(ofNight: night)..<nightEnds[night] where used[nightOrder[i]] {
        let east = (eastRows[nightOrder[i]] - mean.east) * own
        let north = (northRows[nightOrder[i]] - mean.north) * own
        let (x, y) = (east[Triangle.rightHandSide], north[Triangle.rightHandSide])
        squares += x * x + y * y
        if let a = triangle.whitened(east), let b = triangle.whitened(north) {
          freedom -= a.dot6(a) + b.dot6(b)
        }
      }
    }
    return (squares, max(0, freedom))
  }

  /// Variance of an observation's whole error in units of its σ².
  func varianceScale(_ f: ErrorField) -> Double { f.own * f.scale + f.night + f.field }

  /// See ``FitResult/errorFreedom``.
  var errorFreedom: Double? {
    let estimated = fields.filter { $0.freedom < 1000 }
    guard let known = estimated.map(\.freedom).min() else { return nil }
    return known + (estimated.map(\.scatterFreedom).max() ?? 0)
  }

  /// By how much the ellipsoid's variances must grow because the size of the errors is itself
  /// uncertain: the orbit's distribution is Student's t then, and the ellipsoid that holds 95 % of
  /// it is larger than the normal one. 6 F₀.₉₅(6, ν) over the 95 % point of χ²₆ is
  /// 1 + 4.33 / (ν − 1.87) to a hundredth; only the own part of the errors is meant.
  var scaleInflation: Double {
    var freedom = 0.0
    var share = 0.0
    var nights = 0.0
    var known = Double.infinity
    for field in fields where field.freedom < 1000 {
      known = min(known, field.freedom)
      freedom = max(freedom, field.scatterFreedom)
      for night in field.firstNight..<field.endNight {
        var n = 0.0
        for i in begin(ofNight: night)..<nightEnds[night] where used[nightOrder[i]] { n += 1 }
        guard n > 0 else { continue }
        share += field.own * field.scale / n / (field.meanVariance(n) + field.field)
        nights += 1
      }
    }
    guard nights > 0 else { return 1 }
    return 1 + share / nights * 4.33 / (known + freedom - 1.87)
  }

  /// ln det of the used observations' covariance, both axes, in units of their σ².
  var logDeterminantOfErrors: Double {
    var sum = 0.0
    for field in fields {
      var information = 0.0
      for night in field.firstNight..<field.endNight {
        var n = 0.0
        for i in begin(ofNight: night)..<nightEnds[night] where used[nightOrder[i]] { n += 1 }
        guard n > 0 else { continue }
        let variance = meanVariance(field, night, n)
        information += 1 / variance
        sum += (n - 1) * naturalLog(field.own * field.scale) + naturalLog(n * variance)
      }
      sum += naturalLog(1 + field.field * information)
    }
    return 2 * sum
  }
}
