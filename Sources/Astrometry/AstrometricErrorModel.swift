public import Astro
import Foundation
public import Dynamics

/// How far a measured direction may be off: what the weights of a fit are made from.
///
/// A detection's own errors count when it brings them, with a systematic floor added in quadrature
/// (the reference catalog and the atmosphere do not show in a centroid's error). Else the station's
/// measured scatter counts (``StationErrors``), else the rules of Vereš et al. 2017 (Icarus 296, 139);
/// what a centroid of so faint a source is off by is added, where the detection says how faint it is.
/// A trailed detection is less certain along its trail.
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
  /// How far the middle of a trail may be off along it, as a part of its length: the shutter opens and
  /// closes over some 1 s of Rubin's 30 s (0.017 by the place on the focal plane), a tumbling body's
  /// light changes while it is open (0.1 mag shifts the middle by 0.008), and ends are blurred.
  public var trailPart = 0.05
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

    /// With an error along one direction added [rad].
    func widened(east: Double, north: Double) -> Errors {
      var wide = self
      wide.sigmaRaRad = (sigmaRaRad * sigmaRaRad + east * east).squareRoot()
      wide.sigmaDecRad = (sigmaDecRad * sigmaDecRad + north * north).squareRoot()
      let covariance = correlation * sigmaRaRad * sigmaDecRad + east * north
      wide.correlation = min(
        max(covariance / (wide.sigmaRaRad * wide.sigmaDecRad), -0.9999), 0.9999)
      return wide
    }
  }

  /// - Throws: ``DetectionFault`` when the detection's own errors are impossible.
  public func errors(of detection: Detection) throws(DetectionFault) -> Errors {
    let errors = try errorsOfPoint(detection)
    guard let length = detection.trailLengthArcsec, length > 0, length.isFinite else {
      return errors
    }
    let along = length * trailPart * Angle.arcsecond
    guard let angle = detection.trailAngleDeg, angle.isFinite else {
      return errors.widened(east: along, north: 0).widened(east: 0, north: along)
    }
    return errors.widened(
      east: along * sin(angle * Angle.degree), north: along * cos(angle * Angle.degree))
  }

  private func errorsOfPoint(_ detection: Detection) throws(DetectionFault) -> Errors {
    // Readers drop impossible errors, other callers may not: nothing is known to a few µas.
    let ownRaErr = Detection.usableError(detection.raErrDeg)
    let ownDecErr = Detection.usableError(detection.decErrDeg)
    let statesBoth = ownRaErr == detection.raErrDeg && ownDecErr == detection.decErrDeg
    guard let raErr = ownRaErr ?? ownDecErr else {
      let station = stationErrors(detection.observatory, at: detection.midpoint)
      let centroid = CentroidError.arcsec(of: detection)
      return Errors(
        sigmaRaRad: (station.raArcsec * station.raArcsec + centroid * centroid).squareRoot()
          * Angle.arcsecond,
        sigmaDecRad: (station.decArcsec * station.decArcsec + centroid * centroid).squareRoot()
          * Angle.arcsecond, correlation: 0,
        shared: station.shared(source: detection.observatory.packed))
    }
    let decErr = ownDecErr ?? raErr
    try check(raErr, "raErr")
    try check(decErr, "decErr")
    let floor =
      (detection.observatory == .rubin ? rubinFloorArcsec : floorArcsec) * Angle.arcsecond
    let ra = raErr * Angle.degree
    let dec = decErr * Angle.degree
    let sigmaRa = (ra * ra + floor * floor).squareRoot()
    let sigmaDec = (dec * dec + floor * floor).squareRoot()
    let covariance = (statesBoth ? detection.raDecCovDeg2 ?? 0 : 0) * Angle.degree * Angle.degree
    // A hundredth for the rounding of single precision.
    guard covariance.isFinite, abs(covariance) <= ra * dec * 1.01 else {
      throw DetectionFault(
        field: "ra_dec_Cov",
        reason: "\(detection.raDecCovDeg2 ?? 0) deg² is more than raErr × decErr allow")
    }
    let product = sigmaRa * sigmaDec
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
