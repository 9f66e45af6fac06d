import Astro

/// Looks through a finished step for passages of the Sun, the planets, Pluto and the Moon, and for
/// impacts on them.
///
/// A step that holds a passage is short: the mass shows in the accelerations from far away. It is
/// enough to look closer where a node lies near a mass.
struct ApproachWatch {
  let force: ForceModel
  let table: PerturberTable
  let step: RadauStep
  let radau: RadauTables
  let ephemeris: Ephemeris

  /// Mean or equatorial radii [km] by ``Body``'s raw value (IAU Working Group 2015).
  static let radiiKm: [Double] = [
    695_700, 2_439.7, 6_051.8, 6_378.137, 1_737.4, 3_396.19, 71_492, 60_268, 25_559, 24_764,
    1_188.3,
  ]

  /// - Parameter limit: passages within it are added to `approaches` [au].
  /// - Returns: the first impact.
  func passages(limit: Double, into approaches: inout [CloseApproach]) -> CloseApproach? {
    var first: CloseApproach?
    for (index, radiusKm) in ApproachWatch.radiiKm.enumerated() where force.gm(index) > 0 {
      let radius = radiusKm / Constants.auKm
      // The nearest point may lie between nodes: a step seldom covers more than its distance.
      let reach = max(3 * limit, 20 * radius, 0.01)
      guard let body = Body(rawValue: UInt8(index)) else { continue }
      if body == .sun {
        // The conic knows how near it comes; a step may hold a whole perihelion passage.
        guard step.reference.perihelion < max(limit, 2 * radius) else { continue }
      } else {
        let nodes = step.positions - table.position(index)
        guard nodes.squaredNorm.min() < reach * reach else { continue }
      }
      let (passages, impact) = search(body, radius, limit)
      approaches += passages
      if let impact {
        let sooner = first.map {
          abs(impact.time.days(since: step.start)) < abs($0.time.days(since: step.start))
        }
        if sooner ?? true { first = impact }
      }
    }
    if let first {
      let end = abs(first.time.days(since: step.start))
      approaches.removeAll {
        let days = $0.time.days(since: step.start)
        return days * step.days > 0 && abs(days) > end
      }
    }
    return first
  }

  private static let samples = 32

  private func search(
    _ body: Body, _ radius: Double, _ limit: Double
  ) -> (passages: [CloseApproach], impact: CloseApproach?) {
    var found: [CloseApproach] = []
    guard var before = approach(body, 0) else { return ([], nil) }
    if before.distance < radius { return ([], made(body, 0, before)) }
    for k in 1...ApproachWatch.samples {
      let fraction = Double(k) / Double(ApproachWatch.samples)
      let earlier = Double(k - 1) / Double(ApproachWatch.samples)
      guard let now = approach(body, fraction) else { break }
      if before.closing, !now.closing {
        let nearest = bisect(body, earlier, fraction) { $0.closing }
        if let nearest, nearest.value.distance < radius {
          let surface = bisect(body, earlier, nearest.fraction) { $0.distance > radius }
          return (found, surface.map { made(body, $0.fraction, $0.value) })
        }
        if let nearest, nearest.value.distance < limit {
          found.append(made(body, nearest.fraction, nearest.value))
        }
      } else if now.distance < radius {
        let surface = bisect(body, earlier, fraction) { $0.distance > radius }
        return (found, surface.map { made(body, $0.fraction, $0.value) })
      }
      before = now
    }
    return (found, nil)
  }

  private typealias Relative = (distance: Double, speed: Double, closing: Bool)

  private func made(_ body: Body, _ fraction: Double, _ value: Relative) -> CloseApproach {
    CloseApproach(
      body: body, time: step.start.adding(days: fraction * step.days),
      distanceAU: value.distance, speed: value.speed)
  }

  /// Relative to the body at a fraction of the step; closing in the direction of the step.
  private func approach(_ body: Body, _ fraction: Double) -> Relative? {
    let elapsed = fraction * step.days
    guard
      let other = try? ephemeris.state(of: body, at: step.start.adding(days: elapsed))
    else { return nil }
    let d = step.state(after: elapsed, radau: radau) - other
    return (
      d.position.norm, d.velocity.norm, d.position.dot(d.velocity) * step.days < 0
    )
  }

  /// Where a condition that holds at `low` ceases to hold, to 1e-15 of the step.
  private func bisect(
    _ body: Body, _ low: Double, _ high: Double, _ holds: (Relative) -> Bool
  ) -> (fraction: Double, value: Relative)? {
    var (low, high) = (low, high)
    for _ in 0..<45 {
      let middle = 0.5 * (low + high)
      guard let value = approach(body, middle) else { return nil }
      if holds(value) { low = middle } else { high = middle }
    }
    return approach(body, high).map { (high, $0) }
  }
}
