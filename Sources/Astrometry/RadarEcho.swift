public import Astro
public import Dynamics
import Foundation

@inline(__always)
func sineCosine(_ rad: Double) -> (sin: Double, cos: Double) { (sin(rad), cos(rad)) }

/// What a radar measurement of an object should give, and how it changes with the object's state.
///
/// The way down from the object at t − τ₁ to the receiver at t, and the way up from the transmitter
/// at t − τ₁ − τ₂, both barycentric; the Sun's delay of light on both (Shapiro 1964, PRL 13, 789);
/// clocks at the two stations that keep TT (Moyer 2000, JPL Monograph 2, 2-28): TDB − TT grows by
/// `clockRate` and by v_E · s / c² at a station s from the Earth's centre. The Doppler shift is
/// the exact derivative: f (dt₃/dt₁ − 1) with both retardations (Yeomans et al. 1992, AJ 103, 303).
///
/// - Accuracy: left out are the troposphere (below 0.05 µs above 20° of elevation), the solar
///   corona (0.1 µs at 2380 MHz within 20° of the Sun, a tenth of that at 8560 MHz) and the Earth's
///   own delay of light (0.001 µs).
public struct RadarEcho: Sendable {
  /// Computed delay [s] or Doppler shift [Hz].
  public let computed: Double
  /// Gradient by the object's barycentric state at reception [s/au, s d/au] or [Hz/au, Hz d/au].
  /// Of a Doppler shift's 2e-4 is left out: the transmitter turns while light needs longer.
  public let byPosition: Vector3
  public let byVelocity: Vector3
  /// Round-trip light time [d].
  public let roundTripDays: Double

  /// - Parameters:
  ///   - object: barycentric ICRF state at reception (not at the bounce) [au, au/d].
  public init(_ o: RadarObservation, object: StateVector) {
    let c = Constants.lightSpeedAUPerDay
    let down = PredictedPlace(object: object, sun: o.sun, observer: o.receiver)
    let bounce = StateVector(
      position: down.offset + o.receiver.position, velocity: down.retardedVelocity)
    var (sent, fromEarth) = o.transmitter.state(days: -2 * down.lightTimeDays)
    var upDays = down.lightTimeDays
    for _ in 0..<4 {
      upDays = (bounce.position - sent.position).norm / c
      (sent, fromEarth) = o.transmitter.state(days: -down.lightTimeDays - upDays)
    }
    let legs = RadarLegs(
      receiver: o.receiver, bounce: bounce, sent: sent, downDays: down.lightTimeDays,
      upDays: upDays)
    let shapiro = legs.shapiro(sun: o.sun)
    let roundTrip = down.lightTimeDays + upDays + shapiro.days
    roundTripDays = roundTrip
    let gradient: (position: Vector3, velocity: Vector3)
    switch o.quantity {
    case .delay:
      let sites = o.transmitter.earth.velocity.dot(
        o.receiverFromEarth.position - fromEarth.position)
      computed = (roundTrip * (1 - o.clockRate) - sites / (c * c)) * Constants.secondsPerDay
      gradient = (legs.delayByPlace * Constants.secondsPerDay, .zero)
    case .doppler:
      let sites = o.transmitter.earth.velocity.dot(
        o.receiverFromEarth.velocity - fromEarth.velocity)
      let ratio = legs.bounceRate * legs.sendRate
      computed = o.frequencyHz * (ratio * (1 + sites / (c * c)) - shapiro.rate - 1)
      let (byPlace, bySpeed) = legs.ratioByState
      gradient = (byPlace * o.frequencyHz, bySpeed * o.frequencyHz)
    }
    byPosition = gradient.position
    // The bounce is τ₁ before reception.
    byVelocity = gradient.velocity - gradient.position * down.lightTimeDays
  }
}

/// The two ways of an echo.
private struct RadarLegs {
  let receiver: StateVector
  let bounce: StateVector
  let sent: StateVector
  let downDays: Double
  let upDays: Double
  /// Unit vectors from the receiver and from the transmitter to the object.
  let down: Vector3
  let up: Vector3
  private let c = Constants.lightSpeedAUPerDay

  init(
    receiver: StateVector, bounce: StateVector, sent: StateVector, downDays: Double,
    upDays: Double
  ) {
    self.receiver = receiver
    self.bounce = bounce
    self.sent = sent
    self.downDays = downDays
    self.upDays = upDays
    down = (bounce.position - receiver.position).unit
    up = (bounce.position - sent.position).unit
  }

  private var downDrag: Double { c + down.dot(bounce.velocity) }
  private var upDrag: Double { c - up.dot(sent.velocity) }
  /// d(bounce)/d(reception): c (1 − b) = n · (v b − v_r).
  var bounceRate: Double { (c + down.dot(receiver.velocity)) / downDrag }
  /// d(sending)/d(bounce): c (1 − u) = m · (v − v_t u).
  var sendRate: Double { (c - up.dot(bounce.velocity)) / upDrag }

  /// Gradient of the round trip [d/au] by the object's place at the bounce.
  var delayByPlace: Vector3 {
    let first = down * (1 / downDrag)
    // The object is where it was a moment earlier when the way down gets longer.
    let place = up - down * (up.dot(bounce.velocity) / downDrag)
    let second = (place + first * up.dot(sent.velocity)) * (1 / upDrag)
    return first + second
  }

  /// Gradients of the product of both rates by the object's place and velocity at the bounce.
  var ratioByState: (place: Vector3, velocity: Vector3) {
    let (b, u) = (bounceRate, sendRate)
    func across(_ v: Vector3, _ n: Vector3) -> Vector3 { v - n * v.dot(n) }
    let bByPlace =
      across(receiver.velocity - bounce.velocity * b, down) * (1 / (downDays * c * downDrag))
    let uByPlace =
      across(sent.velocity * u - bounce.velocity, up) * (1 / (upDays * c * upDrag))
    return (
      bByPlace * u + uByPlace * b, down * (-b * u / downDrag) + up * (-b / upDrag)
    )
  }

  /// The Sun's delay of both ways [d] and its rate.
  func shapiro(sun: StateVector) -> (days: Double, rate: Double) {
    func relative(_ s: StateVector, _ days: Double) -> StateVector {
      StateVector(
        position: s.position - sun.position - sun.velocity * days,
        velocity: s.velocity - sun.velocity)
    }
    let top = relative(bounce, -downDays)
    let (first, firstRate) = Self.shapiro(relative(receiver, 0), top)
    let (second, secondRate) = Self.shapiro(top, relative(sent, -downDays - upDays))
    return (first + second, firstRate + secondRate)
  }

  /// 2 GM / c³ ln((r₁ + r₂ + ρ) / (r₁ + r₂ − ρ)) and its rate.
  private static func shapiro(_ a: StateVector, _ b: StateVector) -> (Double, Double) {
    let c = Constants.lightSpeedAUPerDay
    let size = 2 * PredictedPlace.sunGM / (c * c * c)
    func lengthAndRate(_ s: StateVector) -> (Double, Double) {
      let r = s.position.norm
      return (r, s.position.dot(s.velocity) / r)
    }
    let (ra, raRate) = lengthAndRate(a)
    let (rb, rbRate) = lengthAndRate(b)
    let (rho, rhoRate) = lengthAndRate(
      StateVector(position: b.position - a.position, velocity: b.velocity - a.velocity))
    let (sum, sumRate) = (ra + rb, raRate + rbRate)
    // A ray through the Sun's centre has no finite delay: that of its limb is the longest.
    let gap = max(sum - rho, 1e-5)
    return (
      size * log((sum + rho) / gap),
      size * ((sumRate + rhoRate) / (sum + rho) - (sumRate - rhoRate) / gap)
    )
  }
}
