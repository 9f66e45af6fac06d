/// Orbits known elsewhere that our detections improved.
enum PriorSolutions {
  /// The solution that was known before: NULL for imported ones, and for our own fits of nothing
  /// but our detections.
  static let statement = """
    ALTER TABLE orbitSolutions
    ADD COLUMN priorSolutionId INTEGER REFERENCES orbitSolutions (solutionId)
    """
}
