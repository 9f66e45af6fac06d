extension Detection {
  /// The smallest error of a position that a measurement can have [deg]: 10 µas. Gaia reaches 100 µas
  /// along its scan of a bright asteroid, occultations 300 µas, telescopes on the ground 5 mas.
  public static let leastErrorDeg = 1e-5 / 3600

  /// A stated error as one can use it: nil for 0, for what is negative, and for what is less than
  /// ``leastErrorDeg``. Programs write such numbers where they know none.
  public static func usableError(_ errorDeg: Double?) -> Double? {
    errorDeg.flatMap { $0 < leastErrorDeg ? nil : $0 }
  }

  /// Takes errors that can't be as not stated, and their covariance with them.
  ///
  /// - Returns: whether there were any.
  @discardableResult
  public mutating func dropImpossibleErrors() -> Bool {
    let ra = Self.usableError(raErrDeg)
    let dec = Self.usableError(decErrDeg)
    guard ra != raErrDeg || dec != decErrDeg else { return false }
    // A number that is not one differs from itself; it is for the error model to name.
    if raErrDeg?.isNaN == true || decErrDeg?.isNaN == true { return false }
    raErrDeg = ra
    decErrDeg = dec
    raDecCovDeg2 = nil
    return true
  }
}
