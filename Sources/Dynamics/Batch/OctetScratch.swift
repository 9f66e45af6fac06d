/// Room for one step of eight orbits, which the octets of a piece of work take in turn: 13 kB that
/// stay in the processor's nearest cache, where each octet's own would not.
@safe final class OctetScratch {
  /// Of ``OctetStep``, by node: the conic, heliocentric, and its barycentric velocity; what
  /// perturbations add to both; the perturbing acceleration at that offset, and as the solution has
  /// it; the solution in the making. Of ``OctetTransition``: a column's ÿ, and the next.
  let vectors: UnsafeMutablePointer<Lanes3>
  /// The Sun's gradients at the nodes, then those of all masses.
  let gradients: UnsafeMutablePointer<GradientLanes>
  /// The step's transition matrix: 36 numbers by rows.
  let matrix: UnsafeMutablePointer<Lanes>

  init() {
    let n = GaussRule.largestCount
    unsafe vectors = .allocate(capacity: 9 * n)
    unsafe vectors.initialize(repeating: .zero, count: 9 * n)
    unsafe gradients = .allocate(capacity: 2 * n)
    unsafe gradients.initialize(repeating: .zero, count: 2 * n)
    unsafe matrix = .allocate(capacity: 36)
    unsafe matrix.initialize(repeating: .zero, count: 36)
  }

  deinit {
    unsafe vectors.deallocate()
    unsafe gradients.deallocate()
    unsafe matrix.deallocate()
  }
}
