/// Which column of an orbit CSV holds what; nil for a column that is not there.
struct OrbitColumns: Sendable {
  let names: [String]
  let designation: Int
  let epoch: Int
  /// x, y, z [au], vx, vy, vz [au/d]; empty when the file has none.
  let state: [Int]
  let origin: Int?
  let frame: Int?
  /// e, incl, node, argPeri; empty when the file has no elements.
  let shape: [Int]
  let q: Int?
  let a: Int?
  let tPeri: Int?
  let meanAnomaly: Int?
  let absoluteMagnitude: Int?
  let slope: Int?
  /// G12, G1, G2 of asteroids, M1, K1, M2, K2, PC of comets, each perhaps missing.
  let photometry: [String: Int]
  /// A1, A2, A3 [au/d²], each perhaps missing.
  let nonGravitational: [Int?]
  /// Their law, `asteroid` or `comet`.
  let nonGravitationalLaw: Int?
  /// cov_i_j by rows, i ≤ j: 21 columns; empty when the file has not all of them.
  let covariance: [Int]
  let rms: Int?
  let nobs: Int?
  let nobsUsed: Int?
  let arcDays: Int?
  let converged: Int?
  let determined: Int?
  let observedUntil: Int?

  // The first of each is what we write; the others are what the tables of others call it.
  private static let designationNames = ["designation", "name", "pdes", "full_name", "id"]
  private static let epochNames = ["epochMjdTdb", "epoch_mjd_tdb", "epoch_mjd", "epochMJD_TDB"]

  static func isHeader(_ names: [String]) -> Bool {
    first(epochNames, names) != nil && names.count >= 8
  }

  init(header names: [String], file: String, line: Int) throws(ExchangeError) {
    self.names = names
    func find(_ candidates: String...) -> Int? { Self.first(candidates, names) }
    func all(_ columns: [Int?]) -> [Int] {
      columns.contains { $0 == nil } ? [] : columns.compactMap { $0 }
    }
    state = all(["x", "y", "z", "vx", "vy", "vz"].map { find($0) })
    shape = all([
      find("e"), find("incl", "i", "i_deg"), find("node", "om", "node_deg"),
      find("argPeri", "w", "argperi_deg"),
    ])
    q = find("q", "q_au")
    a = find("a", "a_au")
    tPeri = find("tPeriMjdTdb", "tp_mjd")
    meanAnomaly = find("meanAnomaly", "ma", "M_deg")
    let hasElements =
      !shape.isEmpty && (q != nil || a != nil) && (tPeri != nil || meanAnomaly != nil)
    var missing: [String] = []
    let designation = Self.first(Self.designationNames, names)
    let epoch = Self.first(Self.epochNames, names)
    if designation == nil { missing.append("designation") }
    if epoch == nil { missing.append("epochMjdTdb") }
    if state.isEmpty && !hasElements {
      missing.append("x,y,z,vx,vy,vz (or q,e,incl,node,argPeri,tPeriMjdTdb)")
    }
    guard missing.isEmpty, let designation, let epoch else {
      throw .missingColumns(file: file, line: line, missing: missing, seen: names)
    }
    self.designation = designation
    self.epoch = epoch
    origin = find("origin")
    frame = find("frame")
    absoluteMagnitude = find("H")
    slope = find("G")
    photometry = Dictionary(
      uniqueKeysWithValues: PhotometryFields.names.compactMap { name in
        find(name).map { (name, $0) }
      })
    nonGravitational = ["A1", "A2", "A3"].map { find($0) }
    nonGravitationalLaw = find("gLaw")
    var covariance: [Int?] = []
    for i in 0..<6 { for j in i..<6 { covariance.append(find("cov_\(i)_\(j)", "cov_\(j)_\(i)")) } }
    self.covariance = all(covariance)
    rms = find("rms")
    nobs = find("nobs")
    nobsUsed = find("nobsUsed")
    arcDays = find("arcDays")
    converged = find("converged")
    determined = find("determined")
    observedUntil = find("observedUntilMjdTai")
  }

  private static func first(_ candidates: [String], _ names: [String]) -> Int? {
    for candidate in candidates {
      if let index = names.firstIndex(of: candidate) { return index }
    }
    return nil
  }
}
