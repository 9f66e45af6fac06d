import Astro
import Astrometry
import Dynamics

/// The eight pieces of a block at one moment, as one observer sees them: the arithmetic of
/// ``PredictedPlace``, on eight objects at a time.
struct BlockPlaces {
  /// As in ``PredictedPlace``.
  var offset: Lanes3
  var offsetRate: Lanes3
  var heliocentric: Lanes3
  var velocity: Lanes3
  var lightTime: Lanes
  var range: Lanes
  /// From the middle of the piece to the moment when the light left [d].
  var fromMiddle: Lanes
  /// Lanes whose piece holds the moment.
  var valid: SIMDMask<SIMD8<Int64>>

  /// - Parameters:
  ///   - at: offset of the block.
  ///   - fraction: the moment, in units of the night.
  ///   - days: length of the night [d].
  @inline(__always)
  init(
    _ memory: TableMemory, _ at: Int, fraction: Double, days: Double, moment: Predictor.Moment
  ) {
    var middle = Lanes(repeating: 0.5)
    var half = Lanes(repeating: 0.5)
    let codes = memory.load(SIMD8<UInt16>.self, at: at + BlockLayout.span)
    let used = memory.load(UInt8.self, at: at + BlockLayout.laneMask)
    var valid = SIMDMask<SIMD8<Int64>>(repeating: true)
    if codes != SIMD8(repeating: 1) {
      for lane in 0..<8 where codes[lane] != 1 {
        // Lanes not in use have code 0; their place is reckoned and thrown away.
        let span = PieceSpan(code: max(1, codes[lane]))
        let (m, h) = span.middleAndHalf
        middle[lane] = m
        half[lane] = h
        valid[lane] =
          used >> UInt8(lane) & 1 == 1 && fraction >= m - h
          && (fraction < m + h || (fraction == 1 && m + h == 1))
      }
    }
    let x = (fraction - middle) / half
    let scale = 1 / (half * days)
    @inline(__always)
    func axis(_ k: Int) -> (place: Lanes, speed: Lanes) {
      let c0 = memory.load(Lanes.self, at: at + BlockLayout.c0 + 64 * k)
      let c1 = memory.load(Lanes.self, at: at + BlockLayout.c1 + 64 * k)
      @inline(__always)
      func high(_ order: Int) -> Lanes {
        Lanes(
          memory.load(
            SIMD8<Float>.self, at: at + BlockLayout.higher + 96 * (order - 2) + 32 * k))
      }
      let (c2, c3, c4) = (high(2), high(3), high(4))
      var place: Lanes = c3 + x * c4
      place = c2 + x * place
      place = c1 + x * place
      place = c0 + x * place
      var speed: Lanes = 3 * c3 + x * (4 * c4)
      speed = 2 * c2 + x * speed
      speed = c1 + x * speed
      return (place, speed * scale)
    }
    let (px, py, pz) = (axis(0), axis(1), axis(2))
    self.init(
      Lanes3(px.place, py.place, pz.place), Lanes3(px.speed, py.speed, pz.speed), moment, valid)
    fromMiddle = x * half * days - lightTime
  }

  /// Light time and all that hangs on it.
  @inline(__always)
  private init(
    _ position: Lanes3, _ speed: Lanes3, _ moment: Predictor.Moment,
    _ valid: SIMDMask<SIMD8<Int64>>
  ) {
    let c = Constants.lightSpeedAUPerDay
    let fromSun = position - Lanes3(moment.sun.position)
    let relative = speed - Lanes3(moment.sun.velocity)
    let r2 = fromSun.squaredNorm
    let pull = PredictedPlace.sunGM / (r2 * r2.squareRoot())
    let acceleration = fromSun * (-pull)
    let jerk = (fromSun * (3 * fromSun.dot(relative) / r2) - relative) * pull
    let geometric = position - Lanes3(moment.observer.position)
    var tau = geometric.squaredNorm.squareRoot() * (1 / c)
    var offset = geometric
    for _ in 0..<3 {
      offset =
        geometric - (speed - (acceleration - jerk * (tau * (1.0 / 3))) * (0.5 * tau)) * tau
      tau = offset.squaredNorm.squareRoot() * (1 / c)
    }
    let velocity = speed - (acceleration - jerk * (0.5 * tau)) * tau
    let range = tau * c
    let sight = offset * (1 / range)
    let tauRate =
      sight.dot(velocity - Lanes3(moment.observer.velocity)) / (c + sight.dot(velocity))
    self.offset = offset
    self.offsetRate = velocity * (1 - tauRate) - Lanes3(moment.observer.velocity)
    self.heliocentric =
      offset + Lanes3(moment.observer.position - moment.sun.position)
      + Lanes3(moment.sun.velocity) * tau
    self.velocity = velocity
    self.lightTime = tau
    self.range = range
    self.valid = valid
    fromMiddle = .zero
  }

  /// Apparent V by H and G (``Photometry``); not a number where there is no H.
  @inline(__always)
  func magnitudes(_ memory: TableMemory, _ at: Int) -> Lanes {
    let absolute = Lanes(memory.load(SIMD8<Float>.self, at: at + BlockLayout.magnitude))
    let slope = SIMD8<Float>(memory.load(SIMD8<Int16>.self, at: at + BlockLayout.slope)) * 1e-4
    let r = heliocentric.squaredNorm.squareRoot()
    // tan²(α/2), by |a − b|² and |a + b|² of the unit vectors: no digits are lost at opposition.
    let a = heliocentric * (1 / r)
    let b = offset * (1 / range)
    let near = (a - b).squaredNorm
    let far = (a + b).squaredNorm
    var ratio = near / far
    ratio.replace(with: 1e-24, where: ratio .< 1e-24)
    // Exactly before the Sun: the dimming is without bound, as Photometry has it.
    ratio.replace(with: 1e24, where: .!(ratio .< 1e24))
    let t = 0.5 * LaneMath.log(SIMD8<Float>(ratio))
    let first = -3.33 * LaneMath.exp(0.63 * t)
    let second = -1.87 * LaneMath.exp(1.22 * t)
    // The larger of both powers stands apart, so that none is too small for a float.
    let power = first.replacing(with: second, where: second .> first)
    let light =
      (1 - slope) * LaneMath.exp(first - power) + slope * LaneMath.exp(second - power)
    // 2.5 / ln 10: 5 log₁₀(rΔ) − 2.5 log₁₀(light) in one logarithm.
    let product = SIMD8<Float>(r * range)
    let dimming = Lanes(LaneMath.log(product * product / light)) - Lanes(power)
    return absolute + 1.085_736_204_758_129_6 * dimming
  }

  /// Partials of RA × cos(dec) and of dec by the position, as ``PredictedPlace/partials`` [rad/au].
  @inline(__always)
  var partials: (ra: Lanes3, dec: Lanes3) {
    let scale = 1 / range
    let sight = offset * scale
    // At a pole itself east is the y axis.
    let flat = sight.x * sight.x + sight.y * sight.y
    let isPole = flat .<= 1e-30
    let inverse = 1 / flat.replacing(with: 1, where: isPole).squareRoot()
    let zero = Lanes.zero
    let east = Lanes3(
      (-sight.y * inverse).replacing(with: 0, where: isPole),
      (sight.x * inverse).replacing(with: 1, where: isPole), zero)
    let north = Lanes3(
      -sight.z * east.y, sight.z * east.x, sight.x * east.y - sight.y * east.x)
    let drag = 1 / (Constants.lightSpeedAUPerDay + sight.dot(velocity))
    let ra = (east - sight * (east.dot(velocity) * drag)) * scale
    let dec = (north - sight * (north.dot(velocity) * drag)) * scale
    return (ra, dec)
  }
}
