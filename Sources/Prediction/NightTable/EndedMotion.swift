import Astro
import Dynamics

/// An orbit whose motion ends before the night is over, as a table keeps it: how, and the orbit
/// itself, to say which fields it would have been in.
struct EndedMotion: Sendable {
  var object: Int
  var verdict: Propagation.Verdict
  var orbit: Orbit

  init(object: Int, verdict: Propagation.Verdict, orbit: Orbit) {
    self.object = object
    self.verdict = verdict
    self.orbit = orbit
  }

  private enum Kind: Int64 {
    case impact = 1
    case outsideEphemeris, stalled, notFinite
  }

  /// 17 numbers: object, kind, body, origin; time (2), distance, speed; epoch (2), state (6).
  func store(_ memory: TableMemory, at offset: Int) {
    var kind = Kind.notFinite
    var body: Int64 = 0
    var time = orbit.epoch
    var distance = 0.0
    var speed = 0.0
    switch verdict {
    case .impact(let impact):
      kind = .impact
      body = Int64(impact.body.rawValue)
      (time, distance, speed) = (impact.time, impact.distanceAU, impact.speed)
    case .outsideEphemeris(let epoch): (kind, time) = (.outsideEphemeris, epoch)
    case .stalled(let epoch): (kind, time) = (.stalled, epoch)
    case .notFinite, .complete: break
    }
    let origin: Int64 = orbit.origin == .sun ? 0 : 1
    for (k, value) in [Int64(object), kind.rawValue, body, origin].enumerated() {
      memory.store(value, at: offset + 8 * k)
    }
    let (p, v) = (orbit.state.position, orbit.state.velocity)
    let numbers = [
      time.day, time.fraction, distance, speed, orbit.epoch.day, orbit.epoch.fraction, p.x, p.y,
      p.z, v.x, v.y, v.z,
    ]
    for (k, value) in numbers.enumerated() { memory.store(value, at: offset + 32 + 8 * k) }
  }

  /// Nil for a record that no builder writes.
  init?(_ memory: TableMemory, at offset: Int, objectCount: Int) {
    func whole(_ k: Int) -> Int64 { memory.load(Int64.self, at: offset + 8 * k) }
    func number(_ k: Int) -> Double { memory.load(Double.self, at: offset + 8 * k) }
    let time = Epoch<TDB>(mjdDay: number(4), fraction: number(5))
    switch Kind(rawValue: whole(1)) {
    case .impact:
      guard let raw = UInt8(exactly: whole(2)), let body = Body(rawValue: raw) else { return nil }
      verdict = .impact(
        CloseApproach(body: body, time: time, distanceAU: number(6), speed: number(7)))
    case .outsideEphemeris: verdict = .outsideEphemeris(time)
    case .stalled: verdict = .stalled(time)
    case .notFinite: verdict = .notFinite
    case nil: return nil
    }
    guard (0..<Int64(objectCount)).contains(whole(0)) else { return nil }
    object = Int(whole(0))
    orbit = Orbit(
      epoch: Epoch(mjdDay: number(8), fraction: number(9)),
      state: StateVector(
        position: Vector3(number(10), number(11), number(12)),
        velocity: Vector3(number(13), number(14), number(15))),
      origin: whole(3) == 0 ? .sun : .solarSystemBarycenter)
  }

  /// When the motion ended.
  private var end: Epoch<TDB> {
    switch verdict {
    case .impact(let impact): impact.time
    case .outsideEphemeris(let epoch), .stalled(let epoch): epoch
    case .notFinite, .complete: orbit.epoch
    }
  }

  /// Whether a moment lies beyond the end, seen from the orbit's epoch.
  func isOver(at epoch: Epoch<TDB>) -> Bool {
    if case .notFinite = verdict { return true }
    return end >= orbit.epoch ? epoch > end : epoch < end
  }
}
