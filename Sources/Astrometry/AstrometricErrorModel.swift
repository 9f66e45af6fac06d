public import Astro
public import Dynamics

/// How far a measured direction may be off: what the weights of a fit are made from.
///
/// A detection's own errors count when it brings them, with a systematic floor added in quadrature
/// (the reference catalog and the atmosphere do not show in a centroid's error). Else the station's
/// measured scatter counts (``StationErrors``), else the rules of Vereš et al. 2017 (Icarus 296, 139).
public struct AstrometricErrorModel: Sendable {
  /// Systematic floor [arcsec] of detections from Rubin that bring their own errors.
  public var rubinFloorArcsec = 0.010
  /// The same for all other observatories.
  public var floorArcsec = 0.030
  /// Widens the errors of a night's observations of one object from one observatory by √(N/4) when
  /// there are more than four and they bring their own errors: they share the night's systematic
  /// errors, which do not show in those. Where the station's scatter counts, what a night has in
  /// common is known (``SharedErrors``).
  public var deweightsCrowdedNights = true
  private let stations = StationErrors.byCode

  /// What a detection's own error may be [deg]; readers refuse others.
  public static let errorLimitsDeg = 0.0...1.0

  public init() {}

  /// Standard deviations of RA × cos dec and dec [rad], and their correlation.
  public struct Errors: Hashable, Sendable {
    public var sigmaRaRad: Double
    public var sigmaDecRad: Double
    public var correlation: Double
    public var shared = SharedErrors.none
  }

  /// - Throws: ``DetectionFault`` when the detection's own errors are impossible.
  public func errors(of detection: Detection) throws(DetectionFault) -> Errors {
    guard let raErr = detection.raErrDeg ?? detection.decErrDeg else {
      let station = stationErrors(detection.observatory, at: detection.midpoint)
      return Errors(
        sigmaRaRad: station.raArcsec * Angle.arcsecond,
        sigmaDecRad: station.decArcsec * Angle.arcsecond, correlation: 0,
        shared: station.shared(source: detection.observatory.packed))
    }
    let decErr = detection.decErrDeg ?? raErr
    try check(raErr, "raErr")
    try check(decErr, "decErr")
    let floor =
      (detection.observatory == .rubin ? rubinFloorArcsec : floorArcsec) * Angle.arcsecond
    let ra = raErr * Angle.degree
    let dec = decErr * Angle.degree
    let sigmaRa = (ra * ra + floor * floor).squareRoot()
    let sigmaDec = (dec * dec + floor * floor).squareRoot()
    let covariance = (detection.raDecCovDeg2 ?? 0) * Angle.degree * Angle.degree
    // A hundredth for the rounding of single precision.
    guard covariance.isFinite, abs(covariance) <= ra * dec * 1.01 else {
      throw DetectionFault(
        field: "ra_dec_Cov",
        reason: "\(detection.raDecCovDeg2 ?? 0) deg² is more than raErr × decErr allow")
    }
    let product = sigmaRa * sigmaDec
    guard product > 0 else {
      throw DetectionFault(field: "raErr", reason: "an error of zero needs a floor above zero")
    }
    return Errors(
      sigmaRaRad: sigmaRa, sigmaDecRad: sigmaDec,
      correlation: min(max(covariance / product, -0.99), 0.99))
  }

  private func check(_ errorDeg: Double, _ field: String) throws(DetectionFault) {
    guard Self.errorLimitsDeg.contains(errorDeg) else {
      throw DetectionFault(
        field: field, reason: "\(errorDeg) deg is no error of a position (0 to 1 deg)")
    }
  }

  /// What an observation from a station is worth when it says nothing itself [arcsec].
  public func stationErrors(_ code: ObservatoryCode, at midpoint: Epoch<TAI>) -> StationErrors {
    // Photographic plates and the eye, whatever the station (Vereš et al. 2017, table 4).
    if midpoint.mjd < StationErrors.mjd1890 { return StationErrors(3) }
    if midpoint.mjd < StationErrors.mjd1950 { return StationErrors(2) }
    if midpoint.mjd < StationErrors.mjd1990 { return StationErrors(1.5) }
    return stations[code] ?? StationErrors(1)
  }

  /// The factor for N observations of one object in a night from one observatory.
  public func crowdingFactor(_ count: Int) -> Double {
    deweightsCrowdedNights && count > 4 ? (Double(count) / 4).squareRoot() : 1
  }
}

/// What makes a detection unusable, to be reported with its file and line.
public struct DetectionFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// Column or field at fault.
  public var field: String
  /// What is wrong with it, with its value, and what to do about it.
  public var reason: String

  public var description: String { "\(field): \(reason)" }
}
