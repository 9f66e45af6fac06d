/// Constants that define units. Values of the force model (GM and the like) live in Dynamics.
public enum Constants {
  /// Astronomical unit [km], exact (IAU 2012 B2).
  public static let auKm = 149_597_870.7
  /// Seconds in a day.
  public static let secondsPerDay = 86_400.0
  /// Speed of light [au/d].
  public static let lightSpeedAUPerDay = 299_792.458 * secondsPerDay / auKm
  /// Modified Julian Date of J2000.0 (TT or TDB, as the scale of use is).
  public static let mjdJ2000 = 51_544.5
  /// Julian Date of MJD zero.
  public static let jdOfMjdZero = 2_400_000.5
}
