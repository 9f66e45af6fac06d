/// The laws of brightness and of non-gravitational accelerations that came with an orbit.
enum SolutionLaws {
  /// As ``OrbitLaws`` writes them; NULL where the orbit has H and G alone, or no A1, A2, A3, or its
  /// designation says which law they follow.
  static let statements = ["brightnessLaw", "nonGravitationalLaw"].map {
    "ALTER TABLE orbitSolutions ADD COLUMN \($0) TEXT"
  }
}
