import Alerts
import Astro
import Astrometry
import Foundation
import TestSupport
import Testing

/// Real packets against the tables that were made from them by others' decoders (fastavro).
@Suite(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
struct AlertReaderTests {
  @Test("All 92 framed Rubin packets are read, with the index's values")
  func rubin() async throws {
    let (detections, quarantined) = try await RealAlerts.reader().detections(
      at: RealAlerts.rubin, jobs: 2)
    #expect(quarantined.isEmpty)
    #expect(detections.count == 92)
    let index = try RealAlerts.rows(RealAlerts.folder.appending(path: "rubin_index.csv"))
    #expect(index.count == 92)
    for row in index {
      let detection = try #require(
        detections.first { String($0.diaSourceId) == row["diaSourceId"] })
      #expect(detection.visit.map(String.init) == row["visit"])
      #expect(detection.raDeg == row["ra"].flatMap(Double.init))
      #expect(detection.decDeg == row["dec"].flatMap(Double.init))
      // Two-part time: equal to the µs that a double of days has.
      let mjd = try #require(row["mjdTai"].flatMap(Double.init))
      #expect(abs(detection.midpoint.mjd - mjd) < 2e-11)
      #expect(detection.raErrDeg == row["raErr"].flatMap(Double.init))
      #expect(detection.decErrDeg == row["decErr"].flatMap(Double.init))
      #expect(detection.band == row["band"])
      let flux = try #require(row["psfFlux"].flatMap(Double.init))
      #expect(detection.mag == Detection.magnitude(fluxNJy: flux))
      #expect((detection.designation ?? "") == row["designation"])
    }
  }

  @Test("A stated error of zero is taken as not stated, and counted")
  func errorOfZero() async throws {
    let reader = try RealAlerts.reader()
    let file = try #require(try AlertReader.files(at: RealAlerts.rubin).first)
    let sent = try await reader.packets(in: AlertFile(url: file, registry: reader.registry))
    let raErr = try #require(sent.packets.first?.detection.raErrDeg)
    #expect(sent.packets.allSatisfy { !$0.errorTakenAsMissing })
    // In Avro a float is its four bytes.
    var bytes = Array(try Data(contentsOf: file))
    let pattern = withUnsafeBytes(of: Float(raErr).bitPattern.littleEndian) { Array($0) }
    let place = try #require(
      bytes.indices.dropLast(3).first { Array(bytes[$0..<$0 + 4]) == pattern })
    bytes.replaceSubrange(place..<place + 4, with: [0, 0, 0, 0])
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let changed = folder.appending(path: "alert")
    try Data(bytes).write(to: changed)
    let found = try await reader.packets(in: AlertFile(url: changed, registry: reader.registry))
    let packet = try #require(found.packets.first)
    #expect(found.quarantined.isEmpty && packet.errorTakenAsMissing)
    #expect(packet.detection.raErrDeg == nil && packet.detection.raDecCovDeg2 == nil)
    #expect(packet.detection.decErrDeg == sent.packets.first?.detection.decErrDeg)
  }

  @Test("The packet as transmitted needs schema 900, from the published folder")
  func asTransmitted() async throws {
    let file = RealAlerts.folder.appending(path: "rubin_as_transmitted_v9.bin")
    let published = try SchemaRegistry(folder: RealAlerts.folder.appending(path: "rubin_schemas"))
    #expect(published.ids == [704, 800, 900, 1000, 1100])
    let reader = AlertReader(registry: published)
    let (detections, quarantined) = try await reader.detections(at: file)
    #expect(quarantined.isEmpty)
    #expect(detections.count == 1)

    let (none, unknown) = try await RealAlerts.reader().detections(at: file)
    #expect(none.isEmpty)
    #expect(unknown.first?.reason.contains("900") == true)
    #expect(unknown.first?.location == .byteOffset(0))
  }

  @Test("ZTF containers are read, the damaged ones quarantined with their offset")
  func ztf() async throws {
    let (detections, quarantined) = try await RealAlerts.reader().detections(
      at: RealAlerts.ztf, jobs: 2)
    let index = try RealAlerts.rows(RealAlerts.folder.appending(path: "ztf_index.csv"))
    var compared = 0
    for row in index where row["cut"] == "False" || row["cut"] == "True" {
      let file = try #require(row["file"])
      guard let candid = Int64(file.replacing(".avro", with: "")),
        let detection = detections.first(where: { $0.diaSourceId == candid })
      else { continue }
      compared += 1
      let jd = try #require(row["jd"].flatMap(Double.init))
      // Start of exposure in UTC; mid-exposure is 15 s later, TAI 37 s ahead (36 s before 2017).
      // A double of JD resolves 40 µs.
      let expected = jd < 2_457_754.5 ? 51.0 : 52
      let seconds = (detection.midpoint.mjd - (jd - 2_400_000.5)) * Constants.secondsPerDay
      #expect(abs(seconds - expected) < 1e-3)
      #expect(detection.raDeg == row["ra"].flatMap(Double.init))
      #expect(detection.band == ["1": "g", "2": "r", "3": "i"][row["fid"] ?? ""])
      let distance = try #require(row["ssdistnr"].flatMap(Double.init))
      #expect((detection.designation != nil) == (distance >= 0 && distance < 5))
    }
    #expect(compared > 100)
    #expect(detections.count == 150 && quarantined.isEmpty)
  }

  @Test("A container cut short, or damaged between blocks, is quarantined at its byte")
  func damagedContainers() async throws {
    let source = RealAlerts.ztf.appending(path: "1060135832015015002.avro")
    let whole = try Data(contentsOf: source)
    let reader = try RealAlerts.reader()
    let registry = SchemaRegistry()
    let header = try AlertFile(url: source, registry: registry).kind
    guard case .container(let container) = header else { return }

    let cut = try AlertFile(whole.prefix(whole.count / 2), name: "cut", registry: registry)
    #expect(cut.faults.map(\.location) == [.byteOffset(container.headerLength)])
    #expect(cut.faults.first?.reason.contains("cut short") == true)
    #expect(try await reader.packets(in: cut).packets.isEmpty)

    var damaged = whole
    damaged[whole.count - 1] ^= 0xff
    let bad = try AlertFile(damaged, name: "bad", registry: registry)
    #expect(bad.faults.map(\.location) == [.byteOffset(whole.count - 16)])

    // A good block after a damaged one is found again by its sync marker.
    let block = whole.suffix(from: whole.startIndex + container.headerLength)
    var two = Data(whole.prefix(container.headerLength))
    two += [0x02, 0xfe, 0xff, 0xff, 0x7f] + block.prefix(2_000) + container.sync + block
    let resumed = try await reader.packets(
      in: AlertFile(two, name: "two", registry: registry))
    #expect(resumed.packets.map(\.detection.diaSourceId) == [1_060_135_832_015_015_002])
    #expect(resumed.quarantined.count == 1)
  }

  @Test("What is no alert is refused with the reason")
  func notAlerts() throws {
    let registry = try RealAlerts.registry()
    for (contents, words) in [
      (Data(), "empty"), (Data("ra,dec\n1,2\n".utf8), "neither an Avro container"),
    ] {
      let error = #expect(throws: AlertsError.self) {
        try AlertFile(contents, name: "x", registry: registry)
      }
      #expect(error?.description.contains(words) == true)
    }
    let schema = try AvroSchema(
      json: #"{"type":"record","name":"user","fields":[{"name":"id","type":"long"}]}"#)
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "users.avro")
    let output = try AtomicOutput(path: path.path)
    var writer = try ObjectContainerWriter(output: output, schema: schema)
    try writer.append([2])
    try writer.finish()
    try output.commit()
    let error = #expect(throws: AlertsError.self) {
      try AlertFile(url: path, registry: registry)
    }
    #expect(error?.description.contains("neither diaSource nor candidate") == true)
  }
}
