/// The schema of an alert, and the program that picks from its packets what we work with.
public struct AlertSchema: Sendable {
  /// Whose alerts.
  public enum Survey: Sendable {
    case lsst
    case ztf
  }

  /// major × 100 + minor, as it stands before a framed message; nil for a container's own schema.
  public let id: UInt32?
  public let schema: AvroSchema
  public let survey: Survey
  public let projection: AvroProjection

  /// - Throws: ``AlertsError/schema(source:reason:)`` when it is not that of an alert: records
  ///   without a `diaSource` (LSST) or `candidate` (ZTF) with identifier, time and place.
  public init(
    schema: AvroSchema, id: UInt32? = nil, source: String
  ) throws(AlertsError) {
    self.schema = schema
    self.id = id
    guard let record = schema.rootRecord else {
      throw .schema(source: source, reason: "is not of a record; expected an alert's schema")
    }
    let paths: [String]
    let required: [String]
    if record.position(of: "diaSource") != nil {
      survey = .lsst
      paths = LSSTField.allCases.map(\.path)
      required = LSSTField.required.map(\.path)
    } else if record.position(of: "candidate") != nil {
      survey = .ztf
      paths = ZTFField.allCases.map(\.path)
      required = ZTFField.required.map(\.path)
    } else {
      throw .schema(
        source: source,
        reason: "is of \(record.name), not of an alert: it has neither diaSource nor candidate")
    }
    projection = try AvroProjection(schema: schema, fields: paths)
    if let missing = required.first(where: { !projection.has($0) }) {
      throw .schema(source: source, reason: "has no field \(missing), which every alert needs")
    }
  }
}

extension AvroProjection {
  /// Whether the schema has a wanted field.
  func has(_ field: String) -> Bool { slot(field).map { present[$0] } ?? false }
}

/// What is read from an LSST packet; raw values are slots.
enum LSSTField: Int, CaseIterable {
  case diaSourceId, visit, midpointMjdTai, ra, dec, raErr, decErr, raDecCov, psfFlux, psfFluxErr
  case band, trailLength, trailAngle, extendedness, reliability, isNegative, ssObjectId, diaObject
  case ssSource, ssSourceObjectId, ssSourceDesignation, ephRa, ephDec
  case mpcOrbits, orbitName, orbitEpoch, orbitPerihelion, oldOrbits

  static let required: [LSSTField] = [.diaSourceId, .midpointMjdTai, .ra, .dec]

  var path: String {
    switch self {
    case .diaSourceId: "diaSource.diaSourceId"
    case .visit: "diaSource.visit"
    case .midpointMjdTai: "diaSource.midpointMjdTai"
    case .ra: "diaSource.ra"
    case .dec: "diaSource.dec"
    case .raErr: "diaSource.raErr"
    case .decErr: "diaSource.decErr"
    case .raDecCov: "diaSource.ra_dec_Cov"
    case .psfFlux: "diaSource.psfFlux"
    case .psfFluxErr: "diaSource.psfFluxErr"
    case .band: "diaSource.band"
    case .trailLength: "diaSource.trailLength"
    case .trailAngle: "diaSource.trailAngle"
    case .extendedness: "diaSource.extendedness"
    case .reliability: "diaSource.reliability"
    case .isNegative: "diaSource.isNegative"
    case .ssObjectId: "diaSource.ssObjectId"
    case .diaObject: "diaObject"
    case .ssSource: "ssSource"
    case .ssSourceObjectId: "ssSource.ssObjectId"
    case .ssSourceDesignation: "ssSource.designation"
    case .ephRa: "ssSource.ephRa"
    case .ephDec: "ssSource.ephDec"
    case .mpcOrbits: "mpc_orbits"
    case .orbitName: "mpc_orbits.designation"
    case .orbitEpoch: "mpc_orbits.epoch_mjd"
    case .orbitPerihelion: "mpc_orbits.q"
    case .oldOrbits: "MPCORB"
    }
  }
}

/// What is read from a ZTF packet; raw values are slots.
enum ZTFField: Int, CaseIterable {
  case candid, topCandid, jd, ra, dec, fid, magpsf, sigmapsf, exptime, isdiffpos, drb, rb
  case ssdistnr, ssnamenr

  static let required: [ZTFField] = [.candid, .jd, .ra, .dec]

  /// The identifier stands in the candidate, and mostly at the top too.
  var path: String {
    self == .topCandid ? "candid" : "candidate.\(self)"
  }
}
