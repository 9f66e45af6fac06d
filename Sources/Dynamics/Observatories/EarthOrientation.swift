public import Astro
private import CERFA

/// How the Earth is turned: UT1 and polar motion from the IERS, precession and nutation IAU 2006/2000B
/// from ERFA. With it the observatories' places are good to some 3 cm.
///
/// The table is daily and interpolated linearly (error of UT1 up to 20 µs, which is 1 cm). Beyond its
/// last day, where even IERS predictions end, its last values are held: UT1 then drifts by up to a
/// second a year, 0.5 km at the equator; ask ``covers(_:)``. Before its first day UT1 is taken as UTC
/// (within 0.9 s) and the pole as unmoved.
public struct EarthOrientation: Sendable {
  /// First day of the table [MJD UTC].
  public let firstMjdUtc: Double
  /// Last day of it, mostly a prediction.
  public let lastMjdUtc: Double
  /// Last day that was measured.
  public let lastMeasuredMjdUtc: Double
  private let leapSeconds: LeapSeconds
  /// By day: UT1 − TAI [s], which unlike UT1 − UTC has no jumps, and the pole [rad].
  private let ut1MinusTai: [Double]
  private let poleX: [Double]
  private let poleY: [Double]

  /// - Parameters:
  ///   - text: lines of `MJD UT1-UTC[s] x["] y["] I|P`, one for each day, without gaps; lines that
  ///     begin with `#` are comments.
  ///   - file: its name, for error messages.
  public init(
    parsing text: String, file: String, leapSeconds: LeapSeconds
  ) throws(DynamicsError) {
    var rows: [(mjd: Double, ut1: Double, x: Double, y: Double)] = []
    rows.reserveCapacity(20_000)
    var measured = 0.0
    var scanner = TableScanner(text)
    while scanner.nextLine() {
      guard let mjd = scanner.decimal(), let ut1 = scanner.decimal(), let x = scanner.decimal(),
        let y = scanner.decimal(), let kind = scanner.character(), abs(ut1) < 1.5, abs(x) < 2,
        abs(y) < 2, mjd == mjd.rounded()
      else {
        throw .invalidTable(
          file: file, line: scanner.line,
          reason:
            "'\(scanner.lineText)': expected MJD, UT1-UTC [s], x and y [arcsec], I or P")
      }
      if let last = rows.last, mjd != last.mjd + 1 {
        throw .invalidTable(
          file: file, line: scanner.line, reason: "day \(mjd) does not follow \(last.mjd)")
      }
      if kind == UInt8(ascii: "I") { measured = mjd }
      let taiMinusUtc = leapSeconds.tai(Epoch<UTC>(mjd: mjd)).days(since: Epoch<TAI>(mjd: mjd))
      let seconds = (taiMinusUtc * Constants.secondsPerDay).rounded()
      rows.append((mjd, ut1 - seconds, x * Angle.arcsecond, y * Angle.arcsecond))
    }
    guard let first = rows.first, let last = rows.last else {
      throw .unreadableFile(path: file, reason: "holds no Earth orientation")
    }
    firstMjdUtc = first.mjd
    lastMjdUtc = last.mjd
    lastMeasuredMjdUtc = measured
    ut1MinusTai = rows.map(\.ut1)
    poleX = rows.map(\.x)
    poleY = rows.map(\.y)
    self.leapSeconds = leapSeconds
  }

  /// Whether the table (measured or predicted) holds a moment; outside, see above.
  public func covers(_ tai: Epoch<TAI>) -> Bool {
    (firstMjdUtc...lastMjdUtc).contains(leapSeconds.utc(tai).mjd)
  }

  /// UT1 − TAI [s] and the pole's x, y [rad] at a moment.
  public func values(at tai: Epoch<TAI>) -> (ut1MinusTai: Double, poleX: Double, poleY: Double) {
    // UT1 - TAI changes by milliseconds a day: the 37 s between TAI and UTC do not matter here.
    let place = tai.mjd - firstMjdUtc
    if !(place >= 0) {  // also for what is not a number
      let utc = leapSeconds.utc(tai)
      let difference =
        Epoch<TAI>(mjdDay: utc.day, fraction: utc.fraction).days(since: tai) * 86_400
      return (difference, 0, 0)
    }
    let last = ut1MinusTai.count - 1
    let index = Int(min(place, Double(max(0, last - 1))))
    let weight = min(place - Double(index), 1)
    let next = min(index + 1, last)
    func between(_ column: [Double]) -> Double {
      column[index] + (column[next] - column[index]) * weight
    }
    return (between(ut1MinusTai), between(poleX), between(poleY))
  }

  /// The moment in UT1.
  public func ut1(_ tai: Epoch<TAI>) -> Epoch<UT1> {
    Epoch<UT1>(
      mjdDay: tai.day,
      fraction: tai.fraction + values(at: tai).ut1MinusTai / Constants.secondsPerDay)
  }

  /// The rotation from ICRF (GCRS) axes to the Earth's (ITRF), about 4 µs (ERFA `c2t00b`, accuracy
  /// 1 mas, which is 3 cm on the ground).
  public func celestialToTerrestrial(at tai: Epoch<TAI>) -> Matrix3 {
    let (ut1MinusTai, x, y) = values(at: tai)
    let tt = tai.tt
    let ut1Fraction = tai.fraction + ut1MinusTai / Constants.secondsPerDay
    typealias Row = (Double, Double, Double)
    var matrix: InlineArray<3, Row> = [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    var rows = matrix.mutableSpan
    unsafe rows.withUnsafeMutableBufferPointer {
      unsafe eraC2t00b(
        Constants.jdOfMjdZero + tt.day, tt.fraction, Constants.jdOfMjdZero + tai.day, ut1Fraction,
        x, y, $0.baseAddress)
    }
    return Matrix3(
      Vector3(matrix[0].0, matrix[0].1, matrix[0].2),
      Vector3(matrix[1].0, matrix[1].1, matrix[1].2),
      Vector3(matrix[2].0, matrix[2].1, matrix[2].2))
  }

  /// The Earth's rotation [rad/d]: rate of the Earth rotation angle (IAU 2000).
  public static let rotationRateRadPerDay = 2 * Double.pi * 1.00273781191135448

  /// A place on the Earth as seen from its centre in space.
  ///
  /// - Parameters:
  ///   - terrestrialKm: ITRF [km].
  ///   - tai: the moment.
  /// - Returns: ICRF axes [au, au/d], velocity by the Earth's rotation.
  public func geocentricState(terrestrialKm: Vector3, at tai: Epoch<TAI>) -> StateVector {
    let toCelestial = celestialToTerrestrial(at: tai).transpose
    let rate = EarthOrientation.rotationRateRadPerDay
    let velocity = Vector3(-terrestrialKm.y * rate, terrestrialKm.x * rate, 0)
    return StateVector(
      position: toCelestial * terrestrialKm * (1 / Constants.auKm),
      velocity: toCelestial * velocity * (1 / Constants.auKm))
  }

  /// A place given as a traveller gives it (WGS 84), as geocentric ICRF: what a roving observer's
  /// detection needs.
  ///
  /// - Parameters:
  ///   - longitudeRad: east.
  ///   - latitudeRad: geodetic.
  ///   - heightMeters: above the ellipsoid.
  ///   - tai: the moment.
  /// - Returns: geocentric ICRF [km].
  public func geocentricKm(
    longitudeRad: Double, latitudeRad: Double, heightMeters: Double, at tai: Epoch<TAI>
  ) -> Vector3 {
    var meters: InlineArray<3, Double> = [0, 0, 0]
    var numbers = meters.mutableSpan
    let wgs84: Int32 = 1
    unsafe numbers.withUnsafeMutableBufferPointer {
      _ = unsafe eraGd2gc(wgs84, longitudeRad, latitudeRad, heightMeters, $0.baseAddress)
    }
    let terrestrialKm = Vector3(meters[0], meters[1], meters[2]) * 1e-3
    return celestialToTerrestrial(at: tai).transpose * terrestrialKm
  }
}
