/// Which masses are sources of the post-Newtonian terms of the force model.
public enum Relativity: String, Sendable, Hashable, CaseIterable {
  /// No relativity: for comparisons only. A main-belt asteroid is off by a kilometre in a year.
  case none
  /// The Sun, as JPL's and others' small-body integrations have it by default.
  case sun
  /// Sun, planets, Moon and Pluto: centimetres a month beyond `sun`, more beside Jupiter.
  case all

  /// The first masses, by raw value of ``Body``, that are sources.
  var sourceCount: Int {
    switch self {
    case .none: 0
    case .sun: 1
    case .all: Body.firstAsteroid
    }
  }
}
