/// A time scale, used as the phantom type of ``Epoch``.
public protocol TimeScale: Sendable {
  /// The scale's name as users write it: `tai`, `tt`, `tdb`, `utc`, `ut1`.
  static var name: String { get }
}

/// International Atomic Time: the scale of LSST stamps.
public enum TAI: TimeScale { public static let name = "tai" }
/// Terrestrial Time, TAI + 32.184 s.
public enum TT: TimeScale { public static let name = "tt" }
/// Barycentric Dynamical Time: the argument of ephemerides and orbits.
public enum TDB: TimeScale { public static let name = "tdb" }
/// Coordinated Universal Time, only at the edge. A day with a leap second has 86,401 s and its
/// fraction runs over all of them (ERFA's quasi-JD convention).
public enum UTC: TimeScale { public static let name = "utc" }
/// Universal Time UT1: the Earth's rotation angle.
public enum UT1: TimeScale { public static let name = "ut1" }

/// A moment: whole Modified Julian Day and fraction, resolution about 10 ps, scale in the type.
///
/// Differences of two epochs of one scale are exact to rounding of the result; scales do not mix.
@frozen
public struct Epoch<Scale: TimeScale>: Hashable, Comparable, Sendable {
  /// Whole Modified Julian Day (an integer value).
  public let day: Double
  /// Fraction of the day, 0 ≤ fraction < 1.
  public let fraction: Double

  /// - Parameters:
  ///   - mjdDay: any Modified Julian Date [d]; need not be whole.
  ///   - fraction: added to it [d]; need not be within one day.
  @inlinable
  public init(mjdDay: Double, fraction: Double) {
    let whole = mjdDay.rounded(.down)
    let rest = (mjdDay - whole) + fraction
    let carry = rest.rounded(.down)
    var f = rest - carry
    var d = whole + carry
    if f >= 1 {  // a tiny negative rest rounds up to one
      f = 0
      d += 1
    }
    self.day = d
    self.fraction = f
  }

  /// - Parameter mjd: Modified Julian Date [d]; a double resolves about 1 µs.
  @inlinable public init(mjd: Double) { self.init(mjdDay: mjd, fraction: 0) }

  /// Modified Julian Date as one double (about 1 µs).
  @inlinable public var mjd: Double { day + fraction }

  @inlinable
  public func adding(days: Double) -> Epoch {
    let whole = days.rounded(.towardZero)
    return Epoch(mjdDay: day + whole, fraction: fraction + (days - whole))
  }

  /// This epoch minus another [d].
  @inlinable @inline(__always)
  public func days(since other: Epoch) -> Double {
    (day - other.day) + (fraction - other.fraction)
  }

  @inlinable
  public static func < (a: Epoch, b: Epoch) -> Bool {
    a.day != b.day ? a.day < b.day : a.fraction < b.fraction
  }
}
