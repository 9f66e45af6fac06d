/// The Chebyshev polynomials T₀…T₃₁ and their derivatives at one argument: computed once for all the
/// bodies that share an interval, after which a coordinate is a plain sum of products.
///
/// Against Clenshaw's recurrence this loses nothing here (coefficients fall steeply, |s| ≤ 1) and
/// vectorises.
struct ChebyshevBasis {
  private(set) var values = InlineArray<32, Double>(repeating: 0)
  private(set) var slopes = InlineArray<32, Double>(repeating: 0)

  /// - Parameters:
  ///   - s: position in the interval, -1…1.
  ///   - count: polynomials wanted, at most 32.
  @inline(__always)
  mutating func fill(_ s: Double, count: Int) {
    let twice = 2 * s
    values[0] = 1
    values[1] = s
    slopes[0] = 0
    slopes[1] = 1
    var k = 2
    while k < count {
      values[k] = twice * values[k &- 1] - values[k &- 2]
      slopes[k] = 2 * values[k &- 1] + twice * slopes[k &- 1] - slopes[k &- 2]
      k &+= 1
    }
  }

  /// Σ cₖ Tₖ over the coefficients of one coordinate.
  @inline(__always)
  func value(_ coefficients: UnsafePointer<Double>, _ count: Int) -> Double {
    unsafe ChebyshevBasis.sum(values, coefficients, count)
  }

  /// Σ cₖ Tₖ′, the derivative with respect to s.
  @inline(__always)
  func slope(_ coefficients: UnsafePointer<Double>, _ count: Int) -> Double {
    unsafe ChebyshevBasis.sum(slopes, coefficients, count)
  }

  @inline(__always)
  private static func sum(
    _ basis: borrowing InlineArray<32, Double>, _ coefficients: UnsafePointer<Double>, _ count: Int
  ) -> Double {
    // Four partial sums hide the latency of addition; small terms first would gain nothing.
    var sums = SIMD4<Double>.zero
    var k = 0
    while k &+ 4 <= count {
      let c = unsafe UnsafeRawPointer(coefficients + k).loadUnaligned(as: SIMD4<Double>.self)
      sums += c * SIMD4(basis[k], basis[k &+ 1], basis[k &+ 2], basis[k &+ 3])
      k &+= 4
    }
    var rest = 0.0
    while k < count {
      rest += unsafe coefficients[k] * basis[k]
      k &+= 1
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
  }
}
