// What libFuzzer calls; compiled into the Alerts room by Tools/fuzz, which says which target runs.
// A target traps when a promise is broken; all that is merely refused is fine.
import Astro
import Astrometry
import Dynamics
import Foundation
import Prediction

enum FuzzTarget: String {
  /// Schema texts, and the programs that are compiled from them.
  case schema
  /// Containers and framed messages: projection and decoder must agree.
  case reader
  /// Tagged packets must be readable, and the same outside of the tag.
  case splice

  static let chosen: FuzzTarget = {
    guard let name = ProcessInfo.processInfo.environment["ECLIPTIC_FUZZ"],
      let target = FuzzTarget(rawValue: name)
    else { preconditionFailure("set ECLIPTIC_FUZZ to schema, reader or splice") }
    return target
  }()
}

/// The schema of framed messages, from the container that ECLIPTIC_FUZZ_ALERTS names.
private let home: (file: AlertFile, schema: AlertSchema) = {
  guard let path = ProcessInfo.processInfo.environment["ECLIPTIC_FUZZ_ALERTS"],
    let file = try? AlertFile(url: URL(filePath: path), registry: SchemaRegistry()),
    let schema = file.schemas.first
  else { preconditionFailure("set ECLIPTIC_FUZZ_ALERTS to an Avro container of alerts") }
  return (file, schema)
}()

private let splice: TagSplice = {
  guard let splice = TagSplice(home.schema) else { preconditionFailure("schema has no ssSource") }
  return splice
}()

private let tag: SolarSystemTag = {
  let state = StateVector(
    position: Vector3(1.2, 0.9, 0.3), velocity: Vector3(-0.008, 0.011, 0.004))
  let orbit = CatalogOrbit(
    designation: "2026 AB1",
    orbit: Orbit(epoch: Epoch<TDB>(mjd: 61_000), state: state, origin: .sun))
  let sun = StateVector(position: Vector3(0, 0, 0), velocity: Vector3(0, 0, 0))
  let observer = StateVector(
    position: Vector3(0.9, 0.3, 0.1), velocity: Vector3(-0.01, 0.01, 0))
  let object = PredictedObject(
    orbit: 0, place: PredictedPlace(object: state, sun: sun, observer: observer),
    observer: observer, sun: sun, covariance: nil, magnitudeV: 20)
  let input = MatchInput(
    direction: object.place.direction, covariance: SkyCovariance(ra: 1e-12, dec: 1e-12, raDec: 0))
  guard let association = Matcher().match([input], [object], fieldAreaSr: 1e-4)[0].first else {
    preconditionFailure("the object does not match its own place")
  }
  return SolarSystemTag(
    diaSourceId: 7, ssObjectId: 8, orbit: orbit, association: association, object: object,
    measured: input.direction)
}()

/// As `precondition`, whose message an optimised program doesn't have.
private func promise(_ isKept: Bool, _ message: @autoclosure () -> String) {
  guard !isKept else { return }
  FileHandle.standardError.write(Data("broken promise: \(message())\n".utf8))
  abort()
}

@_cdecl("LLVMFuzzerInitialize")
public func fuzzInitialize(
  _: UnsafeMutablePointer<Int32>?, _: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> Int32 {
  guard let folder = ProcessInfo.processInfo.environment["ECLIPTIC_FUZZ_SEEDS"] else { return 0 }
  // Makes the first corpus instead: each record of the container by itself.
  for unit in 0..<home.file.unitCount {
    _ = home.file.walk(unit: unit) { view in
      let name = "\(unit)-\(view.location.record)"
      let body = Data(view.bytes[view.range])
      try? body.write(to: URL(filePath: folder).appending(path: name))
    }
  }
  exit(0)
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  switch FuzzTarget.chosen {
  case .schema: fuzzSchema(bytes)
  case .reader: fuzzReader(bytes)
  case .splice: fuzzSplice(bytes)
  }
  return 0
}

private func fuzzSchema(_ bytes: UnsafeRawBufferPointer) {
  guard let schema = try? AvroSchema(json: String(decoding: bytes, as: UTF8.self)) else { return }
  // Values of any type whose bytes are the schema's own text.
  _ = try? AvroDecoder(schema: schema).decode(bytes, at: 0)
  guard let alert = try? AlertSchema(schema: schema, source: "fuzz") else { return }
  _ = TagSplice(alert)
  agree(bytes, alert)
}

private func fuzzReader(_ bytes: UnsafeRawBufferPointer) {
  agree(bytes, home.schema)
  guard let file = try? AlertFile(Data(bytes), name: "fuzz", registry: SchemaRegistry()) else {
    return
  }
  let reader = AlertReader(registry: SchemaRegistry())
  let (packets, _) = reader.packets(ofMessage: file)
  for packet in packets { promise(packet.detection.raDeg.isFinite, "an infinite place") }
  _ = try? file.locatedAlerts(where: { _ in true }, limit: 100)
}

/// Whatever the decoder takes the projection must walk over to the same end. It skips without a
/// look what it doesn't need, so it takes more: a boolean that is 7, say.
private func agree(_ bytes: UnsafeRawBufferPointer, _ schema: AlertSchema) {
  var slots: [AvroSlot] = []
  let walked = try? schema.projection.walk(bytes, at: 0, into: &slots)
  guard let decoded = try? AvroDecoder(schema: schema.schema).decode(bytes, at: 0).end else {
    return
  }
  promise(walked == decoded, "projection ends at \(walked ?? -1), decoder at \(decoded)")
}

private func fuzzSplice(_ bytes: UnsafeRawBufferPointer) {
  var slots: [AvroSlot] = []
  guard let end = try? home.schema.projection.walk(bytes, at: 0, into: &slots) else { return }
  let view = AlertView(
    schema: home.schema, bytes: bytes, range: 0..<end, slots: slots,
    location: AlertLocation(unit: 0, record: 0, offset: 0))
  guard let output = try? splice.apply(tag, to: view) else {
    return promise(false, "a readable packet can't be tagged")
  }
  output.withUnsafeBytes { tagged in
    // What the decoder refuses before it may refuse after.
    guard let before = try? AvroDecoder(schema: home.schema.schema).decode(bytes, at: 0) else {
      return
    }
    guard let after = try? AvroDecoder(schema: home.schema.schema).decode(tagged, at: 0),
      case .record(let new) = after.value, case .record(let old) = before.value
    else { return promise(false, "a tagged packet can't be decoded") }
    promise(after.end == tagged.count, "a tagged packet has bytes too many")
    promise(after.value["ssSource"]?["ssObjectId"]?.integer == 8, "the tag is not there")
    let source = slots[LSSTField.ssSource.rawValue]
    let number = slots[LSSTField.ssObjectId.rawValue]
    // 8 with its union's branch is two bytes.
    let growth = number.state == .absent || number.integer == 8 ? 0 : 2 - number.end + number.start
    promise(after.value["diaSource"]?["ssObjectId"]?.integer == 8, "the number is not there")
    promise(
      tagged[..<number.start].elementsEqual(bytes[..<number.start]),
      "bytes before the number changed")
    promise(
      tagged[(number.end + growth)..<(source.start + growth)]
        .elementsEqual(bytes[number.end..<source.start]), "bytes before the tag changed")
    let orbits = slots[LSSTField.mpcOrbits.rawValue]
    let tail = end - orbits.end
    promise(
      tagged.suffix(tail).elementsEqual(bytes[orbits.end..<end]), "bytes after the tag changed")
    promise(new.fields.map(\.key) == old.fields.map(\.key), "the fields changed")
  }
}
