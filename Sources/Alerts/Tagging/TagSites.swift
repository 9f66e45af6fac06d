/// Where a tag goes in an alert, and what stands there: found while the alert is read, so that it
/// is not walked again to be written.
struct TagSites: Sendable {
  /// Ranges in the memory that the record was walked in; empty where the schema has no such field.
  private(set) var source = 0..<0
  private(set) var orbit = 0..<0
  private(set) var oldOrbit = 0..<0
  /// `diaSource.ssObjectId`; nil where the schema has none.
  private(set) var identifier: Range<Int>?
  private(set) var identifierValue: Int64?
  /// Whose orbit the sender wrote, and which.
  private(set) var orbitName: String?
  private(set) var orbitEpoch: Double?
  private(set) var orbitPerihelion: Double?

  init(_ view: AlertView) {
    func slot(_ field: LSSTField) -> AvroSlot { view.slots[field.rawValue] }
    func range(_ field: LSSTField) -> Range<Int> {
      let slot = slot(field)
      return slot.state == .absent ? 0..<0 : slot.start..<slot.end
    }
    source = range(.ssSource)
    orbit = range(.mpcOrbits)
    oldOrbit = range(.oldOrbits)
    let named = slot(.ssObjectId)
    if named.state != .absent {
      identifier = named.start..<named.end
      identifierValue = named.integer
    }
    orbitName = slot(.orbitName).text(in: view.bytes)
    orbitEpoch = slot(.orbitEpoch).double
    orbitPerihelion = slot(.orbitPerihelion).double
  }
}
