import HTTPTypes
import Astro
import Astrometry
import Catalog
import Dynamics
import Foundation
import Prediction

/// A list of detections in, the known objects that they are out.
enum IdentifyEndpoint {
  /// Detections may be of so many nights at once.
  private static let mostNights = 4

  private static let example = """
    {"observatory": "X05", "detections": [{"id": "a1", "time": "2026-11-22T04:00:00Z", \
    "ra": 180.01, "dec": 0.02, "mag": 21.3, "band": "r"}]}
    """

  static func all(_ state: ServiceState) -> [Endpoint] {
    [
      Endpoint(
        method: .post, path: "/v1/identify", operation: "identify",
        summary: "Which known objects detections are.",
        description: """
          Detections of one moment compete for objects and objects for detections, by the \
          covariances of both and the magnitudes. JSON: `observatory` (default X05) and `time` for \
          all or for each, `detections` with `ra`, `dec` [deg], and if they are known `id`, \
          `raErr` (times cos dec), `decErr` [deg], `mag`, `magErr`, `band`. Or text that \
          `ecliptic ingest` reads: LSST CSV, ADES PSV or XML, MPC 80 columns. At most \
          \(state.options.mostDetections) detections of at most \(mostNights) nights; those of one \
          moment within a field of \(state.options.widestRadiusDeg) degrees' radius.
          """,
        tag: "prediction",
        parameters: [
          Parameter(
            "least", .number(0...1), default: "0.01", "Leave less probable candidates out.",
            example: "0.01")
        ],
        requestBody: .init(
          description: "The detections.",
          mediaTypes: ["application/json", "text/csv", "text/plain", "application/xml"],
          example: example),
        otherStatuses: [
          (413, "The body, or the list, is too long."), (422, "No detection could be understood."),
        ] + Endpoint.tableStatuses, weight: .heavy
      ) { call in
        let parsed = try DetectionBody(state).read(call)
        let matches = try await matches(parsed.detections, state)
        return json(parsed, matches, least: call.arguments.number("least") ?? 0.01, state.names)
      }
    ]
  }

  private struct Match: Sendable {
    var association: Association
    var object: PredictedObject
  }

  private struct Exposure: Hashable {
    var midpoint: Epoch<TAI>
    var observatory: ObservatoryCode
  }

  /// - Returns: the candidates of each detection, most probable first.
  private static func matches(
    _ detections: [Detection], _ state: ServiceState
  ) async throws -> [[Match]] {
    var exposures: [Exposure: [Int]] = [:]
    for (index, detection) in detections.enumerated() {
      let key = Exposure(midpoint: detection.midpoint, observatory: detection.observatory)
      exposures[key, default: []].append(index)
    }
    let days = Set(exposures.keys.map { Int($0.midpoint.mjd.rounded(.down)) })
    guard days.count <= 2 * mostNights else {
      throw HTTPProblem(
        .unprocessableContent,
        "the detections are of more than \(mostNights) nights; send each "
          + "night by itself")
    }
    var result = [[Match]](repeating: [], count: detections.count)
    let ordered = exposures.sorted {
      ($0.key.midpoint, $0.key.observatory) < ($1.key.midpoint, $1.key.observatory)
    }
    for (exposure, indices) in ordered {
      let inputs = indices.map { MatchInput(detections[$0]) }
      let found = try await match(inputs, exposure, state)
      for (place, candidates) in zip(indices, found) { result[place] = candidates }
    }
    return result
  }

  private static func match(
    _ inputs: [MatchInput], _ exposure: Exposure, _ state: ServiceState
  ) async throws -> [[Match]] {
    guard let field = SkyField(holding: inputs.map(\.direction)) else { return [] }
    let matcher = Matcher()
    let widest = state.options.widestRadiusDeg
    guard field.radiusRad <= widest * Angle.degree else {
      throw HTTPProblem(
        .unprocessableContent,
        "the detections of MJD \(exposure.midpoint.mjd) (TAI) are spread over more than \(widest) "
          + "degrees about their middle; those of one moment must be of one exposure")
    }
    do {
      let epoch = exposure.midpoint.tdb
      let tables = try await state.nights.tables(at: epoch, observatory: exposure.observatory)
      let (objects, _) = try tables.objects(
        in: SkyField(centre: field.centre, radiusRad: field.radiusRad + matcher.widestRad),
        at: epoch, observatory: exposure.observatory, solarSystem: state.solarSystem,
        marginRad: NightTable.defaultMargin)
      let area = .pi * field.radiusRad * field.radiusRad
      return matcher.match(inputs, objects, fieldAreaSr: area).map { list in
        list.map { Match(association: $0, object: objects[$0.object]) }
      }
    } catch PredictionError.observer(let reason) {
      throw HTTPProblem(.unprocessableContent, "\(reason)")
    }
  }

  private static func json(
    _ parsed: DetectionBody.Parsed, _ matches: [[Match]], least: Double, _ names: ObjectNames
  ) -> Reply {
    Reply.json(96 * (parsed.detections.count + 1)) { text in
      text.add("count", parsed.detections.count)
      text.array("detections") { text in
        for (detection, candidates) in zip(parsed.detections, matches) {
          text.object { text in
            text.add("id", detection.sourceId ?? "\(detection.diaSourceId)")
            text.array("candidates") { text in
              for match in candidates where match.association.probability >= least {
                text.object { write(match, names, to: &$0) }
              }
            }
          }
        }
      }
      text.array("rejected") { text in
        for fault in parsed.faults {
          text.object { text in
            text.add("index", fault.index)
            text.add("field", fault.field)
            text.add("reason", fault.reason)
          }
        }
      }
    }
  }

  private static func write(_ match: Match, _ names: ObjectNames, to text: inout JSONText) {
    let pair = match.association
    let (ra, dec) = match.object.place.raDec
    text.add("designation", names.index(of: Int64(match.object.orbit)).map(names.name))
    text.add("ssObjectId", match.object.orbit)
    text.add("probability", pair.probability, decimals: 6)
    text.add("rank", pair.rank)
    text.add("separation", pair.separation / Angle.arcsecond, decimals: 4)
    text.add("along", pair.along / Angle.arcsecond, decimals: 4)
    text.add("across", pair.across / Angle.arcsecond, decimals: 4)
    text.add("sigmaAlong", pair.sigmaAlong / Angle.arcsecond, decimals: 4)
    text.add("sigmaAcross", pair.sigmaAcross / Angle.arcsecond, decimals: 4)
    text.add("chi2", pair.chi2, decimals: 4)
    text.add("ephRa", ra / Angle.degree, decimals: 9)
    text.add("ephDec", dec / Angle.degree, decimals: 9)
    text.add("ephVmag", match.object.magnitudeV, decimals: 3)
  }
}
