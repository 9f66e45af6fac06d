import Astro
import Dynamics

/// An orbit with its own forces as the fit has it between two iterations. The unknowns are the free
/// ones of A1, A2, A3, and the six.
struct ForcedOrbit {
  var parameters: SIMD8<Double>
  var coefficients = Vector3.zero
  /// Which of A1, A2, A3 are free.
  let free: Range<Int>
  /// R by rows.
  var information: [Double] = []
  var step: [Double] = []
  var squares = 0.0
  /// Two equations of each observation, in units of its error.
  var rows: [ForceRow] = []

  init(parameters: SIMD8<Double>, free: Range<Int>) {
    self.parameters = parameters
    self.free = free
  }

  var unknowns: Int { free.count + 6 }

  /// In units of its own errors.
  var stepLength: Double {
    let n = unknowns
    var sum = 0.0
    for i in 0..<n {
      var row = 0.0
      for j in i..<n { row += information[n * i + j] * step[j] }
      sum += row * row
    }
    return sum.squareRoot()
  }

  mutating func takeStep() {
    var change: InlineArray<3, Double> = [0, 0, 0]
    for j in free { change[j] = step[j - free.lowerBound] }
    coefficients = coefficients + Vector3(change[0], change[1], change[2])
    for k in 0..<6 { parameters[k] += step[free.count + k] }
  }

  /// Solves Rᵀ z = row: |z|² is the variance of what the row measures.
  func whitened(_ row: ForceRow) -> [Double] {
    let n = unknowns
    let forces = [row.byForces.x, row.byForces.y, row.byForces.z]
    var z = [Double](repeating: 0, count: n)
    for i in 0..<n {
      var value = i < free.count ? forces[free.lowerBound + i] : row.base[i - free.count]
      for k in 0..<i { value -= z[k] * information[n * k + i] }
      z[i] = value / information[n * i + i]
    }
    return z
  }

  /// Standard deviations of A1, A2, A3: row norms of R⁻¹; zero for those that are held.
  var forceSigmas: Vector3 {
    let n = unknowns
    var sigmas: InlineArray<3, Double> = [0, 0, 0]
    for i in 0..<free.count {
      // Row i of R⁻¹ by forward substitution of Rᵀ.
      var row = [Double](repeating: 0, count: n)
      var sum = 0.0
      for j in i..<n {
        var value = j == i ? 1.0 : 0
        for k in i..<j { value -= row[k] * information[n * k + j] }
        row[j] = value / information[n * j + j]
        sum += row[j] * row[j]
      }
      sigmas[free.lowerBound + i] = sum.squareRoot()
    }
    return Vector3(sigmas[0], sigmas[1], sigmas[2])
  }
}
