/// The formats that orbits come in.
public enum OrbitFormat: String, Sendable, Hashable, CaseIterable {
  case orbitCSV = "orbit CSV"
  case mpcorb = "MPCORB.DAT"
  case mpcOrbJSON = "mpc_orb JSON"
  case oef = "OrbFit OEF"

  static let remedy = "orbits are read from " + allCases.map(\.rawValue).joined(separator: ", ")

  /// Recognises a format by its content.
  static func recognise(_ head: Bytes) -> OrbitFormat? {
    if let first = head.first(where: { $0 > 0x20 }), first == 0x7B || first == 0x5B {
      return .mpcOrbJSON
    }
    if OEFReader.isHeader(head) { return .oef }
    for line in head.split(separator: 0x0A, maxSplits: 400).prefix(400) {
      let bytes = Bytes(rebasing: line)
      if MPCORBParser.looksLikeOne(bytes) { return .mpcorb }
      if OrbitColumns.isHeader(DetectionFormat.columnNames(bytes, delimiter: 0x2C)) {
        return .orbitCSV
      }
    }
    return nil
  }
}
