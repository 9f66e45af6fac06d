public import Astro

/// ∂(state at one epoch)/∂(state at another): 6 × 6 by rows, order x, y, z, vx, vy, vz
/// [au, au/d], ICRF.
@frozen
public struct StateTransitionMatrix: Sendable {
  /// 36 numbers by rows.
  public var elements: InlineArray<36, Double>

  @inlinable
  public init(elements: InlineArray<36, Double>) { self.elements = elements }

  public static var identity: StateTransitionMatrix {
    var m = StateTransitionMatrix(elements: InlineArray(repeating: 0))
    for i in 0..<6 { m[i, i] = 1 }
    return m
  }

  @inlinable
  public subscript(row: Int, column: Int) -> Double {
    get { elements[row &* 6 &+ column] }
    set { elements[row &* 6 &+ column] = newValue }
  }

  /// The transition over two spans: `later * earlier`.
  @inlinable
  public static func * (a: StateTransitionMatrix, b: StateTransitionMatrix)
    -> StateTransitionMatrix
  {
    var m = StateTransitionMatrix(elements: InlineArray(repeating: 0))
    for i in 0..<6 {
      for j in 0..<6 {
        var sum = 0.0
        for k in 0..<6 { sum += a[i, k] * b[k, j] }
        m[i, j] = sum
      }
    }
    return m
  }

  /// The first-order change of the state for a change at the other epoch.
  @inlinable
  public static func * (m: StateTransitionMatrix, d: StateVector) -> StateVector {
    func row(_ i: Int) -> Double {
      m[i, 0] * d.position.x + m[i, 1] * d.position.y + m[i, 2] * d.position.z
        + m[i, 3] * d.velocity.x + m[i, 4] * d.velocity.y + m[i, 5] * d.velocity.z
    }
    return StateVector(
      position: Vector3(row(0), row(1), row(2)), velocity: Vector3(row(3), row(4), row(5)))
  }

  /// The transition back, for motion under a potential (a symplectic matrix): exact and without
  /// division. Relativity and non-gravitational forces make it wrong by their own tiny share.
  public var symplecticInverse: StateTransitionMatrix {
    var m = StateTransitionMatrix(elements: InlineArray(repeating: 0))
    for i in 0..<3 {
      for j in 0..<3 {
        m[i, j] = self[j + 3, i + 3]
        m[i, j + 3] = -self[j, i + 3]
        m[i + 3, j] = -self[j + 3, i]
        m[i + 3, j + 3] = self[j, i]
      }
    }
    return m
  }

  /// The 36 numbers as an array, by rows.
  public var array: [Double] { (0..<36).map { elements[$0] } }
}
