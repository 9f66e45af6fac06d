import Astro
import Astrometry
import Dynamics
import Foundation

/// One object's motion over a part of the night, as the builder makes it.
struct Piece: Sendable {
  var object: UInt32
  var span: PieceSpan
  /// r(x) = c₀ + c₁ x + … + c₄ x⁴: barycentric ICRF [au]; the higher ones, thousands of times
  /// smaller, as a table has them: x, y, z of c₂, then of c₃ and c₄.
  var c0: Vector3
  var c1: Vector3
  var higher: InlineArray<9, Float>
  var magnitude: Float = .nan
  var slope: Int16 = 0
  var sigma: UInt8 = 0
  /// Index of its covariance among those of its list; −1 when it has none.
  var factor: Int32 = -1
  /// Where on the sky it is seen from the Earth, this part of the night.
  var cap: SkyCap
}

extension Piece {
  /// Where the object is, x from −1 to 1 [au].
  func position(_ x: Double) -> Vector3 {
    c0 + (c1 + (coefficient(0) + (coefficient(1) + coefficient(2) * x) * x) * x) * x
  }

  private func coefficient(_ k: Int) -> Vector3 {
    Vector3(Double(higher[3 * k]), Double(higher[3 * k + 1]), Double(higher[3 * k + 2]))
  }
}

/// Pieces of some objects and their covariances: 220 bytes an object, of which millions wait to be
/// sorted.
struct PieceList: Sendable {
  var pieces: [Piece] = []
  var factors: [CovarianceFactor] = []
}

/// A round part of the sky, of any size.
struct SkyCap: Sendable {
  var centre: Vector3
  /// [rad]; π and more for the whole sky.
  var radius: Double
}

/// L with L Lᵀ the covariance of a state: lower triangular, by rows [au, au/d].
struct CovarianceFactor: Sendable {
  var elements = InlineArray<21, Float>(repeating: 0)

  init() {}

  /// The covariance R⁻¹ R⁻ᵀ moved by Φ: F = Φ R⁻¹, turned into a triangle by reflections from the
  /// right, so that nothing is squared on the way. Nil when it isn't finite.
  init?(_ covariance: OrbitCovariance, transition: StateTransitionMatrix) {
    let r = covariance.squareRootInformation
    var f = InlineArray<36, Double>(repeating: 0)
    for row in 0..<6 {
      // f R = Φ, R upper triangular: from the first column on.
      for column in 0..<6 {
        var value = transition[row, column]
        for k in 0..<column { value -= f[6 * row + k] * r[6 * k + column] }
        f[6 * row + column] = value / r[7 * column]
      }
    }
    for row in 0..<5 { Self.reflect(&f, row) }
    for row in 0..<6 {
      for column in 0...row {
        let value = Float(f[6 * row + column])
        guard value.isFinite else { return nil }
        elements[row * (row + 1) / 2 + column] = value
      }
    }
  }

  /// Householder's reflection that empties a row right of the diagonal.
  private static func reflect(_ f: inout InlineArray<36, Double>, _ row: Int) {
    var norm = 0.0
    for k in row..<6 { norm += f[6 * row + k] * f[6 * row + k] }
    norm = norm.squareRoot()
    guard norm > 0, norm.isFinite else { return }
    var v = InlineArray<6, Double>(repeating: 0)
    for k in row..<6 { v[k] = f[6 * row + k] }
    v[row] += v[row] > 0 ? norm : -norm
    var square = 0.0
    for k in row..<6 { square += v[k] * v[k] }
    guard square > 0 else { return }
    for i in row..<6 {
      var product = 0.0
      for k in row..<6 { product += v[k] * f[6 * i + k] }
      let scale = 2 * product / square
      for k in row..<6 { f[6 * i + k] -= scale * v[k] }
    }
  }

  /// The covariance of a place on the sky [rad²].
  ///
  /// - Parameters:
  ///   - partials: of the place by the position [rad/au].
  ///   - days: from the middle of the piece to the moment when the light left: motion is straight
  ///     as far as errors go.
  @inline(__always)
  func sky(_ partials: PlacePartials, days: Double) -> SkyCovariance {
    let a = partials.raByPosition
    let d = partials.decByPosition
    var sum = SkyCovariance(ra: 0, dec: 0, raDec: 0)
    var k = 0
    while k < 6 {
      let x = at(0, k) + days * at(3, k)
      let y = at(1, k) + days * at(4, k)
      let z = at(2, k) + days * at(5, k)
      let ra = a.x * x + a.y * y + a.z * z
      let dec = d.x * x + d.y * y + d.z * z
      sum.ra += ra * ra
      sum.dec += dec * dec
      sum.raDec += ra * dec
      k &+= 1
    }
    return sum
  }

  @inline(__always)
  private func at(_ row: Int, _ column: Int) -> Double {
    column <= row ? Double(elements[row &* (row &+ 1) / 2 &+ column]) : 0
  }

  /// Of the position, some days from the middle: the root of the sum of the variances [au].
  func positionSigma(days: Double) -> Double {
    var sum = 0.0
    for row in 0..<3 {
      for k in 0..<6 {
        let value = at(row, k) + days * at(row + 3, k)
        sum += value * value
      }
    }
    return sum.squareRoot()
  }
}
