import Foundation

/// The constants of one integration step: Gauss-Radau collocation at eight nodes of [0, 1], the
/// first of them 0 (Everhart 1985, in Dynamics of Comets, 185; Rein & Spiegel 2015, MNRAS 446,
/// 1424). The end of a step is good to order 15, its inside to order 9.
///
/// Where Everhart updates the coefficients of a polynomial node by node, here the accelerations at
/// the nodes themselves are the unknowns, and matrices give positions and velocities from them:
/// the same collocation, in a form that takes all nodes at once.
@safe final class RadauTables: @unchecked Sendable {  // immutable after init
  /// The nodes in units of the step.
  let nodes: Lanes
  /// Column j: ∫₀^τᵢ ℓⱼ and ∫₀^τᵢ (τᵢ - s) ℓⱼ(s) ds in lane i, ℓⱼ the Lagrange polynomials.
  let velocity: UnsafePointer<Lanes>
  let position: UnsafePointer<Lanes>
  /// The same up to the end of the step, by node.
  let endVelocity: Lanes
  let endPosition: Lanes
  /// Row k: the coefficient of τᵏ of the interpolating polynomial, by node.
  let monomial: UnsafePointer<Lanes>

  // The three matrices side by side. Held by pointer, and the whole by reference, because a matrix
  // in a struct is copied wherever one of its columns is read.
  private let storage: UnsafeMutablePointer<Lanes>

  static let shared = RadauTables()

  private init() {
    let nodes = Lanes(
      0, 0.0562625605369221464656521910318, 0.180240691736892364987579942780,
      0.352624717113169637373907769648, 0.547153626330555383001448554766,
      0.734210177215410531523210605558, 0.885320946839095768090359771030,
      0.977520613561287501891174488626)
    self.nodes = nodes
    unsafe storage = .allocate(capacity: 24)
    unsafe storage.initialize(repeating: .zero, count: 24)
    unsafe velocity = UnsafePointer(storage)
    unsafe position = UnsafePointer(storage + 8)
    unsafe monomial = UnsafePointer(storage + 16)
    var endVelocity = Lanes.zero
    var endPosition = Lanes.zero
    let rule = RadauTables.gaussLegendre8()
    for j in 0..<8 {
      for i in 0...8 {
        let upper = i < 8 ? nodes[i] : 1
        var (once, twice) = (0.0, 0.0)
        for (x, w) in rule {
          let s = upper * x
          let value = upper * w * RadauTables.lagrange(j, at: s, nodes)
          once += value
          twice += value * (upper - s)
        }
        if i < 8 {
          unsafe storage[j][i] = once
          unsafe storage[8 + j][i] = twice
        } else {
          endVelocity[j] = once
          endPosition[j] = twice
        }
      }
      let coefficients = RadauTables.expanded(j, nodes)
      for k in 0..<8 { unsafe storage[16 + k][j] = coefficients[k] }
    }
    self.endVelocity = endVelocity
    self.endPosition = endPosition
  }

  deinit { unsafe storage.deallocate() }

  private static func lagrange(_ j: Int, at s: Double, _ nodes: Lanes) -> Double {
    var product = 1.0
    for m in 0..<8 where m != j { product *= (s - nodes[m]) / (nodes[j] - nodes[m]) }
    return product
  }

  /// Coefficients of ℓⱼ in powers of τ.
  private static func expanded(_ j: Int, _ nodes: Lanes) -> [Double] {
    var c = [1.0] + [Double](repeating: 0, count: 7)
    var degree = 0
    for m in 0..<8 where m != j {
      let scale = 1 / (nodes[j] - nodes[m])
      degree += 1
      for k in stride(from: degree, through: 0, by: -1) {
        c[k] = ((k > 0 ? c[k - 1] : 0) - nodes[m] * (k < degree ? c[k] : 0)) * scale
      }
    }
    return c
  }

  /// Nodes and weights on [0, 1] that integrate polynomials up to degree 15 exactly.
  private static func gaussLegendre8() -> [(Double, Double)] {
    (0..<8).map { index in
      var x = cos(.pi * (Double(index) + 0.75) / 8.5)
      var slope = 1.0
      for _ in 0..<20 {
        var (previous, value) = (1.0, x)
        for n in 2...8 {
          let k = Double(n)
          (previous, value) = (value, ((2 * k - 1) * x * value - (k - 1) * previous) / k)
        }
        slope = 8 * (x * value - previous) / (x * x - 1)
        x -= value / slope
      }
      return ((1 + x) / 2, 1 / ((1 - x * x) * slope * slope))
    }
  }
}
