import Dynamics

/// The formats of orbits that are text: one piece for each orbit, between a head and a foot.
public enum OrbitTextFormat: String, CaseIterable, Sendable {
  case csv
  case mpcorb
  case mpcOrbJSON = "mpc-orb"
  case oef

  /// What comes before the first orbit.
  public var head: String {
    switch self {
    case .csv: OrbitCSV.header
    case .mpcorb: ""
    case .mpcOrbJSON: "[\n"
    case .oef: OEFWriter.header
    }
  }

  /// What comes after the last orbit.
  public var foot: String { self == .mpcOrbJSON ? "\n]\n" : "" }

  /// What comes between two orbits.
  public var separator: String { self == .mpcOrbJSON ? ",\n" : "" }

  /// Some orbits, separated; pure, so that pieces can be made on all cores.
  public func encode(_ records: some Collection<OrbitRecord>) -> OrbitText {
    var text = OrbitText()
    for record in records {
      let mark = text.bytes.count
      if text.count > 0 { text.bytes += separator.utf8 }
      let isWritten =
        switch self {
        case .csv: Self.addCSV(record, to: &text)
        case .mpcorb: MPCORBWriter.add(record, to: &text)
        case .mpcOrbJSON: MPCOrbJSONWriter.add(record, to: &text)
        case .oef: OEFWriter.add(record, to: &text)
        }
      if isWritten {
        text.count += 1
      } else {
        text.bytes.removeSubrange(mark...)
      }
    }
    return text
  }

  private static func addCSV(_ record: OrbitRecord, to text: inout OrbitText) -> Bool {
    text.bytes += OrbitCSV.line(record.orbit).utf8
    return true
  }
}

/// Orbits in a text format, and what it could not hold of them.
public struct OrbitText: Sendable {
  public internal(set) var bytes: [UInt8] = []
  /// Orbits that were written.
  public internal(set) var count = 0
  var lossCounter = LossCounter()
  /// Orbits mostly share their epoch: its text is made once.
  private var lastDate: (day: Double, text: String?) = (.nan, nil)

  public init() {}

  /// Packed form of a Modified Julian Day.
  mutating func packedDate(_ day: Double) -> String? {
    if day != lastDate.day { lastDate = (day, PackedDate.text(day: day)) }
    return lastDate.text
  }

  public var losses: [String] { lossCounter.messages }

  /// Takes over the losses of another part.
  public mutating func addLosses(of other: OrbitText) { lossCounter.add(other.lossCounter) }
}
