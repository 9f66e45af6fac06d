import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation
import HTTPTypes
import NIOCore

/// The detections of a request's body: our JSON, or any text that `ingest` reads.
struct DetectionBody {
  let state: ServiceState

  init(_ state: ServiceState) { self.state = state }

  struct Parsed: Sendable {
    var detections: [Detection] = []
    var faults: [Fault] = []
  }

  /// A detection that could not be understood.
  struct Fault: Sendable {
    /// Its place in the list from 0, or its line from 1.
    var index: Int
    var field: String?
    var reason: String
  }

  private struct Document: Decodable {
    var observatory: String?
    var time: String?
    var detections: [Item]
  }

  private struct Item: Decodable {
    var id: String?
    var time: String?
    var midpointMjdTai: Double?
    var ra: Double
    var dec: Double
    var raErr: Double?
    var decErr: Double?
    var mag: Double?
    var magErr: Double?
    var band: String?
    var observatory: String?
  }

  func read(_ call: Call) throws -> Parsed {
    guard call.body.readableBytes > 0 else {
      throw HTTPProblem(.badRequest, "the body is empty; it must hold detections")
    }
    let kind = (call.headers[.contentType] ?? "application/json").prefix { $0 != ";" }
    let parsed =
      kind.lowercased() == "application/json" ? try json(call.body) : try lines(call.body)
    guard parsed.detections.count + parsed.faults.count <= state.options.mostDetections else {
      throw HTTPProblem(
        .contentTooLarge, "these are more than \(state.options.mostDetections) detections")
    }
    guard !parsed.detections.isEmpty || parsed.faults.isEmpty else {
      let first = parsed.faults[0]
      throw HTTPProblem(
        .unprocessableContent,
        "none of \(parsed.faults.count) detections could be understood; the first (\(first.index)): "
          + "\(first.field.map { "\($0): " } ?? "")\(first.reason)")
    }
    return parsed
  }

  // MARK: - JSON

  private func json(_ body: ByteBuffer) throws -> Parsed {
    let document: Document
    do {
      document = try JSONDecoder().decode(Document.self, from: Data(body.readableBytesView))
    } catch let error as DecodingError {
      throw HTTPProblem(.badRequest, Self.explained(error))
    } catch {
      throw HTTPProblem(.badRequest, "the body is not JSON")
    }
    let usual = try document.observatory.map {
      try Arguments.observatory("observatory", $0, state.solarSystem)
    }
    let usualTime = try document.time.map {
      try Arguments.time("time", $0, state.solarSystem).tai
    }
    var parsed = Parsed()
    parsed.detections.reserveCapacity(document.detections.count)
    // Detections of a visit have the same few texts: each is read once.
    var times: [String: Epoch<TAI>] = [:]
    var codes: [String: ObservatoryCode] = [:]
    for (index, item) in document.detections.enumerated() {
      do throws(HTTPProblem) {
        var midpoint = usualTime
        if let mjd = item.midpointMjdTai {
          guard abs(mjd) < 3_000_000 else {
            throw .badParameter("midpointMjdTai", "\(mjd) is not a Modified Julian Date")
          }
          midpoint = Epoch<TAI>(mjd: mjd)
        } else if let text = item.time {
          if times[text] == nil {
            times[text] = try Arguments.time("time", text, state.solarSystem).tai
          }
          midpoint = times[text]
        }
        if let text = item.observatory, codes[text] == nil {
          codes[text] = try Arguments.observatory("observatory", text, state.solarSystem)
        }
        parsed.detections.append(
          try detection(
            item, index, midpoint, item.observatory.flatMap { codes[$0] } ?? usual ?? .rubin))
      } catch {
        parsed.faults.append(Fault(index: index, field: error.parameter, reason: error.detail))
      }
    }
    return parsed
  }

  private func detection(
    _ item: Item, _ index: Int, _ midpoint: Epoch<TAI>?, _ observatory: ObservatoryCode
  ) throws(HTTPProblem) -> Detection {
    guard let midpoint else {
      throw .badParameter("time", "time or midpointMjdTai is missing, for all or for this one")
    }
    guard (0...360).contains(item.ra) else {
      throw .badParameter("ra", "\(item.ra): expected 0 to 360 degrees")
    }
    guard (-90...90).contains(item.dec) else {
      throw .badParameter("dec", "\(item.dec): expected -90 to 90 degrees")
    }
    for (name, value) in [("raErr", item.raErr), ("decErr", item.decErr), ("magErr", item.magErr)] {
      guard value.map({ $0 > 0 && $0 < 10 }) ?? true else {
        throw .badParameter(name, "\(value ?? 0): expected more than 0 and less than 10")
      }
    }
    return Detection(
      diaSourceId: Int64(index), sourceId: item.id ?? "\(index)", midpoint: midpoint,
      raDeg: item.ra == 360 ? 0 : item.ra, decDeg: item.dec, raErrDeg: item.raErr,
      decErrDeg: item.decErr, mag: item.mag, magErr: item.magErr, band: item.band,
      observatory: observatory)
  }

  private static func explained(_ error: DecodingError) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }
      return path.isEmpty ? "the body" : String(path.joined().drop { $0 == "." })
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "\(place(context)) lacks \(key.stringValue)"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(place(context)): \(context.debugDescription)"
    case .dataCorrupted(let context): return "\(place(context)) is not JSON that can be read"
    @unknown default: return "the body is not JSON that can be read"
    }
  }

  // MARK: - Text

  private func lines(_ body: ByteBuffer) throws -> Parsed {
    let file = FileManager.default.temporaryDirectory.appending(
      path: "ecliptic-identify-\(UUID().uuidString)")
    try Data(body.readableBytesView).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    do {
      let batch = try DetectionFile.readAll(
        file.path,
        options: .init(
          leapSeconds: state.solarSystem.leapSeconds,
          earthOrientation: state.solarSystem.earthOrientation))
      var parsed = Parsed()
      for record in batch.quarantined {
        var line = 0
        if case .line(let number) = record.location { line = number }
        parsed.faults.append(Fault(index: line, field: record.field, reason: record.reason))
      }
      for (detection, line) in zip(batch.detections, batch.lines) {
        do throws(HTTPProblem) {
          // Also of spacecraft that say where they are: tables know observers on the Earth alone.
          _ = try Arguments.observatory(
            "observatory", "\(detection.observatory)", state.solarSystem)
          parsed.detections.append(detection)
        } catch {
          parsed.faults.append(Fault(index: line, field: "observatory", reason: error.detail))
        }
      }
      return parsed
    } catch {
      let message = "\(error)".replacing(file.path, with: "the body")
      throw HTTPProblem(.badRequest, message)
    }
  }
}
