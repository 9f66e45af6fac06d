import Astro
import Astrometry
import Dynamics

extension ArcFitter {
  /// Distances that are tried [au]: steps of a third of an octave near the Earth's neighbourhood
  /// and the main belt, wider beyond.
  private static let firstDistance = 0.004
  private static let ratio = 1.45
  private static let distanceCount = 28  // the last one is 91 au

  /// Finds an orbit near all observations without being given one: Gauss' method on several
  /// triplets, and a scan of the distance with the other five unknowns fitted to the whole arc at
  /// each (they are nearly linear there; the method is Väisälä's and Herget's in these unknowns).
  /// Every candidate is led on by the whole arc; the least sum of squares with the population
  /// prior wins.
  ///
  /// - Returns: unknowns at ``epoch``; nil when no orbit comes near.
  mutating func findStart() -> SIMD8<Double>? {
    candidates.removeAll(keepingCapacity: true)
    scanDistances()
    addGaussCandidates()
    candidates.sort { $0.cost < $1.cost }
    var terms = FitTerms()
    terms.prior = options.prior
    terms.robustLimit = FitTerms.robustStart
    var best: StartCandidate?
    rival = nil
    var tried = 0
    for candidate in candidates.prefix(12) where !isExhausted {
      // A candidate far worse than what is reached already leads elsewhere at best.
      if let best, tried >= 2, candidate.cost > 50 * (best.cost + Double(count)) { continue }
      if let m = minimise(candidate.parameters, terms, budget: 15, tolerance: 1e-3) {
        tried += 1
        let found = StartCandidate(parameters: m.parameters, cost: m.linearisation.cost)
        guard let leader = best else {
          best = found
          continue
        }
        let loser = found.cost < leader.cost ? leader : found
        if found.cost < leader.cost { best = found }
        // The same minimum reached twice is no rival.
        if abs(found.parameters[2] / leader.parameters[2] - 1) > 0.03,
          loser.cost < rival?.cost ?? .infinity
        {
          rival = loser
        }
      }
      if tried == 4 { break }
    }
    if let r = rival, let best, r.cost > best.cost + ArcFitter.rivalMargin { rival = nil }
    return best?.parameters
  }

  /// Adds the local minima of the sum of squares along the distance to ``candidates``.
  private mutating func scanDistances() {
    guard let ends = outermostObservations() else { return }
    var terms = FitTerms(prior: true, distanceFixed: true)
    terms.robustLimit = FitTerms.robustStart
    scan.removeAll(keepingCapacity: true)
    var distance = ArcFitter.firstDistance
    var last: Minimum?
    for _ in 0..<ArcFitter.distanceCount {
      let p = last.map { follow($0, to: 1 / distance) } ?? guess(distance: distance, ends: ends)
      last = minimise(p, terms, budget: last == nil ? 6 : 2, tolerance: 1)
      scan.append(
        StartCandidate(
          parameters: last?.parameters ?? p, cost: last?.linearisation.cost ?? .infinity))
      distance *= ArcFitter.ratio
    }
    // A minimum's neighbours come too: two minima may stand in one gap of the scan.
    func cost(_ k: Int) -> Double { scan.indices.contains(k) ? scan[k].cost : .infinity }
    func isMinimum(_ k: Int) -> Bool { cost(k) <= cost(k - 1) && cost(k) <= cost(k + 1) }
    for k in scan.indices where scan[k].cost.isFinite {
      if isMinimum(k) || isMinimum(k - 1) || isMinimum(k + 1) { candidates.append(scan[k]) }
    }
  }

  /// The best unknowns at another distance, in first order: the other five give way.
  private func follow(_ minimum: Minimum, to gamma: Double) -> SIMD8<Double> {
    var triangle = minimum.linearisation.triangle
    let step = gamma - minimum.parameters[2]
    for k in 0...2 { triangle.rows[k][Triangle.rightHandSide] -= triangle.rows[k][2] * step }
    triangle.fix(2)
    var p = minimum.parameters + triangle.solution()
    p[2] = gamma
    p[Triangle.rightHandSide] = 0
    return p
  }

  private func outermostObservations() -> (first: Int, last: Int)? {
    var (first, last) = (-1, -1)
    for k in 0..<count where used[k] {
      if first < 0 || days[k] < days[first] { first = k }
      if last < 0 || days[k] > days[last] { last = k }
    }
    return first >= 0 && days[last] > days[first] ? (first, last) : nil
  }

  /// Unknowns for a distance: the motion across the line of sight from the outermost
  /// observations, none along the radius from the Sun where that is seen well enough.
  private func guess(distance: Double, ends: (first: Int, last: Int)) -> SIMD8<Double> {
    func place(_ k: Int) -> Vector3 {
      let o = sights[k].observation
      return o.observer.position - o.sun.position + sights[k].direction * distance
    }
    let span = days[ends.last] - days[ends.first]
    let chord = (place(ends.last) - place(ends.first)) / span
    let here = frame.base + frame.u * distance
    let r = here.norm
    // The chord cuts the Sun's pull: that is across the sight too, but second order about the
    // middle of the arc.
    let across = frame.e1 * chord.dot(frame.e1) + frame.e2 * chord.dot(frame.e2)
    let slant = frame.u.dot(here) / r
    let circular = (GravitationalParameter.sun / r).squareRoot()
    var along = abs(slant) > 0.3 ? -across.dot(here) / r / slant : 0
    along = max(-circular, min(circular, along))
    let velocity = across + frame.u * along
    let g = 1 / distance
    return SIMD8(
      0, 0, g, velocity.dot(frame.e1) * g, velocity.dot(frame.e2) * g, velocity.dot(frame.u) * g,
      0, 0)
  }
}

extension FitTerms {
  /// Far from the minimum, and with outliers still in, residuals count linearly beyond this.
  static let robustStart = 4.0
}

/// A point to begin from, and the sum of squares there.
struct StartCandidate {
  var parameters: SIMD8<Double>
  var cost: Double
}
