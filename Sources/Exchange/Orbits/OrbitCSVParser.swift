import Astro
import Dynamics

/// Reads the rows of an orbit CSV: a state, or elements where the state is missing.
final class OrbitCSVParser: OrbitLineParser {
  private let c: OrbitColumns
  private let row = TextRow()

  init(columns: OrbitColumns) { c = columns }

  func orbit(_ line: Bytes) throws(FieldFault) -> CatalogOrbit? {
    if line.allSatisfy({ $0 <= 0x20 }) || line[0] == 0x23 { return nil }
    guard row.split(line, delimiter: 0x2C) else {
      throw FieldFault(field: nil, reason: "a quoted field does not end on its line")
    }
    guard row.count == c.names.count else {
      throw FieldFault(
        field: nil,
        reason: "the row has \(row.count) fields, the header \(c.names.count); correct the row")
    }
    let name = try FieldText.kept(row[c.designation], c.names[c.designation])
    guard !name.isEmpty else {
      throw FieldFault(field: c.names[c.designation], reason: "is empty; every orbit needs a name")
    }
    let date = try FieldText.modifiedJulianDate(
      row[c.epoch], c.names[c.epoch], in: FieldText.orbitDates)
    let epoch = Epoch<TDB>(mjdDay: date.day, fraction: date.fraction)
    let isEcliptic = try isEcliptic()
    let hasState = !c.state.isEmpty && !row[c.state[0]].isEmpty
    let orbit =
      try hasState
      ? stateOrbit(epoch, isEcliptic: isEcliptic) : elementsOrbit(epoch)
    var result = CatalogOrbit(
      designation: name, ssObjectId: Designation(name)?.ssObjectId, orbit: orbit)
    result.covariance = try covariance(isEcliptic: isEcliptic)
    result.absoluteMagnitude = try optional(c.absoluteMagnitude, in: -30...60, "mag")
    result.slope = try optional(c.slope, in: -2...2, "")
    if !c.photometry.isEmpty {
      result.photometry = try PhotometryFields.law(absoluteMagnitude: result.absoluteMagnitude) {
        name throws(FieldFault) in
        try optional(c.photometry[name], in: -100...100, "")
      }
    }
    let a = try c.nonGravitational.map { column throws(FieldFault) in
      try optional(column, in: -1e-3...1e-3, "au/d²")
    }
    if a.contains(where: { $0 != nil && $0 != 0 }) {
      result.nonGravitational = Vector3(a[0] ?? 0, a[1] ?? 0, a[2] ?? 0)
      result.nonGravitationalLaw = try nonGravitationalLaw()
    }
    result.quality = try quality()
    return result
  }

  private func nonGravitationalLaw() throws(FieldFault) -> NonGravitational.Law? {
    guard let column = c.nonGravitationalLaw, !FieldText.isMissing(row[column]) else { return nil }
    let name = FieldText.string(row[column])
    guard let law = NonGravitational.Law.named[name] else {
      throw FieldFault(
        field: c.names[column],
        reason: "'\(name)' is no law of A1, A2, A3: asteroid (1/r²) or comet (water ice)"
          + " is expected")
    }
    return law
  }

  private func number(_ column: Int, in range: ClosedRange<Double>, _ unit: String)
    throws(FieldFault) -> Double
  {
    try FieldText.number(row[column], c.names[column], in: range, unit: unit)
  }

  private func optional(_ column: Int?, in range: ClosedRange<Double>, _ unit: String)
    throws(FieldFault) -> Double?
  {
    guard let column else { return nil }
    return try FieldText.optionalNumber(row[column], c.names[column], in: range, unit: unit)
  }

  private func isEcliptic() throws(FieldFault) -> Bool {
    guard let column = c.frame else { return false }
    switch FieldText.string(row[column]) {
    case "", "ICRF": return false
    case "ECLIPJ2000": return true
    default:
      throw FieldFault(
        field: "frame", reason: "‘\(FieldText.string(row[column]))’ is neither ICRF nor ECLIPJ2000")
    }
  }

  private func origin() throws(FieldFault) -> Origin {
    guard let column = c.origin, !row[column].isEmpty else { return .sun }
    guard let origin = Origin(rawValue: FieldText.string(row[column])) else {
      throw FieldFault(
        field: "origin", reason: "‘\(FieldText.string(row[column]))’ is neither SUN nor SSB")
    }
    return origin
  }

  private func stateOrbit(_ epoch: Epoch<TDB>, isEcliptic: Bool) throws(FieldFault) -> Orbit {
    var v: [Double] = []
    for (i, column) in c.state.enumerated() {
      v.append(
        i < 3
          ? try number(column, in: -1e5...1e5, "au") : try number(column, in: -10...10, "au/d"))
    }
    var state = StateVector(
      position: Vector3(v[0], v[1], v[2]), velocity: Vector3(v[3], v[4], v[5]))
    if isEcliptic {
      state.position = Frames.eclipticToEquatorial * state.position
      state.velocity = Frames.eclipticToEquatorial * state.velocity
    }
    guard state.position.norm > 0 else {
      throw FieldFault(field: "x", reason: "the object stands at the origin: no orbit")
    }
    return Orbit(epoch: epoch, state: state, origin: try origin())
  }

  private func elementsOrbit(_ epoch: Epoch<TDB>) throws(FieldFault) -> Orbit {
    guard c.shape.count == 4 else {
      throw FieldFault(field: "x", reason: "is empty, and the file has no elements to use instead")
    }
    let e = try number(c.shape[0], in: 0...1000, "")
    let incl = try number(c.shape[1], in: 0...180, "deg") * Angle.degree
    // A full turn that was rounded or added up may be a little more than one.
    let node = try number(c.shape[2], in: -361...361, "deg") * Angle.degree
    let peri = try number(c.shape[3], in: -361...361, "deg") * Angle.degree
    let q = try optional(c.q, in: 1e-6...1e5, "au")
    let a = try optional(c.a, in: -1e7...1e7, "au")
    guard let q = q ?? a.map({ $0 * (1 - e) }), q > 0 else {
      throw FieldFault(
        field: c.names[c.q ?? c.a ?? c.shape[0]],
        reason: "q must be positive: a and e do not belong together, or both q and a are empty")
    }
    if let column = c.tPeri, !FieldText.isMissing(row[column]) {
      // A comet's perihelion may be centuries away.
      guard let t = NumberText.twoPart(row[column]), abs(t.day) < 1e9 else {
        throw FieldText.notANumber(row[column], c.names[column])
      }
      let elements = KeplerianElements(
        epoch: epoch, perihelionAU: q, eccentricity: e, inclinationRad: incl, nodeRad: node,
        argPeriRad: peri, perihelionTime: Epoch<TDB>(mjdDay: t.day, fraction: t.fraction))
      return try finite(elements.orbit())
    }
    guard let column = c.meanAnomaly else {
      throw FieldFault(
        field: c.tPeri.map { c.names[$0] }, reason: "is empty, and there is no mean anomaly")
    }
    let mean = try number(column, in: -1e6...1e6, "deg") * Angle.degree
    guard e != 1,
      let elements = KeplerianElements(
        epoch: epoch, semiMajorAxisAU: q / (1 - e), eccentricity: e, inclinationRad: incl,
        nodeRad: node, argPeriRad: peri, meanAnomalyRad: mean)
    else {
      throw FieldFault(
        field: c.names[column],
        reason: "a parabola (e = 1) has no mean anomaly; give tPeriMjdTdb")
    }
    return try finite(elements.orbit())
  }

  private func finite(_ orbit: Orbit) throws(FieldFault) -> Orbit {
    guard orbit.state.position.isFinite, orbit.state.velocity.isFinite else {
      throw FieldFault(field: c.names[c.shape[0]], reason: "these elements have no finite state")
    }
    return orbit
  }

  private func covariance(isEcliptic: Bool) throws(FieldFault) -> OrbitCovariance? {
    guard !c.covariance.isEmpty, !FieldText.isMissing(row[c.covariance[0]]) else { return nil }
    var matrix = [Double](repeating: 0, count: 36)
    var k = 0
    for i in 0..<6 {
      for j in i..<6 {
        let value = try FieldText.number(row[c.covariance[k]], c.names[c.covariance[k]])
        matrix[6 * i + j] = value
        matrix[6 * j + i] = value
        k += 1
      }
    }
    if isEcliptic { matrix = CovarianceFrame.rotate(matrix, by: Frames.eclipticToEquatorial) }
    guard let covariance = OrbitCovariance(covariance: matrix) else {
      throw FieldFault(
        field: "cov_0_0",
        reason: "the covariance of \(FieldText.string(row[c.designation])) "
          + CovarianceFrame.whatIsWrong(matrix) + "; leave it empty")
    }
    return covariance
  }

  private func quality() throws(FieldFault) -> CatalogOrbit.Quality {
    CatalogOrbit.Quality(
      rmsArcsec: try optional(c.rms, in: 0...1e6, "arcsec"),
      observationCount: try optional(c.nobs, in: 0...1e9, "").map { Int($0) },
      observationsUsed: try optional(c.nobsUsed, in: 0...1e9, "").map { Int($0) },
      arcDays: try optional(c.arcDays, in: 0...1e6, "d"), converged: try flag(c.converged),
      determined: try flag(c.determined),
      observedUntilMjdTai: try optional(c.observedUntil, in: -1e5...1e5, "d"))
  }

  private func flag(_ column: Int?) throws(FieldFault) -> Bool? {
    guard let column, !row[column].isEmpty else { return nil }
    switch FieldText.string(row[column]).lowercased() {
    case "true", "1": return true
    case "false", "0": return false
    default:
      throw FieldFault(
        field: c.names[column],
        reason: "‘\(FieldText.string(row[column]))’ is neither true nor false")
    }
  }
}
