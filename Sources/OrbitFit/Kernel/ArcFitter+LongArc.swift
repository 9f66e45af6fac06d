import Astro
import Astrometry
import Dynamics

extension ArcFitter {
  /// Beyond this a two-body orbit through all observations may lie too far off to begin with [d].
  static let longArcDays = 60.0
  private static let seedDays = 35.0
  private static let seedCount = 20
  /// Observations of a stage on the way: enough to lead on, few enough to be quick.
  private static let stageCount = 60

  /// Fits an arc of months to decades: first its best part of some weeks as a short arc, then
  /// ever longer arcs about it, at last everything with rejection. Of several such beginnings the
  /// first that ends with most observations used is kept.
  mutating func fitLongArc(start: Orbit?) -> ArcFit {
    let all = sights
    let order = all.indices.filter { all[$0].isUsable }
      .sorted { all[$0].observation.epoch < all[$1].observation.epoch }
    let times = order.map { all[$0].observation.epoch.days(since: epoch) }
    if let start {
      let fit = finishLongArc(from: start)
      if isMostlyUsed(fit) { return fit }
    }
    var best = ArcFit.failed(.noOrbit)
    var mask = used
    var isLast = false
    for seed in seeds(times) {
      if isExhausted { break }
      var stage = ArcFitter(options: options)
      stage.placeCount = placeCount
      stage.forces = forces
      let chosen = thinned(seed, times, to: ArcFitter.seedCount)
      stage.sights = chosen.map { all[order[$0]] }
      stage.prepare()
      var fit = stage.fitShortArc(start: nil)
      placeCount = stage.placeCount
      guard fit.hasOrbit else { continue }
      var (low, high) = (times[seed.lowerBound], times[seed.upperBound - 1])
      var reached = true
      while reached, low > times[0] || high < times[times.count - 1] {
        let grow = max(15, 4 * (high - low))
        (low, high) = (low - grow, high + grow)
        let range = range(times, low, high)
        // Nothing new in it: on to the next.
        if range.count == times.count { break }
        guard range.count > seed.count else { continue }
        fit = stage.extend(
          thinned(range, times, to: ArcFitter.stageCount).map { all[order[$0]] }, from: fit.orbit)
        reached = fit.hasOrbit
      }
      placeCount = stage.placeCount
      guard reached else { continue }
      let whole = finishLongArc(from: fit.orbit)
      isLast = penalised(whole) < penalised(best)
      if isLast { (best, mask) = (whole, used) }
      if isMostlyUsed(whole) { break }
    }
    perturbed = forces
    return isLast ? best : adopt(best, mask)
  }

  /// A stage on the way: more observations, outliers held down but not yet rejected.
  private mutating func extend(_ observations: [SightLine], from orbit: Orbit) -> ArcFit {
    sights = observations
    perturbed = forces
    prepare()
    guard let p = unknowns(of: orbit) else { return .failed(.impossibleStart) }
    var terms = FitTerms()
    terms.robustLimit = FitTerms.robustStart
    guard let minimum = minimise(p, terms, budget: 12, tolerance: 1) else {
      return .failed(.impossibleStart)
    }
    let determination = Determination(
      minimum.linearisation.triangle, frame: frame, parameters: minimum.parameters)
    return finish(minimum, determination, prior: false)
  }

  /// Everything, with rejection.
  private mutating func finishLongArc(from orbit: Orbit) -> ArcFit {
    perturbed = forces
    useAll()
    setEpoch(atObservation: middleObservation())
    guard let p = unknowns(of: orbit) else { return .failed(.impossibleStart) }
    return refine(p)
  }

  /// A wrong orbit cannot fit most of what was seen over months; but a tenth of the observations
  /// or more may be beyond the limit where a station's errors have long tails.
  private func isMostlyUsed(_ fit: ArcFit) -> Bool {
    fit.hasOrbit && fit.converged && 4 * fit.usedCount >= 3 * sights.count
  }

  /// Up to four parts of the arc to begin with, best first: three and more nights within some
  /// weeks, as long and as rich as can be. Sparse arcs have longer ones.
  private func seeds(_ times: [Double]) -> [Range<Int>] {
    var found: [(range: Range<Int>, score: Double)] = []
    for width in [ArcFitter.seedDays, 120, 500, .infinity] {
      for low in times.indices where low == 0 || times[low] - times[low - 1] > 0.5 {
        let range = low..<range(times, times[low], times[low] + width).upperBound
        var nights = 1
        for k in range.dropFirst() where times[k] - times[k - 1] > 0.5 { nights += 1 }
        guard range.count >= 4, nights >= 3 else { continue }
        let span = times[range.upperBound - 1] - times[low]
        let richness = Double(min(nights, 6)) * Double(min(range.count, 12)).squareRoot()
        found.append((range, min(span, 30) * richness))
      }
      if !found.isEmpty { break }
    }
    found.sort { $0.score > $1.score }
    var chosen: [Range<Int>] = []
    for candidate in found where !chosen.contains(where: { $0.overlaps(candidate.range) }) {
      chosen.append(candidate.range)
      if chosen.count == 4 { break }
    }
    return chosen.isEmpty && times.count >= 3 ? [times.indices] : chosen
  }

  /// Indices of the times within bounds; times ascend.
  private func range(_ times: [Double], _ low: Double, _ high: Double) -> Range<Int> {
    let first = times.firstIndex { $0 >= low } ?? times.count
    let last = times.lastIndex { $0 <= high } ?? -1
    return first..<max(first, last + 1)
  }

  /// Evenly chosen members of a range, both ends among them.
  private func thinned(_ range: Range<Int>, _ times: [Double], to count: Int) -> [Int] {
    guard range.count > count else { return Array(range) }
    let step = Double(range.count - 1) / Double(count - 1)
    return (0..<count).map { range.lowerBound + Int((Double($0) * step).rounded()) }
  }
}
