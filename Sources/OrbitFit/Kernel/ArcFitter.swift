import Astro
import Astrometry
import Dynamics

/// Fits orbits to arcs, one after the other, in buffers that it keeps: after the first few calls
/// nothing is allocated. One for each thread of work.
///
/// Observations are given as ``SightLine``s shared by all fits and the indices of those that
/// belong to the arc. The motion is two-body about the Sun; ``fitOrbit`` adds the planets.
public struct ArcFitter {
  public var options: FitOptions

  /// The arc's observations in the order of the members that were given; radar measurements after
  /// them.
  var sights: [SightLine] = []
  var radars: [RadarObservation] = []
  /// Days from the epoch of the unknowns.
  var days: [Double] = []
  /// Barycentric state of the object at each observation and its partials by the state at epoch.
  var objects: [StateVector] = []
  var transitions: [StateTransitionMatrix] = []
  /// Whitened equations of east and north: partials by the unknowns, observed minus computed in
  /// lane 6.
  var eastRows: [SIMD8<Double>] = []
  var northRows: [SIMD8<Double>] = []
  var used: [Bool] = []
  /// Observations by source and night, where each night ends, and the sources' fields, when errors
  /// have a part in common; else empty.
  var nightOrder: [Int] = []
  var nightEnds: [Int] = []
  var fields: [ErrorField] = []
  var apparitionCount = 0
  /// The night that counts as a blunder for the moment; −1: none.
  var wideNight = -1
  /// The field of each observation.
  var fieldOf: [Int] = []
  /// Scratch of ``reconsider(_:)``.
  var rejected: [Int] = []
  var recovered: [Int] = []

  var epoch = Epoch<TDB>(mjd: 0)
  var frame = TrackFrame(base: .zero, toward: Vector3(1, 0, 0))
  /// All forces, where the caller wants them in the end.
  var forces: PerturbedMotion?
  /// Set while the motion is under all forces; nil: about the Sun alone.
  var perturbed: PerturbedMotion?
  /// Whether ``transitions`` may be used again at a point nearby.
  var transitionsAreFresh = false
  /// Times of the observations, kept for the integrator.
  var epochs: [Epoch<TDB>] = []
  /// Other explanations of the arc: how far off they are and how much is to be said for them.
  var alternatives: [Alternative] = []
  /// Scratch of ``findStart()``.
  var candidates: [StartCandidate] = []
  var scan: [StartCandidate] = []
  /// The second best minimum that ``findStart()`` met, when it is nearly as good.
  var rival: StartCandidate?

  /// Places computed for the present arc, see ``FitOptions/placeLimit``.
  var placeCount = 0
  var isExhausted: Bool { placeCount > options.placeLimit }

  public init(options: FitOptions = FitOptions()) { self.options = options }

  var count: Int { sights.count }
  var usedCount: Int { used.reduce(0) { $0 + ($1 ? 1 : 0) } }
  /// Of the used observations: two of a direction, one of radar.
  var usedNumbers: Int {
    var sum = 0
    for k in sights.indices where used[k] { sum += sights[k].numbers }
    return sum
  }

  /// Takes the arc's observations in, all of them used, and puts the epoch on the one nearest to
  /// the middle of the arc.
  mutating func gather(_ all: [SightLine], _ members: Span<Int32>) {
    sights.removeAll(keepingCapacity: true)
    for k in members.indices { sights.append(all[Int(members[k])]) }
    prepare()
  }

  mutating func prepare() {
    let n = sights.count
    if objects.count < n {
      let still = StateVector(position: .zero, velocity: .zero)
      objects = [StateVector](repeating: still, count: 2 * n)
      transitions = [StateTransitionMatrix](
        repeating: StateTransitionMatrix(elements: InlineArray(repeating: 0)), count: 2 * n)
      eastRows = [SIMD8<Double>](repeating: .zero, count: 2 * n)
      northRows = eastRows
    }
    used.removeAll(keepingCapacity: true)
    for sight in sights { used.append(sight.isUsable) }
    setEpoch(atObservation: middleObservation())
    findFields()
  }

  /// Index of the direction nearest in time to the middle of the arc; of radar where there is none.
  func middleObservation() -> Int {
    guard let first = sights.first else { return 0 }
    let origin = first.observation.epoch
    var (low, high) = (0.0, 0.0)
    for k in sights.indices where used[k] && sights[k].isRadar == first.isRadar {
      let t = sights[k].observation.epoch.days(since: origin)
      low = min(low, t)
      high = max(high, t)
    }
    let middle = 0.5 * (low + high)
    var (best, distance) = (0, Double.infinity)
    for k in sights.indices where used[k] && sights[k].isRadar == first.isRadar {
      let d = abs(sights[k].observation.epoch.days(since: origin) - middle)
      if d < distance { (best, distance) = (k, d) }
    }
    return best
  }

  mutating func setEpoch(atObservation index: Int) {
    transitionsAreFresh = false
    guard index < sights.count else { return }
    let sight = sights[index]
    epoch = sight.observation.epoch
    frame = TrackFrame(
      base: sight.observation.observer.position - sight.observation.sun.position,
      toward: sight.direction)
    days.removeAll(keepingCapacity: true)
    for s in sights { days.append(s.observation.epoch.days(since: epoch)) }
    if perturbed != nil { epochs = sights.map { $0.observation.epoch } }
  }

  /// Time from the first to the last used observation [d].
  var arcDays: Double {
    var (low, high) = (Double.infinity, -Double.infinity)
    for k in sights.indices where used[k] {
      low = min(low, days[k])
      high = max(high, days[k])
    }
    return high > low ? high - low : 0
  }

  /// Number of different times among the used observations, up to `limit`.
  func distinctTimes(limit: Int = 4) -> Int {
    var found = 0
    for k in sights.indices where used[k] {
      var new = true
      for j in 0..<k where used[j] && abs(days[j] - days[k]) < 1e-8 {
        new = false
        break
      }
      if new { found += 1 }
      if found == limit { break }
    }
    return found
  }
}
