import Astro

/// The Chebyshev polynomials T₀…T₃₁ and their derivatives at one argument: computed once for all the
/// bodies that share an interval, after which a coordinate is a plain sum of products.
///
/// Against Clenshaw's recurrence this loses nothing here (coefficients fall steeply, |s| ≤ 1) and
/// vectorises. The numbers live in scratch memory of the caller, 2 × 32 of them.
@safe struct ChebyshevBasis {
  private let values: UnsafeMutablePointer<Double>
  private let slopes: UnsafeMutablePointer<Double>

  static let scratchSize = 2 * ChebyshevSegment.maximumTerms

  /// Calls `body` with a basis in scratch memory on the stack.
  @inline(__always)
  static func withScratch(_ body: (ChebyshevBasis) -> Void) {
    unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: scratchSize) { scratch in
      guard let base = scratch.baseAddress else { return }
      unsafe body(ChebyshevBasis(base))
    }
  }

  private init(_ scratch: UnsafeMutablePointer<Double>) {
    unsafe values = scratch
    unsafe slopes = scratch + ChebyshevSegment.maximumTerms
  }

  /// - Parameters:
  ///   - s: position in the interval, -1…1.
  ///   - count: polynomials wanted, 1…32.
  @inline(__always)
  func fill(_ s: Double, count: Int) {
    let twice = 2 * s
    var t0 = 1.0
    var t1 = s
    var d0 = 0.0
    var d1 = 1.0
    var k = 0
    while k < count {
      unsafe values[k] = t0
      unsafe slopes[k] = d0
      (t0, t1, d0, d1) = (t1, twice * t1 - t0, d1, 2 * t1 + twice * d1 - d0)
      k &+= 1
    }
  }

  /// Three coordinates: Σ cₖ Tₖ of `count` coefficients each, which stand one after the other.
  @inline(__always)
  func position(_ coefficients: UnsafePointer<Double>, _ count: Int) -> Vector3 {
    unsafe ChebyshevBasis.sums(values, coefficients, count)
  }

  /// The derivatives of three coordinates with respect to s: Σ cₖ Tₖ′.
  @inline(__always)
  func derivative(_ coefficients: UnsafePointer<Double>, _ count: Int) -> Vector3 {
    unsafe ChebyshevBasis.sums(slopes, coefficients, count)
  }

  /// Three sums of products side by side, two terms at a time: enough to keep any CPU's adders busy
  /// without asking for more than SSE2.
  @inline(__always)
  private static func sums(
    _ basis: UnsafeMutablePointer<Double>, _ coefficients: UnsafePointer<Double>, _ count: Int
  ) -> Vector3 {
    let factors = UnsafeRawPointer(basis)
    let cx = unsafe UnsafeRawPointer(coefficients)
    let cy = unsafe cx + 8 &* count
    let cz = unsafe cy + 8 &* count
    var x = SIMD2<Double>.zero
    var y = SIMD2<Double>.zero
    var z = SIMD2<Double>.zero
    var offset = 0
    let end = (count & ~1) &* 8
    while offset < end {
      let f = unsafe factors.loadUnaligned(fromByteOffset: offset, as: SIMD2<Double>.self)
      x += unsafe cx.loadUnaligned(fromByteOffset: offset, as: SIMD2<Double>.self) * f
      y += unsafe cy.loadUnaligned(fromByteOffset: offset, as: SIMD2<Double>.self) * f
      z += unsafe cz.loadUnaligned(fromByteOffset: offset, as: SIMD2<Double>.self) * f
      offset &+= 16
    }
    var sum = Vector3(x[0] + x[1], y[0] + y[1], z[0] + z[1])
    if count & 1 != 0 {
      let last = count &- 1
      let f = unsafe basis[last]
      unsafe sum += Vector3(
        coefficients[last] * f, coefficients[count &+ last] * f,
        coefficients[2 &* count &+ last] * f)
    }
    return sum
  }
}
