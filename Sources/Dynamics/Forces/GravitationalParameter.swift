/// Gravitational parameters GM [au³/d²] that two-body motion needs without a loaded ephemeris, as
/// DE440 has them (Park et al. 2021, AJ 161, 105). All masses of the force model come from
/// ``GravityConstants``.
public enum GravitationalParameter {
  public static let sun = 2.9591220828411956e-4
}
