import Astro
import Dynamics
import Foundation

/// Reads the MPC's `mpc_orb` JSON, versions 0.4 to 0.7: one object, a list of them, one after the
/// other (a line each), or the answer of the MPC's get-orb service, which wraps each in `mpc_orb`.
///
/// The state and covariance come from the block `CAR` (Cartesian), or the state from `COM`
/// (cometary elements) when that alone is there.
enum MPCOrbJSON {
  static func read(_ block: JSONBlock, file: String) -> OrbitBatch {
    var batch = OrbitBatch()
    block.bytes.withUnsafeBytes { bytes in
      for (range, line, index) in block.values {
        read(Data(bytes[range]), line, index.map { "[\($0)]" } ?? "", file, into: &batch)
      }
    }
    return batch
  }

  private static func read(
    _ data: Data, _ line: Int, _ place: String, _ file: String, into batch: inout OrbitBatch
  ) {
    do throws(FieldFault) {
      guard let item = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
      else { throw FieldFault(field: nil, reason: "is not well-formed JSON") }
      guard let object = item as? [String: Any] else {
        throw FieldFault(field: nil, reason: "is not a JSON object with an orbit")
      }
      batch.orbits.append(try orbit(Node(object["mpc_orb"] as? [String: Any] ?? object)))
      batch.lines.append(line)
    } catch {
      var fault = error
      if !place.isEmpty || fault.field != nil { fault.field = place + (fault.field ?? "") }
      // Enough of the record to find it again; the whole may be many pages.
      batch.reject(
        fault, file: file, line: line, record: String(decoding: data.prefix(1000), as: UTF8.self))
    }
  }

  private static func orbit(_ root: Node) throws(FieldFault) -> CatalogOrbit {
    let (name, id) = try designation(root)
    let others = otherNames(root).filter { $0 != name }
    let epoch = try epoch(root)
    let toICRF = try rotation(root)
    let car = root.child("CAR")
    let orbit =
      try car.value("coefficient_values") != nil
      ? state(car, epoch, toICRF) : elements(root.child("COM"), epoch)
    var result = CatalogOrbit(designation: name, ssObjectId: id, orbit: orbit)
    result.otherNames = others
    result.covariance = try covariance(car.child("covariance"), toICRF)
    if result.covariance == nil {
      result.covariance = try cometaryCovariance(root.child("COM"), epoch)
    }
    let magnitude = root.child("magnitude_data")
    result.absoluteMagnitude = try magnitude.number("H", in: -30...60)
    result.slope = try magnitude.number("G", in: -2...2)
    result.photometry = try PhotometryFields.law(absoluteMagnitude: result.absoluteMagnitude) {
      name throws(FieldFault) in
      try magnitude.number(name, in: -100...100)
    }
    result.nonGravitational = try nonGravitational(root)
    result.quality = try quality(root.child("orbit_fit_statistics"))
    let statistics = root.child("orbit_fit_statistics")
    result.quality.observedUntilMjdTai = ObservedUntil.mjd(
      arc: statistics.text("arc_length_sel") ?? statistics.text("arc_length_total"),
      fitted: root.child("software_data").text("fitting_datetime"))
    return result
  }

  /// The primary provisional designation, as Rubin's tables have it; else the number.
  private static func designation(_ root: Node) throws(FieldFault) -> (String, Int64?) {
    let data = root.child("designation_data")
    let keys = ["unpacked_primary_provisional_designation", "permid", "iau_designation", "name"]
    for key in keys {
      guard let text = data.text(key), !text.isEmpty else { continue }
      let known = Designation(text)
      return (known.map { "\($0)" } ?? text, known?.ssObjectId)
    }
    throw FieldFault(field: "designation_data", reason: "holds no designation")
  }

  /// Number and secondary designations.
  private static func otherNames(_ root: Node) -> [String] {
    let data = root.child("designation_data")
    let secondary = data.value("unpacked_secondary_provisional_designations") as? [Any] ?? []
    return ([data.text("permid")] + secondary.map { $0 as? String })
      .compactMap { $0.flatMap { Designation($0)?.description } }
  }

  private static func epoch(_ root: Node) throws(FieldFault) -> Epoch<TDB> {
    let data = root.child("epoch_data")
    let form = data.text("timeform") ?? "MJD"
    guard form == "MJD" else {
      throw FieldFault(field: "epoch_data.timeform", reason: "‘\(form)’ is not MJD")
    }
    guard let mjd = try data.number("epoch", in: FieldText.orbitDates) else {
      throw FieldFault(field: "epoch_data.epoch", reason: "is missing")
    }
    switch data.text("timesystem") ?? "TT" {
    case "TDT", "TT": return Epoch<TT>(mjd: mjd).tdb
    case "TDB": return Epoch<TDB>(mjd: mjd)
    case let other:
      throw FieldFault(field: "epoch_data.timesystem", reason: "‘\(other)’ is neither TT nor TDB")
    }
  }

  /// From the file's axes to ICRF.
  private static func rotation(_ root: Node) throws(FieldFault) -> Matrix3 {
    switch root.child("system_data").text("refsys") ?? "Ecliptic" {
    case "Ecliptic", "ecliptic": return Frames.eclipticToEquatorial
    case "Equatorial", "equatorial": return .identity
    case let other:
      throw FieldFault(
        field: "system_data.refsys", reason: "‘\(other)’ is neither Ecliptic nor Equatorial")
    }
  }

  private static func state(
    _ car: Node, _ epoch: Epoch<TDB>, _ toICRF: Matrix3
  ) throws(FieldFault) -> Orbit {
    let v = try coefficients(car, "CAR", ["x", "y", "z", "vx", "vy", "vz"])
    let position = toICRF * Vector3(v[0], v[1], v[2])
    let velocity = toICRF * Vector3(v[3], v[4], v[5])
    guard position.norm > 0, position.norm < 1e5, velocity.norm < 10 else {
      throw FieldFault(
        field: "CAR.coefficient_values", reason: "are not a state in au and au/d: \(v)")
    }
    return Orbit(
      epoch: epoch, state: StateVector(position: position, velocity: velocity), origin: .sun)
  }

  private static func elements(_ com: Node, _ epoch: Epoch<TDB>) throws(FieldFault) -> Orbit {
    let v = try coefficients(com, "COM", ["q", "e", "i", "node", "argperi", "peri_time"])
    guard v[0] > 0, v[1] >= 0, (0...180).contains(v[2]) else {
      throw FieldFault(field: "COM.coefficient_values", reason: "are not elements: \(v)")
    }
    let orbit = KeplerianElements(
      epoch: epoch, perihelionAU: v[0], eccentricity: v[1], inclinationRad: v[2] * Angle.degree,
      nodeRad: v[3] * Angle.degree, argPeriRad: v[4] * Angle.degree,
      perihelionTime: Epoch<TT>(mjd: v[5]).tdb
    ).orbit()
    guard orbit.state.position.isFinite, orbit.state.velocity.isFinite else {
      throw FieldFault(field: "COM.coefficient_values", reason: "have no finite state: \(v)")
    }
    return orbit
  }

  /// The block's values by their names, whose order the versions leave open.
  private static func coefficients(
    _ block: Node, _ name: String, _ wanted: [String]
  ) throws(FieldFault) -> [Double] {
    guard let names = block.value("coefficient_names") as? [String],
      let values = block.value("coefficient_values") as? [Any], names.count == values.count
    else {
      throw FieldFault(
        field: name, reason: "lacks coefficient_names and coefficient_values of equal length")
    }
    return try wanted.map { key throws(FieldFault) in
      guard let i = names.firstIndex(of: key), let number = values[i] as? NSNumber,
        number.doubleValue.isFinite
      else { throw FieldFault(field: "\(name).\(key)", reason: "is missing or not a number") }
      return number.doubleValue
    }
  }

  /// Of the six state parameters, those of non-gravitational forces marginalised.
  private static func covariance(
    _ node: Node, _ toICRF: Matrix3
  ) throws(FieldFault) -> OrbitCovariance? {
    guard let matrix = try matrix(node) else { return nil }
    let rotated = CovarianceFrame.rotate(matrix, by: toICRF)
    guard let covariance = OrbitCovariance(covariance: rotated) else {
      throw FieldFault(
        field: "CAR.covariance", reason: CovarianceFrame.whatIsWrong(rotated))
    }
    return covariance
  }

  /// That of the cometary elements (au, degrees, days), for files that give no other.
  private static func cometaryCovariance(
    _ com: Node, _ epoch: Epoch<TDB>
  ) throws(FieldFault) -> OrbitCovariance? {
    let names = ["q", "e", "i", "node", "argperi", "peri_time"]
    guard let given = com.value("coefficient_names") as? [String],
      Array(given.prefix(6)) == names, var matrix = try matrix(com.child("covariance"))
    else { return nil }
    let v = try coefficients(com, "COM", names)
    let units = [1, 1, Angle.degree, Angle.degree, Angle.degree, 1]
    for i in 0..<6 { for j in 0..<6 { matrix[6 * i + j] *= units[i] * units[j] } }
    let days = Epoch<TT>(mjd: v[5]).tdb.days(since: epoch)
    let values = [v[0], v[1]] + v[2...4].map { $0 * Angle.degree } + [days]
    guard let elements = ElementSet(.cometary, epoch: epoch, values: values),
      let covariance = OrbitCovariance(covariance: matrix, of: elements)
    else { throw FieldFault(field: "COM.covariance", reason: "is not positive definite") }
    return covariance
  }

  private static func matrix(_ node: Node) throws(FieldFault) -> [Double]? {
    if node.isEmpty { return nil }
    var matrix = [Double](repeating: 0, count: 36)
    for i in 0..<6 {
      for j in i..<6 {
        guard let value = try node.number("cov\(i)\(j)", in: -1e30...1e30) else { return nil }
        matrix[6 * i + j] = value
        matrix[6 * j + i] = value
      }
    }
    return matrix
  }

  /// The Yarkovsky parameter is the transverse acceleration at 1 au in 1e-10 au/d².
  private static func nonGravitational(_ root: Node) throws(FieldFault) -> Vector3? {
    let car = root.child("CAR").value("coefficient_values") != nil ? "CAR" : "COM"
    let names = root.child(car).value("coefficient_names") as? [String] ?? []
    let extra = names.dropFirst(6)
    if extra.isEmpty { return nil }
    guard extra.count == 1, let name = extra.first, name == "yarkovsky" || name == "yarkovski"
    else {
      throw FieldFault(
        field: "\(car).coefficient_names",
        reason: """
          the non-gravitational model (\(extra.joined(separator: ", "))) has no stated unit; \
          only yarkovsky is understood
          """)
    }
    let value = try coefficients(root.child(car), car, [name])[0]
    return Vector3(0, value * 1e-10, 0)
  }

  private static func quality(_ node: Node) throws(FieldFault) -> CatalogOrbit.Quality {
    func count(_ key: String) throws(FieldFault) -> Int? {
      try node.number(key, in: 0...1e9).map { Int($0) }
    }
    var quality = CatalogOrbit.Quality()
    quality.rmsArcsec = try node.number("not_normalized_RMS", in: 0...1e6)
    quality.observationCount = try count("nobs_total")
    quality.observationsUsed = try count("nobs_total_sel")
    quality.oppositionCount = try count("nopp")
    quality.uncertaintyParameter = try count("U_param")
    if let arc = node.text("arc_length_total"), arc.hasSuffix(" days") {
      quality.arcDays = Double(arc.dropLast(5))
    }
    return quality
  }

  /// A JSON object whose members may be missing or null.
  private struct Node {
    let members: [String: Any]

    init(_ members: [String: Any]) { self.members = members }

    var isEmpty: Bool { members.isEmpty }

    func value(_ key: String) -> Any? {
      let value = members[key]
      return value is NSNull ? nil : value
    }

    func child(_ key: String) -> Node { Node(value(key) as? [String: Any] ?? [:]) }

    func text(_ key: String) -> String? {
      (value(key) as? String) ?? (value(key) as? NSNumber).map { "\($0)" }
    }

    func number(_ key: String, in range: ClosedRange<Double>) throws(FieldFault) -> Double? {
      guard let value = value(key) else { return nil }
      guard let number = value as? NSNumber, range.contains(number.doubleValue) else {
        throw FieldFault(field: key, reason: "‘\(value)’ is not a number in range")
      }
      return number.doubleValue
    }
  }
}
