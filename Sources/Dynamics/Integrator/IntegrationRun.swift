import Astro
import Foundation

/// One integration in one direction of time.
struct IntegrationRun {
  let force: ForceModel
  let tables: PerturberTables
  let epoch: Epoch<TDB>
  let options: Propagator.Options
  /// The Sun at the epoch, barycentric.
  private let sun: StateVector
  private let radau = RadauTables.shared

  /// Days since the epoch, and the barycentric state there.
  private var elapsed = 0.0
  private var state: StateVector
  private var transition = StateTransitionMatrix.identity
  private var partials = ForcePartials.zero

  /// Below this a step does not move time on. [d]
  private static let shortestStep = 1e-8
  /// Longest first step [d]; later ones may grow threefold at a time.
  private static let longestFirstStep = 200.0

  init(
    force: ForceModel, tables: PerturberTables, epoch: Epoch<TDB>, start: StateVector,
    sun: StateVector, options: Propagator.Options
  ) {
    self.force = force
    self.tables = tables
    self.epoch = epoch
    self.options = options
    self.sun = sun
    state = start
  }

  /// - Parameter targets: epochs by index and days since the orbit's epoch, all of one sign,
  ///   nearest first.
  mutating func integrate(to targets: [(index: Int, days: Double)], into result: inout Propagation)
  {
    var next = 0
    while next < targets.count, targets[next].days == 0 {
      store(targets[next].index, state, transition, partials, &result)
      next += 1
    }
    guard next < targets.count else { return }
    let last = targets[targets.count - 1].days
    let direction = last > 0 ? 1.0 : -1.0
    var length = firstStep()
    while next < targets.count {
      let remaining = abs(last - elapsed)
      // Equal steps to the end: no short one is left over, and orbits share more of them.
      let days = direction * remaining / max(1, (remaining / length).rounded(.up))
      guard abs(days) >= IntegrationRun.shortestStep || abs(days) == remaining else {
        return stop(.stalled(epoch.adding(days: elapsed)), &result)
      }
      guard let table = tables.table(start: epoch.adding(days: elapsed), days: days) else {
        return stop(.outsideEphemeris(epoch.adding(days: elapsed)), &result)
      }
      guard let step = RadauStep(force, table, state: state, radau: radau) else {
        result.rejectedCount += 1
        length = abs(days) / 3
        continue
      }
      // The highest term goes with the ninth power of the step. With less slack than a fifth more
      // steps would be taken twice than are saved.
      let growth = 0.8 * pow(options.tolerance / max(step.error, 1e-300), 1.0 / 9)
      if growth < 0.8 {
        result.rejectedCount += 1
        length = abs(days) * max(growth, 0.1)
        continue
      }
      let finished = remaining <= abs(days)
      let reach = finished ? last : elapsed + days
      let watch = ApproachWatch(
        force: force, table: table, step: step, radau: radau, ephemeris: tables.ephemeris)
      let impact = watch.passages(limit: options.approachLimitAU, into: &result.approaches)
      let horizon = impact.map { abs($0.time.days(since: epoch)) } ?? .infinity
      let variation =
        options.transitions
        ? StepTransition(step, force, table, withForces: options.forcePartials, radau: radau) : nil
      while next < targets.count, abs(targets[next].days) <= abs(reach),
        abs(targets[next].days) <= horizon
      {
        output(targets[next], finished, last, step, variation, &result)
        next += 1
      }
      if let impact { return stop(.impact(impact), &result) }
      advance(step, variation)
      elapsed = reach
      result.stepCount += 1
      length = abs(days) * min(growth, 3)
      guard state.position.isFinite else {
        return stop(.stalled(epoch.adding(days: elapsed)), &result)
      }
    }
  }

  /// A third of a radian or so along the orbit: what a step of an undisturbed orbit can bear.
  private func firstStep() -> Double {
    let r = (state.position - sun.position).norm
    return min(
      0.35 * (r * r * r / force.constants.gm[0]).squareRoot(), IntegrationRun.longestFirstStep)
  }

  private mutating func advance(_ step: RadauStep, _ variation: StepTransition?) {
    state = step.end
    guard let variation else { return }
    let matrix = variation.transition(after: step.days, radau: radau)
    transition = matrix * transition
    if options.forcePartials {
      partials = IntegrationRun.carry(
        partials, matrix, variation.forcePartials(after: step.days, radau: radau))
    }
  }

  private func output(
    _ target: (index: Int, days: Double), _ finished: Bool, _ last: Double, _ step: RadauStep,
    _ variation: StepTransition?, _ result: inout Propagation
  ) {
    let atEnd = finished && target.days == last
    let inside = atEnd ? step.days : target.days - elapsed
    let state = atEnd ? step.end : step.state(after: inside, radau: radau)
    guard let variation else {
      return store(target.index, state, transition, partials, &result)
    }
    let matrix = variation.transition(after: inside, radau: radau)
    let carried =
      options.forcePartials
      ? IntegrationRun.carry(
        partials, matrix, variation.forcePartials(after: inside, radau: radau)) : partials
    store(target.index, state, matrix * transition, carried, &result)
  }

  private func store(
    _ index: Int, _ state: StateVector, _ transition: StateTransitionMatrix,
    _ partials: ForcePartials, _ result: inout Propagation
  ) {
    result.states[index] = state
    if options.transitions { result.transitions[index] = transition }
    if options.forcePartials { result.forcePartials[index] = partials }
  }

  private static func carry(
    _ before: ForcePartials, _ matrix: StateTransitionMatrix, _ added: ForcePartials
  ) -> ForcePartials {
    var sum = added
    for k in 0..<3 { sum.columns[k] = sum.columns[k] + matrix * before.columns[k] }
    return sum
  }

  private func stop(_ verdict: Propagation.Verdict, _ result: inout Propagation) {
    if result.verdict == .complete { result.verdict = verdict }
  }
}
