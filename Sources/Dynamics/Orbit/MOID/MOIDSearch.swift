import Astro

/// Branch and bound over pairs of arcs of two conics (see ``MOID``).
struct MOIDSearch {
  private(set) var first: ConicArcs
  private(set) var second: ConicArcs
  /// Nearest points found so far.
  private var best = (distance: Double.infinity, s1: 0.0, s2: 0.0)
  /// The least distance is no larger than this.
  private var upper = Double.infinity
  private var pairs: [Pair] = []

  /// What remains undecided is closer together than this [au].
  static let tolerance = 1e-9
  private static let count = 16

  private struct Pair {
    var first: Int32
    var second: Int32
    /// Least distance that the arcs may have.
    var lower: Double
  }

  init(_ orbit: KeplerianElements, _ other: KeplerianElements) {
    first = ConicArcs(orbit)
    second = ConicArcs(other)
    // No point farther out than the other orbit and the perihelia's distance can be the nearest.
    let gap = (first.motion(0).p - second.motion(0).p).norm
    first.cut(within: second.aphelion + gap, into: Self.count)
    second.cut(within: first.aphelion + gap, into: Self.count)
  }

  mutating func minimum() -> (distance: Double, s1: Double, s2: Double) {
    for i in first.arcs.indices {
      for j in second.arcs.indices {
        pairs.append(Pair(first: Int32(i), second: Int32(j), lower: 0))
      }
    }
    while true {
      let nearest = bound()
      improve(nearest)
      if first.bulge + second.bulge < Self.tolerance { return best }
      split()
      if pairs.isEmpty { return best }
    }
  }

  /// Finds the bounds of all pairs, and drops those that can't hold the least distance.
  ///
  /// - Returns: where the chords come nearest.
  private mutating func bound() -> (s1: Double, s2: Double) {
    let slack = first.bulge + second.bulge
    var least = Double.infinity
    var nearest = (s1: 0.0, s2: 0.0)
    var kept = 0
    for k in pairs.indices {
      var pair = pairs[k]
      let a = first.arcs[Int(pair.first)]
      let b = second.arcs[Int(pair.second)]
      let chords = Self.distance(a.start, a.end, b.start, b.end)
      if chords.squared < least {
        least = chords.squared
        nearest = (a.s + chords.t1 * first.step, b.s + chords.t2 * second.step)
      }
      // Compared as squares: the root is needed only for those that stay.
      let limit = upper - Self.tolerance + slack
      guard chords.squared < limit * limit else { continue }
      pair.lower = chords.squared.squareRoot() - slack
      upper = min(upper, pair.lower + 2 * slack)
      pairs[kept] = pair
      kept += 1
    }
    pairs.removeSubrange(kept...)
    return nearest
  }

  /// Descends from a place to the minimum below it, unless it is the one that is known.
  private mutating func improve(_ start: (s1: Double, s2: Double)) {
    if best.distance.isFinite,
      abs(first.bounded(start.s1 - best.s1)) < 2 * first.step,
      abs(second.bounded(start.s2 - best.s2)) < 2 * second.step, best.distance <= upper
    {
      return
    }
    let found = descend(start.s1, start.s2)
    if found.distance < best.distance { best = found }
    upper = min(upper, best.distance)
  }

  /// Replaces each pair by those of its arcs' halves; of arcs much finer than the others' only the
  /// others are halved.
  private mutating func split() {
    let (bulge1, bulge2) = (first.bulge, second.bulge)
    let splitsFirst = bulge1 * 4 > bulge2
    let splitsSecond = bulge2 * 4 > bulge1
    var next: [Pair] = []
    next.reserveCapacity(4 * pairs.count)
    for pair in pairs where pair.lower < upper - Self.tolerance {
      let i = splitsFirst ? first.split(pair.first) : pair.first
      let j = splitsSecond ? second.split(pair.second) : pair.second
      for di in 0..<(splitsFirst ? Int32(2) : 1) {
        for dj in 0..<(splitsSecond ? Int32(2) : 1) {
          next.append(Pair(first: i + di, second: j + dj, lower: 0))
        }
      }
    }
    pairs = next
    if splitsFirst { first.descend() }
    if splitsSecond { second.descend() }
  }

  /// Newton's method on half the squared distance, damped where it does not descend.
  private func descend(_ s1: Double, _ s2: Double) -> (distance: Double, s1: Double, s2: Double) {
    var (s1, s2) = (first.bounded(s1), second.bounded(s2))
    var a = first.motion(s1)
    var b = second.motion(s2)
    var square = (a.p - b.p).squaredNorm
    var damping = 0.0
    for _ in 0..<60 {
      let d = a.p - b.p
      let (g1, g2) = (d.dot(a.d1), -d.dot(b.d1))
      let (n1, n2) = (a.d1.squaredNorm, b.d1.squaredNorm)
      let h12 = -a.d1.dot(b.d1)
      let h11 = n1 * (1 + damping) + d.dot(a.d2)
      let h22 = n2 * (1 + damping) - d.dot(b.d2)
      let det = h11 * h22 - h12 * h12
      guard h11 > 0, det > 1e-14 * n1 * n2 else {
        damping = max(2 * damping, 0.01)
        if damping > 1e6 { break }
        continue
      }
      let t1 = first.bounded(s1 - (h22 * g1 - h12 * g2) / det)
      let t2 = second.bounded(s2 - (h11 * g2 - h12 * g1) / det)
      let nextA = first.motion(t1)
      let nextB = second.motion(t2)
      let nextSquare = (nextA.p - nextB.p).squaredNorm
      guard nextSquare < square else {
        // At rounding nothing descends any more.
        if (nextA.p - a.p).squaredNorm + (nextB.p - b.p).squaredNorm < 1e-26 { break }
        damping = max(4 * damping, 0.01)
        if damping > 1e6 { break }
        continue
      }
      let moved = (nextA.p - a.p).squaredNorm + (nextB.p - b.p).squaredNorm
      (s1, s2, a, b, square) = (t1, t2, nextA, nextB, nextSquare)
      damping = damping < 1e-3 ? 0 : 0.1 * damping
      if moved < 1e-24 { break }
    }
    return (square.squareRoot(), s1, s2)
  }

  /// Least squared distance of the segments a…b and c…d, and where on them (0…1) it is.
  @inline(__always)
  private static func distance(
    _ a: Vector3, _ b: Vector3, _ c: Vector3, _ d: Vector3
  ) -> (squared: Double, t1: Double, t2: Double) {
    let (u, v, w) = (b - a, d - c, a - c)
    let (uu, uv, vv) = (u.squaredNorm, u.dot(v), v.squaredNorm)
    let (uw, vw) = (u.dot(w), v.dot(w))
    let det = uu * vv - uv * uv
    // Of parallel segments any start will do; the clamping finds the rest.
    var t1 = det > 1e-14 * uu * vv ? min(max((uv * vw - vv * uw) / det, 0), 1) : 0
    var t2 = (uv * t1 + vw) / vv
    if t2 < 0 {
      t2 = 0
      t1 = min(max(-uw / uu, 0), 1)
    } else if t2 > 1 {
      t2 = 1
      t1 = min(max((uv - uw) / uu, 0), 1)
    }
    return ((w + u * t1 - v * t2).squaredNorm, t1, t2)
  }
}
