/// H and G₁₂ of an object in one band, as SSObject has them.
public struct BandPhotometry: Sendable, Hashable {
  /// [mag]
  public var h: Double
  public var hErr: Double
  public var g12: Double
  /// Nil when the slope was assumed.
  public var g12Err: Double?
  public var covariance: Double?
  public var usedCount: Int
  public var chiSquare: Double
  /// [deg]
  public var phaseAngleMinDeg: Double
  public var phaseAngleMaxDeg: Double

  public init(
    h: Double, hErr: Double, g12: Double, g12Err: Double?, covariance: Double?, usedCount: Int,
    chiSquare: Double, phaseAngleMinDeg: Double, phaseAngleMaxDeg: Double
  ) {
    self.h = h
    self.hErr = hErr
    self.g12 = g12
    self.g12Err = g12Err
    self.covariance = covariance
    self.usedCount = usedCount
    self.chiSquare = chiSquare
    self.phaseAngleMinDeg = phaseAngleMinDeg
    self.phaseAngleMaxDeg = phaseAngleMaxDeg
  }

  /// SSObject's columns for a band, in the order of ``bind(_:to:)``.
  static func columns(_ band: String) -> [String] {
    [
      "H", "HErr", "G12", "G12Err", "H_\(band)_G12_Cov", "nObsUsed", "Chi2", "phaseAngleMin",
      "phaseAngleMax", "slope_fit_failed",
    ].map { "\(band)_\($0)" }
  }

  static func bind(_ photometry: BandPhotometry?, to statement: inout BulkInsert) {
    statement.bind(photometry?.h)
    statement.bind(photometry?.hErr)
    statement.bind(photometry?.g12)
    statement.bind(photometry?.g12Err)
    statement.bind(photometry?.covariance)
    statement.bind(photometry?.usedCount ?? 0)
    statement.bind(photometry?.chiSquare)
    statement.bind(photometry?.phaseAngleMinDeg)
    statement.bind(photometry?.phaseAngleMaxDeg)
    statement.bind(photometry.map { $0.g12Err == nil ? 1 : 0 })
  }
}
