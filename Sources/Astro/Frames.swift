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

  /// Rotates ICRF axes to galactic ones (Hipparcos definition: ESA 1997, SP-1200, vol. 1, 1.5.3).
  public static let equatorialToGalactic = Matrix3(
    Vector3(-0.054_875_560_416_215_37, -0.873_437_090_234_885, -0.483_835_015_548_713_2),
    Vector3(0.494_109_427_875_583_65, -0.444_829_629_960_011_2, 0.746_982_244_497_218_9),
    Vector3(-0.867_666_149_019_004_7, -0.198_076_373_431_201_52, 0.455_983_776_175_066_9))
}
