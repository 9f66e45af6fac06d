import Dynamics

/// The brightness law that a record's fields name.
enum PhotometryFields {
  /// Columns of the orbit CSV beside H and G.
  static let names = ["G12", "G12_2010", "G1", "G2", "M1", "K1", "M2", "K2", "PC"]

  /// A law's fields by name; H stands in a column of its own.
  static func values(_ law: PhotometricModel) -> [String: Double] {
    switch law {
    case .hg(_, let g): ["G": g]
    case .hg12(_, let g): ["G12": g]
    case .hg12Muinonen(_, let g): ["G12_2010": g]
    case .hg1g2(_, let g1, let g2): ["G1": g1, "G2": g2]
    case .comet(let m, let k): ["M1": m, "K1": k]
    case .nucleus(let m, let k, let c): ["M2": m, "K2": k, "PC": c]
    }
  }

  /// - Parameters:
  ///   - absoluteMagnitude: H.
  ///   - field: the value of a field by its name (G12, G12_2010,
  ///     G1, G2, M1, K1, M2, K2, PC); nil where empty.
  /// - Returns: nil where the record has H and G, or nothing.
  static func law(
    absoluteMagnitude h: Double?, _ field: (String) throws(FieldFault) -> Double?
  ) throws(FieldFault) -> PhotometricModel? {
    if let m1 = try field("M1") {
      guard let k1 = try field("K1") else { throw lacking("K1", "M1") }
      return .comet(m1: m1, k1: k1)
    }
    if let m2 = try field("M2") {
      guard let k2 = try field("K2") else { throw lacking("K2", "M2") }
      return .nucleus(m2: m2, k2: k2, phaseCoefficient: try field("PC") ?? 0)
    }
    let (g1, g2) = (try field("G1"), try field("G2"))
    if let g1 = g1 {
      guard let g2 else { throw lacking("G2", "G1") }
      guard let h else { throw lacking("H", "G1") }
      return .hg1g2(h: h, g1: g1, g2: g2)
    }
    if g2 != nil { throw lacking("G1", "G2") }
    if let g12 = try field("G12_2010") {
      guard let h else { throw lacking("H", "G12_2010") }
      return .hg12Muinonen(h: h, g12: g12)
    }
    if let g12 = try field("G12") {
      guard let h else { throw lacking("H", "G12") }
      return .hg12(h: h, g12: g12)
    }
    return nil
  }

  private static func lacking(_ missing: String, _ given: String) -> FieldFault {
    FieldFault(
      field: missing, reason: "is empty, but \(given) is given; give both or neither")
  }
}
