/// Observations of one source in one part of the sky: those that share errors
/// (``SharedErrors``), night by night. All variances in units of the observations' own σ².
struct ErrorField {
  /// Its nights, as indices into ``ArcFitter/nightEnds``.
  var firstNight: Int
  var endNight: Int
  /// Variance of an observation's own error as expected, of the night's and of the field's.
  var own: Double
  var night: Double
  var field: Double
  /// Degrees of freedom with which ``own`` is known beforehand.
  var freedom: Double
  /// Number of the apparition that it belongs to.
  var apparition = 0
  /// What ``own`` has to be multiplied by, by what the arc itself says.
  var scale = 1.0
  /// Degrees of freedom that the apparition's own scatter added.
  var scatterFreedom = 0.0

  /// Variance of the mean of n observations of a night, without the field's part.
  @inline(__always)
  func meanVariance(_ n: Double) -> Double { own * scale / n + night }
}
