public import Astro

/// A catalog's orbits at one common epoch.
public struct MovedCatalog: Sendable {
  public let epoch: Epoch<TDB>
  /// By orbit; nil where the motion ended before (see ``verdicts``). ICRF axes, origin as asked for.
  public internal(set) var states: [StateVector?]
  /// ∂(state at ``epoch``)/∂(state of the orbit) by orbit, when asked for; nil as the states are.
  public internal(set) var transitions: [StateTransitionMatrix?]
  /// Why orbits ended early, by their index: impacts, ends of the ephemerides, states that are not
  /// finite.
  public internal(set) var verdicts: [Int: Propagation.Verdict] = [:]
  /// Orbits that went one by one: short periods, encounters, forces of their own, few of an epoch.
  package internal(set) var aloneCount = 0
}
