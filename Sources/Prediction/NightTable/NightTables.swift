public import Astro
public import Dynamics

/// A night's table with what changed since it was made: objects of the later table take the place
/// of the earlier one's.
///
/// New orbits of the running night thus cost as much as themselves, not a whole table.
public struct NightTables: Sendable {
  public let base: NightTable
  public let later: NightTable?
  /// Numbers (`ssObjectId`) of the objects that the later table speaks for.
  private let replaced: Set<Int64>

  /// - Parameter later: made for the same base (its fingerprint is that of the base); another is
  ///   left aside.
  public init(base: NightTable, later: NightTable? = nil) {
    self.base = base
    let fits = later?.fingerprint == base.fingerprint
    self.later = fits ? later : nil
    replaced = Set((0..<(self.later?.objectCount ?? 0)).compactMap { later?.objectId($0) })
  }

  public func covers(_ epoch: Epoch<TDB>) -> Bool { base.covers(epoch) }

  /// As ``NightTable/objects(in:at:observatory:solarSystem:marginRad:)``, with the object's number
  /// (`ssObjectId`) as its key.
  public func objects(
    in field: SkyField, at epoch: Epoch<TDB>, observatory: ObservatoryCode,
    solarSystem: SolarSystem, marginRad: Double
  ) throws(PredictionError) -> (objects: [PredictedObject], ended: [EndedOrbit]) {
    var (objects, ended) = try numbered(
      base, replaced, field, epoch, observatory, solarSystem, marginRad)
    if let later {
      let more = try numbered(later, [], field, epoch, observatory, solarSystem, marginRad)
      objects += more.objects
      ended += more.ended
    }
    return (objects, ended)
  }

  /// What one table finds, without the objects that another speaks for.
  private func numbered(
    _ table: NightTable, _ hidden: Set<Int64>, _ field: SkyField, _ epoch: Epoch<TDB>,
    _ observatory: ObservatoryCode, _ solarSystem: SolarSystem, _ marginRad: Double
  ) throws(PredictionError) -> (objects: [PredictedObject], ended: [EndedOrbit]) {
    var (objects, ended) = try table.objects(
      in: field, at: epoch, observatory: observatory, solarSystem: solarSystem,
      marginRad: marginRad)
    for index in objects.indices {
      objects[index].orbit = Int(table.objectId(objects[index].orbit))
    }
    for index in ended.indices { ended[index].orbit = Int(table.objectId(ended[index].orbit)) }
    if !hidden.isEmpty {
      objects.removeAll { hidden.contains(Int64($0.orbit)) }
      ended.removeAll { hidden.contains(Int64($0.orbit)) }
    }
    return (objects, ended)
  }
}
