/// Gravitational parameters GM [au³/d²] and other constants of the force model, as DE440 has them
/// (Park et al. 2021, AJ 161, 105; comment area of the kernel).
public enum GravitationalParameter {
  public static let sun = 2.9591220828411956e-4
  public static let mercury = 4.9125001948893182e-11
  public static let venus = 7.2434523326441187e-10
  public static let earth = 8.8876924467071022e-10
  public static let moon = 1.0931894624024351e-11
  public static let mars = 9.5495488297258119e-11
  public static let jupiter = 2.8253458252257917e-07
  public static let saturn = 8.4597059933762903e-08
  public static let uranus = 1.2920265649682399e-08
  public static let neptune = 1.5243573478851939e-08
  public static let pluto = 2.1750964648933581e-12
}
