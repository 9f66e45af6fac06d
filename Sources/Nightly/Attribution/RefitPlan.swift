import Catalog
import Dynamics

/// Whose orbits a night's detections can improve, and how.
struct RefitPlan: Sendable {
  enum Way: Sendable {
    /// The orbit stays.
    case none
    /// Our own fit is made again.
    case again
    /// The orbit known elsewhere, this one, is improved by all detections that the object has here.
    case improve(OrbitSolution)
    /// An orbit known elsewhere, of which nobody knows how good it is, makes room for our own when
    /// that has the longer arc.
    case replace
  }

  /// By object that got detections.
  let ways: [Way]

  /// An orbit is improved when a variance of its place becomes less by a fifth at least: its
  /// standard deviation by a tenth. Four detections of 0.1″ tell nothing of a place known to 0.01″.
  static let leastGain = 0.25
  /// Of two nights and more.
  static let leastDetections = 3

  /// - Parameters:
  ///   - chosen: by object, what it gets.
  ///   - newestMjdTai: the last of the detections.
  init(
    _ chosen: [[Pairing]], _ objects: [KnownObject], newestMjdTai: Double, _ catalog: Catalog
  ) throws(CatalogError) {
    let others = chosen.map { objects[$0[0].object] }.filter { !$0.isOwn }
    let spans = try catalog.observedSpans(
      ofObjects: others.map(\.id),
      after: Dictionary(
        others.filter { $0.priorSolutionId != nil }.compactMap { object in
          object.heldUntilMjdTai.map { (object.id, $0) }
        }, uniquingKeysWith: max))
    var improved: [Int64] = []
    for pairings in chosen {
      let object = objects[pairings[0].object]
      if let prior = object.priorSolutionId,
        Self.gains(object, pairings, newestMjdTai, spans[object.id])
      {
        improved.append(prior)
      }
    }
    let priors = try catalog.solutions(numbered: improved)
    ways = chosen.map { pairings in
      let object = objects[pairings[0].object]
      if object.isOwn { return .again }
      guard let prior = object.priorSolutionId else {
        return Self.isLonger(object, pairings.count, newestMjdTai, spans[object.id])
          ? .replace : .none
      }
      return priors[prior].map { .improve($0) } ?? .none
    }
  }

  func refits(_ index: Int) -> Bool {
    if case .none = ways[index] { return false }
    return true
  }

  /// Whether detections say enough, with those of before that the orbit in force has not in it. One
  /// night alone decides nothing: a stranger that was taken for the object would take the orbit
  /// along, and the object's own detections would look like strangers from then on.
  private static func gains(
    _ object: KnownObject, _ pairings: [Pairing], _ newestMjdTai: Double, _ span: ObservedSpan?
  ) -> Bool {
    if let until = object.heldUntilMjdTai, newestMjdTai <= until { return false }
    guard let span, span.count + pairings.count >= leastDetections,
      max(span.lastMjdTai, newestMjdTai) - min(span.firstMjdTai, newestMjdTai) > 0.5
    else { return false }
    let tonight = pairings.reduce(0) { $0 + $1.gain }
    let waiting = Double(max(0, span.count - object.improvedBy))
    return tonight * (1 + waiting / Double(pairings.count)) >= leastGain
  }

  /// Whether our own detections span more time than those of the orbit that came without a
  /// covariance, or as much with as many of them; where that says nothing of them it stays.
  private static func isLonger(
    _ object: KnownObject, _ new: Int, _ newestMjdTai: Double, _ span: ObservedSpan?
  ) -> Bool {
    let quality = object.orbit.quality
    guard let span,
      let arc = quality.arcDays
        ?? quality.oppositionCount.map({ 365.25 * Double(max(0, $0 - 1)) })
    else { return false }
    let own = max(span.lastMjdTai, newestMjdTai) - span.firstMjdTai
    let count = quality.observationsUsed ?? quality.observationCount ?? .max
    return own > arc + 1 || (abs(own - arc) <= 1 && span.count + new >= count)
  }
}
