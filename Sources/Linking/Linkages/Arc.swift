import OrbitFit

/// Detections with the orbit that was fitted to them, on its way to a linkage.
struct Arc: Sendable {
  /// Detections in the sorted order, ascending; all of them used by the fit.
  var members: [Int32]
  var fit: ArcFit
  /// Nights that hold two detections and more.
  var pairedNights: Int
  /// The fit is under all forces: near the Earth the Sun alone does not say where it is next.
  var underAllForces = false

  /// χ² per degree of freedom.
  var reducedChiSquare: Double { fit.chiSquare / Double(max(1, fit.degreesOfFreedom)) }

  /// What an arc is preferred by: much explained with little misfit. Ten a detection is about what
  /// a chance detection would cost in χ², and nights count as they hold the orbit.
  var score: Double { 10 * Double(members.count + 2 * pairedNights) - fit.chiSquare }

  static func precedes(_ a: Arc, _ b: Arc) -> Bool {
    if a.score != b.score { return a.score > b.score }
    return a.members.lexicographicallyPrecedes(b.members)
  }
}
