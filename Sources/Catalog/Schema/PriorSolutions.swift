/// Orbits known elsewhere that our detections improved.
enum PriorSolutions {
  /// The solution that was known before: NULL for imported ones, and for our own fits of nothing
  /// but our detections.
  static let statement = """
    ALTER TABLE orbitSolutions
    ADD COLUMN priorSolutionId INTEGER REFERENCES orbitSolutions (solutionId)
    """

  /// MJD TAI. No later observation is in an orbit known elsewhere: ours up to here may be in it
  /// already, and are not added to it again. NULL: the source does not say.
  static let observedUntil = "ALTER TABLE orbitSolutions ADD COLUMN observedUntilMjdTai REAL"
}
