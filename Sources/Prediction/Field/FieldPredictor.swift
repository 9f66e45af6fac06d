public import Astro
public import Dynamics

/// Knows which objects are in a field: by propagation (``Predictor``), or by tables.
///
/// Objects go by a key, `PredictedObject.orbit`, that says nothing outside of the predictor.
public protocol FieldPredictor: Sendable {
  /// Objects this far outside of the field are predicted too [rad].
  var marginRad: Double { get set }

  /// The objects of a field at mid-exposure: those whose place is in it, or within the margin or
  /// three of their standard deviations of it; and those near the field whose motion ended before.
  func predict(
    _ field: SkyField, at epoch: Epoch<TDB>, observatory: ObservatoryCode, jobs: Int
  ) async throws -> (objects: [PredictedObject], ended: [EndedOrbit])

  /// The orbits of some objects by their keys.
  func orbits(of keys: [Int]) throws -> [Int: CatalogOrbit]

  /// The designations of some objects by their keys.
  func designations(of keys: [Int]) throws -> [Int: String]

  /// Number of orbits that are looked through.
  var orbitCount: Int { get }
}

extension Predictor: FieldPredictor {
  public var orbitCount: Int { orbits.count }

  public func orbits(of keys: [Int]) -> [Int: CatalogOrbit] {
    Dictionary(keys.map { ($0, orbits[$0]) }, uniquingKeysWith: { first, _ in first })
  }

  public func designations(of keys: [Int]) -> [Int: String] {
    orbits(of: keys).mapValues(\.designation)
  }
}
