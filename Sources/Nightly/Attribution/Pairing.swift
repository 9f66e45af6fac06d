/// A detection that may be a known object's.
package struct Pairing: Sendable {
  /// Index into the objects that were searched for.
  package var object: Int
  /// Of the night's sky.
  package var slot: Int
  package var exposure: Int
  /// Of the offset, two degrees of freedom.
  package var chi2: Double
  /// Of being this object against being something else.
  package var weight: Double
  /// Observed minus predicted, RA × cos(dec) and dec [rad].
  package var offsetRa: Double
  package var offsetDec: Double
  /// Variance of the predicted place, along the worse axis of its ellipse, over that of the
  /// detection: what one detection would tell of the orbit.
  package var gain: Double

  package init(
    object: Int, slot: Int, exposure: Int, chi2: Double, weight: Double, offsetRa: Double,
    offsetDec: Double, gain: Double = 0
  ) {
    self.object = object
    self.slot = slot
    self.exposure = exposure
    self.chi2 = chi2
    self.weight = weight
    self.offsetRa = offsetRa
    self.offsetDec = offsetDec
    self.gain = gain
  }
}
