import Astro
import Dynamics
import Prediction

/// The sidecar of a tagged file as an Avro container: the columns of ``CandidatesCSV``, with types.
public struct CandidatesAvro {
  /// Units are in the documentation of each field.
  static let schema = """
    {"type":"record","name":"candidate","namespace":"ecliptic","doc":"An object that a \
    detection may be","fields":[\
    {"name":"diaSourceId","type":"long"},{"name":"ssObjectId","type":"long"},\
    {"name":"designation","type":"string"},\
    {"name":"rank","type":"int","doc":"1 is the most probable"},\
    {"name":"separation","type":"double","doc":"arcsec"},\
    {"name":"along","type":"double","doc":"arcsec, measured minus predicted, along the motion"},\
    {"name":"across","type":"double","doc":"arcsec"},\
    {"name":"sigmaAlong","type":"double","doc":"arcsec"},\
    {"name":"sigmaAcross","type":"double","doc":"arcsec"},\
    {"name":"chi2","type":"double","doc":"of two degrees of freedom"},\
    {"name":"probability","type":"double"},\
    {"name":"ephVmag","type":["null","double"],"doc":"mag","default":null}]}
    """

  private let encoder: AvroEncoder
  private let output: AtomicOutput
  private var writer: ObjectContainerWriter

  /// - Parameter path: of the container; `-` is standard output.
  public init(path: String) throws(AlertsError) {
    encoder = AvroEncoder(schema: try AvroSchema(json: Self.schema))
    output = try AtomicOutput(path: path)
    writer = try ObjectContainerWriter(output: output, schema: encoder.schema, codec: .deflate)
  }

  public mutating func append(_ alert: TaggedAlert) throws(AlertsError) {
    for tag in alert.candidates { try writer.append(try encoder.encode(Self.value(tag))) }
  }

  /// Gives the file its name.
  public mutating func commit() throws(AlertsError) {
    try writer.finish()
    try output.commit()
  }

  private static func value(_ tag: SolarSystemTag) -> AvroValue {
    let pair = tag.association
    func arcsec(_ angle: Double) -> AvroValue { .double(angle / Angle.arcsecond) }
    return .record(
      AvroRecord(fields: [
        AvroEntry("diaSourceId", .long(tag.diaSourceId)),
        AvroEntry("ssObjectId", .long(tag.ssObjectId)),
        AvroEntry("designation", .string(tag.orbit.designation)),
        AvroEntry("rank", .int(Int32(clamping: pair.rank))),
        AvroEntry("separation", arcsec(pair.separation)),
        AvroEntry("along", arcsec(pair.along)), AvroEntry("across", arcsec(pair.across)),
        AvroEntry("sigmaAlong", arcsec(pair.sigmaAlong)),
        AvroEntry("sigmaAcross", arcsec(pair.sigmaAcross)), AvroEntry("chi2", .double(pair.chi2)),
        AvroEntry("probability", .double(pair.probability)),
        AvroEntry("ephVmag", tag.object.magnitudeV.map { .double($0) } ?? .null),
      ]))
  }
}
