import Alerts
import Astro
import Astrometry
import Dynamics
import Foundation
import Prediction

/// Real packets over and over, with new identifiers, places and one time: some where objects are
/// predicted, the others anywhere in the field. In memory, as a stream of framed messages.
struct SyntheticVisit {
  let bytes: Data
  let count: Int
  /// The object (`ssObjectId`) that each alert was placed at, by `diaSourceId`.
  private(set) var known: [Int64: Int64] = [:]
  private let starts: [Int]

  private static let fields = [
    "diaSource.diaSourceId", "diaSource.midpointMjdTai", "diaSource.ra", "diaSource.dec",
  ]

  private struct Template {
    var message: [UInt8]
    /// Of the four fields in the message.
    var places: [Range<Int>]
  }

  /// - Parameter budget: packets are chosen so that all of them take no more bytes: all, or the
  ///   shorter ones.
  init(
    folder: String, registry: SchemaRegistry, count: Int, knownCount: Int, field: SkyField,
    midpoint: Epoch<TAI>, objects: [PredictedObject], budget: Int
  ) throws {
    let templates = try Self.templates(folder, registry, meanLimit: budget / count)
    var random = SplitMix64(seed: 20_261_122)
    // Seen objects are bright enough and each in one alert.
    let seen = objects.shuffled(using: &random).prefix(knownCount)
    let (east, north) = PredictedPlace.tangents(at: field.centre)
    let order = Array(0..<count).shuffled(using: &random)
    let size = (0..<count).reduce(0) { $0 + 4 + templates[$1 % templates.count].message.count }
    var all = Data(capacity: size)
    var starts: [Int] = []
    for index in 0..<count {
      let template = templates[index % templates.count]
      var message = template.message
      let direction: Vector3
      if order[index] < seen.count {
        let object = seen[seen.startIndex + order[index]]
        let (e, n) = object.place.tangents
        let sigma = 0.05 * Angle.arcsecond
        direction =
          object.place.direction + e * (sigma * random.normal()) + n * (sigma * random.normal())
        known[Self.identifier(&message, template.places[0], index)] = Int64(object.orbit)
      } else {
        let radius = tan(field.radiusRad) * Double.random(in: 0..<1, using: &random).squareRoot()
        let angle = Double.random(in: 0..<2 * .pi, using: &random)
        direction = field.centre + east * (radius * cos(angle)) + north * (radius * sin(angle))
        _ = Self.identifier(&message, template.places[0], index)
      }
      let (lon, lat) = direction.longitudeLatitude
      let values = [midpoint.mjd, lon / Angle.degree, lat / Angle.degree]
      for (value, place) in zip(values, template.places[1...]) {
        withUnsafeBytes(of: value.bitPattern.littleEndian) {
          message.replaceSubrange((place.upperBound - 8)..<place.upperBound, with: $0)
        }
      }
      starts.append(all.count)
      withUnsafeBytes(of: UInt32(message.count).bigEndian) { all.append(contentsOf: $0) }
      all.append(contentsOf: message)
    }
    bytes = all
    self.count = count
    self.starts = starts
  }

  /// Every placed object is found again, and nothing else is taken for it.
  func check(_ result: AlertTagger.Result) throws {
    var wrong = 0
    var missed = 0
    for alert in result.alerts {
      let id = alert.packet.detection.diaSourceId
      let tag = alert.chosen.map { alert.candidates[$0].ssObjectId }
      if let truth = known[id] {
        if tag == nil { missed += 1 } else if tag != truth { wrong += 1 }
      } else if tag != nil {
        wrong += 1
      }
    }
    // Five million objects in the sky stand so close that some few alerts are rightly in doubt.
    guard result.alerts.count == count, missed + wrong <= max(2, known.count / 50) else {
      throw AlertsError.file(
        "visit", reason: "\(missed) missed, \(wrong) wrong of \(known.count) known ones")
    }
  }

  /// The first messages, as a stream.
  func sample(_ number: Int) -> Data {
    bytes.prefix(number < count ? starts[number] : bytes.count)
  }

  private static func templates(
    _ folder: String, _ registry: SchemaRegistry, meanLimit: Int
  ) throws -> [Template] {
    var all: [Template] = []
    for url in try AlertReader.files(at: URL(filePath: folder)) {
      let message = Array(try Data(contentsOf: url))
      guard message.count > 5, message[0] == 0 else { continue }
      let id = message[1..<5].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      let schema = try registry.schema(id: id).schema
      let projection = try AvroProjection(schema: schema, fields: fields)
      var slots: [AvroSlot] = []
      let end = try message.withUnsafeBytes { bytes in
        try projection.walk(bytes, at: 5, into: &slots)
      }
      guard end == message.count else { continue }
      all.append(Template(message: message, places: slots.map { $0.start..<$0.end }))
    }
    all.sort { $0.message.count < $1.message.count }
    func mean() -> Int { all.reduce(0) { $0 + $1.message.count } / max(1, all.count) }
    while all.count > 1, mean() > meanLimit { all.removeLast() }
    return all
  }

  /// Changes an identifier where it stands, without changing its length.
  private static func identifier(
    _ message: inout [UInt8], _ place: Range<Int>, _ index: Int
  ) -> Int64 {
    // Three bytes of seven bits: more than a million.
    for byte in 0..<3 {
      let at = place.lowerBound + 1 + byte
      message[at] = message[at] & 0x80 | UInt8(index >> (7 * byte) & 0x7f)
    }
    var zigzag: UInt64 = 0
    for (byte, at) in place.enumerated() { zigzag |= UInt64(message[at] & 0x7f) << (7 * byte) }
    return Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
  }
}

extension PredictedPlace {
  static func tangents(at direction: Vector3) -> (east: Vector3, north: Vector3) {
    let east = Vector3(0, 0, 1).cross(direction).unit
    return (east, direction.cross(east))
  }
}

/// Random numbers that are the same everywhere.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }

  /// Standard normal (Box and Muller).
  mutating func normal() -> Double {
    let u = Double.random(in: 1e-300..<1, using: &self)
    let v = Double.random(in: 0..<1, using: &self)
    return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
  }
}
