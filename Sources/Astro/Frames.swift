/// Fixed rotations between inertial frames.
public enum Frames {
  /// Obliquity of the ecliptic at J2000.0 as the MPC and JPL use it for elements [rad]:
  /// 84381.448″ (IAU 1976).
  public static let obliquityJ2000Rad = 84381.448 * Angle.arcsecond

  /// Rotates ICRF axes to the ecliptic and equinox J2000 (MPC and JPL convention: ICRF and the
  /// mean equator J2000 are taken as one).
  public static let equatorialToEcliptic: Matrix3 = {
    let c = cosine(obliquityJ2000Rad)
    let s = sine(obliquityJ2000Rad)
    return Matrix3(Vector3(1, 0, 0), Vector3(0, c, s), Vector3(0, -s, c))
  }()

  /// Rotates the ecliptic and equinox J2000 to ICRF axes.
  public static let eclipticToEquatorial: Matrix3 = equatorialToEcliptic.transpose
}
