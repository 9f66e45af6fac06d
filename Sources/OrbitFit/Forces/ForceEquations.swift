import Astro
private import CLAPACK

/// One equation of a fit with forces: partials by the six unknowns with the right-hand side in lane 6,
/// and by A1, A2, A3.
struct ForceRow {
  var base: SIMD8<Double>
  var byForces: Vector3

  /// Of an observation that cannot be computed: infinitely far off.
  static var missed: ForceRow {
    var base = SIMD8<Double>.zero
    base[Triangle.rightHandSide] = 1e9
    return ForceRow(base: base, byForces: .zero)
  }

  var rightHandSide: Double { base[Triangle.rightHandSide] }

  func scaled(by factor: Double) -> ForceRow {
    ForceRow(base: base * factor, byForces: byForces * factor)
  }
}

/// Least squares in the free ones of A1, A2, A3 and the six unknowns by QR (LAPACK dgels), in two flat arrays.
struct ForceEquations {
  private let free: Range<Int>
  private var unknowns: Int { free.count + 6 }
  /// Rows one after the other.
  private var coefficients: [Double] = []
  private var rightHandSides: [Double] = []

  init(free: Range<Int>, capacity: Int) {
    self.free = free
    coefficients.reserveCapacity((free.count + 6) * capacity)
    rightHandSides.reserveCapacity(capacity)
  }

  var count: Int { rightHandSides.count }

  mutating func add(_ row: ForceRow, _ weight: Double) {
    let forces: InlineArray<3, Double> = [row.byForces.x, row.byForces.y, row.byForces.z]
    for j in free { coefficients.append(forces[j] * weight) }
    for j in 0..<6 { coefficients.append(row.base[j] * weight) }
    rightHandSides.append(row.base[Triangle.rightHandSide] * weight)
  }

  /// R by rows, the step, and the sum of squares that it leaves; columns are scaled to length one.
  /// Nil when a column depends on others.
  func solved() -> (information: [Double], step: [Double], squares: Double)? {
    let (m, n) = (count, unknowns)
    var scales = [Double](repeating: 0, count: n)
    for i in 0..<m {
      for j in 0..<n { scales[j] += coefficients[n * i + j] * coefficients[n * i + j] }
    }
    guard scales.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    for j in 0..<n { scales[j] = scales[j].squareRoot() }
    var a = [Double](repeating: 0, count: m * n)
    for i in 0..<m { for j in 0..<n { a[j * m + i] = coefficients[n * i + j] / scales[j] } }
    var b = rightHandSides
    var work = [Double](repeating: 0, count: 64 * (n + 1))
    var none = CChar(UInt8(ascii: "N"))
    var (rowCount, columns, one, size, info) = (
      Int32(m), Int32(n), Int32(1), Int32(work.count), Int32(0)
    )
    unsafe dgels_(
      &none, &rowCount, &columns, &one, &a, &rowCount, &b, &rowCount, &work, &size, &info)
    guard info == 0 else { return nil }
    var information = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      guard abs(a[i * m + i]) > 1e-10 else { return nil }
      for j in i..<n { information[n * i + j] = a[j * m + i] * scales[j] }
    }
    let step = (0..<n).map { b[$0] / scales[$0] }
    return (information, step, b[n...].reduce(0) { $0 + $1 * $1 })
  }
}
