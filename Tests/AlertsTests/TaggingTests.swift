import Alerts
import Astro
import Astrometry
import Dynamics
import Foundation
import Prediction
import TestSupport
import Testing

/// Tagging real Rubin packets with the orbits that came with them, against what Rubin made of the
/// same orbits.
@Suite(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
struct TaggingTests {
  /// A tagger with the packets' own orbits.
  private func makeTagger(
    _ orbits: [CatalogOrbit]? = nil, registry: SchemaRegistry? = nil
  ) throws -> AlertTagger {
    let reader = AlertReader(registry: try registry ?? RealAlerts.registry())
    let known = try orbits ?? reader.orbits(at: RealAlerts.rubin).orbits
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    return AlertTagger(
      reader: reader, predictor: try Predictor(orbits: known, solarSystem: solarSystem))
  }

  private func rubinFiles(_ registry: SchemaRegistry) throws -> [AlertFile] {
    try AlertReader.files(at: RealAlerts.rubin).map { try AlertFile(url: $0, registry: registry) }
  }

  @Test("Our places agree with Rubin's ephRa and ephDec to 0.001 arcsec")
  func ephemeris() async throws {
    let tagger = try makeTagger()
    let results = try await tagger.match(try rubinFiles(tagger.reader.registry))
    let differences = results.flatMap(\.ephemerisDifferences).sorted().map { $0 / Angle.arcsecond }
    #expect(differences.count == 19)
    #expect(differences[differences.count / 2] < 0.0005)
    // 2026 JR3 at 0.07 au is the exception: what the asteroids' masses are taken to be shows.
    #expect((differences.last ?? 1) < 0.02)
    #expect(differences.dropLast().allSatisfy { $0 < 0.001 })
    #expect(results.map(\.taggedCount).reduce(0, +) == 19)
    #expect(results.map(\.disagreeingCount).reduce(0, +) == 0)
    #expect(results.flatMap(\.alerts).allSatisfy { !$0.isAmbiguous })
  }

  /// Splices a file in memory and gives it back opened.
  private func tagged(
    _ file: AlertFile, _ tagger: AlertTagger
  ) async throws -> (bytes: Data, result: AlertTagger.Result) {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "tagged").path
    let result = try await tagger.match([file])[0]
    let output = try AtomicOutput(path: path)
    let rewrite = try await tagger.rewrite(file, result)
    #expect(rewrite.untaggable.isEmpty)
    try rewrite.write(to: output)
    try output.commit()
    return (try Data(contentsOf: URL(filePath: path)), result)
  }

  @Test("ssSource is spliced in; every byte before and after it stays")
  func splice() async throws {
    let tagger = try makeTagger()
    let registry = tagger.reader.registry
    var checked = 0
    for url in try AlertReader.files(at: RealAlerts.rubin) {
      let before = try Data(contentsOf: url)
      let file = try AlertFile(before, name: url.path, registry: registry)
      let (after, result) = try await tagged(file, tagger)
      guard result.taggedCount == 1 else {
        #expect(after == before)
        continue
      }
      checked += 1
      let old = try #require(try file.alerts().first)
      let new = try #require(
        try AlertFile(after, name: "tagged", registry: registry).alerts().first)
      guard case .record(let oldRecord) = old, case .record(let newRecord) = new else { return }
      for (was, now) in zip(oldRecord.fields, newRecord.fields)
      where was.key != "ssSource" {
        #expect(was == now, "\(was.key)")
      }
      // All that stands before ssSource, and all after it: orbit and stamps. What differs is no
      // longer than two such records can be.
      let head = zip(before, after).prefix { $0 == $1 }.count
      let tail = zip(before.reversed(), after.reversed()).prefix { $0 == $1 }.count
      #expect(before.count - head - tail < 300 && after.count - head - tail < 300)
      #expect(tail > (new["cutoutTemplate"]?.octets?.count ?? .max))
      try check(new, against: old)
    }
    #expect(checked == 19)
  }

  /// The spliced values against Rubin's own, made from the same orbit.
  private func check(_ new: AvroValue, against old: AvroValue) throws {
    func value(_ alert: AvroValue, _ field: String) throws -> Double {
      try #require(alert["ssSource"]?[field]?.number)
    }
    // Rubin's ecliptic is astropy's true one of J2000: 13.9" of nutation ahead of the mean one.
    #expect(abs(try value(old, "eclLambda") - (try value(new, "eclLambda")) + 0.003869) < 2e-5)
    // Floats resolve 1e-7 of themselves; places are doubles.
    for field in ["eclBeta", "galLon", "galLat", "phaseAngle", "elongation"] {
      guard let theirs = old["ssSource"]?[field]?.number else { continue }
      #expect(abs(try value(new, field) - theirs) < 2e-4, "\(field)")
    }
    for field in ["ephRa", "ephDec"] {
      #expect(abs(try value(new, field) - (try value(old, field))) < 0.02 / 3600)
    }
    for field in ["ephOffset", "ephOffsetDec"] {
      #expect(abs(try value(new, field) - (try value(old, field))) < 0.02)
    }
    for field in ["helio_x", "helio_y", "helio_z", "topo_x", "topo_y", "topo_z"] {
      let theirs = try value(old, field)
      // Packets up to 2026-03 divide these twice by the au; 1e-6 au is float rounding.
      guard abs(theirs) > 1e-4 else { continue }
      #expect(abs(try value(new, field) - theirs) < 2e-6, "\(field)")
    }
    // Rubin leaves the rate zero; the along and cross parts make up the offset.
    #expect(try value(new, "ephRate") > 0.001)
    let along = try value(new, "ephOffsetAlongTrack")
    let cross = try value(new, "ephOffsetCrossTrack")
    let total = try value(new, "ephOffset")
    #expect(abs((along * along + cross * cross).squareRoot() - total) < 1e-5)
  }

  @Test("Two objects at one place are ambiguous, none is none, and each is in the sidecar")
  func ambiguous() async throws {
    let reader = try RealAlerts.reader()
    let orbits = try reader.orbits(at: RealAlerts.rubin).orbits
    let first = try #require(orbits.first { $0.designation == "2004 JQ12" })
    var twin = first
    twin.designation = "2004 JQ13"
    twin.ssObjectId = nil
    let url = RealAlerts.rubin.appending(path: "170094456480989258.bin")
    let file = try AlertFile(url: url, registry: reader.registry)
    let both = try await makeTagger([first, twin]).match([file])[0]
    #expect(both.ambiguousCount == 1)
    #expect(both.alerts[0].candidates.map(\.association.rank) == [1, 2])
    #expect(both.alerts[0].candidates.allSatisfy { abs($0.association.probability - 0.5) < 0.01 })
    let lines = CandidatesCSV.lines(both.alerts[0]).split(separator: "\n")
    #expect(lines.count == 2 && lines[0].contains("21163624394469969,2004 JQ12,1,"))

    let none = try await makeTagger([orbits[0]].filter { $0.designation != "2004 JQ12" })
      .match([file])[0]
    #expect(none.unmatchedCount == 1 && none.taggedCount == 0)
    #expect(CandidatesCSV.lines(none.alerts[0]).isEmpty)
  }

  @Test("An orbit without covariance is as good as it is taken to be, no better")
  func assumed() async throws {
    let reader = try RealAlerts.reader()
    let orbits = try reader.orbits(at: RealAlerts.rubin).orbits
    var orbit = try #require(orbits.first { $0.designation == "2004 JQ12" })
    orbit.covariance = nil
    let url = RealAlerts.rubin.appending(path: "170094456480989258.bin")
    let file = try AlertFile(url: url, registry: reader.registry)
    func candidate(_ orbit: CatalogOrbit, sigmaAU: Double?) async throws -> SolarSystemTag? {
      var tagger = try makeTagger([orbit])
      if let sigmaAU {
        var matrix = [Double](repeating: 0, count: 36)
        for axis in 0..<6 { matrix[7 * axis] = sigmaAU * sigmaAU * (axis < 3 ? 1 : 1e-8) }
        let covariance = OrbitCovariance(covariance: matrix)
        tagger.options.assumedCovariance = { _ in covariance }
      }
      return try await tagger.match([file])[0].alerts[0].candidates.first
    }
    // Some 2 au away 1e-5 au are an arcsecond; by which angle a step along x moves the place depends.
    let plain = try #require(try await candidate(orbit, sigmaAU: nil))
    let good = try #require(try await candidate(orbit, sigmaAU: 1e-7))
    #expect(plain.association.probability > 0.99 && good.association.probability > 0.99)
    #expect(abs(good.association.sigmaAlong / plain.association.sigmaAlong - 1) < 0.01)
    let vague = try #require(try await candidate(orbit, sigmaAU: 4e-3))
    #expect(vague.association.probability < 0.5)
    #expect(vague.association.sigmaAlong / Angle.arcsecond > 100)
    // A place 16" off is no candidate of an orbit that is held to be good, of another it is.
    var moved = orbit
    moved.orbit.state.position += Vector3(4e-4, 0, 0)
    #expect(try await candidate(moved, sigmaAU: nil) == nil)
    let found = try #require(try await candidate(moved, sigmaAU: 2e-4))
    #expect(found.association.separation / Angle.arcsecond > 10)
    #expect(found.association.probability > 0.1)
    // What is assumed is nothing that is known: it is not written.
    #expect(found.orbit.covariance == nil)
  }

  @Test(
    "The same alert in layout 11.0, as a container and in a stream, is tagged alike",
    arguments: [UInt32(1000), 1100])
  func layouts(_ id: UInt32) async throws {
    let published = try SchemaRegistry(folder: RealAlerts.folder.appending(path: "rubin_schemas"))
    let source = try AlertFile(
      url: RealAlerts.rubin.appending(path: "170094456480989258.bin"), registry: published)
    guard case .record(var record) = try source.alerts()[0] else { return }
    record["ssSource"] = .null
    record["mpc_orbits"] = .null
    let schema = try published.schema(id: id).schema
    // Names of the types carry the version: leave them to the schema.
    let body = try AvroEncoder(schema: schema).encode(
      .record(record).withoutTypeNames.withCounts(as: 0))
    let tagger = try makeTagger(registry: published)

    let message = Framing.confluent(schemaID: id, body: body)
    let (one, result) = try await tagged(
      AlertFile(Data(message), name: "message", registry: published), tagger)
    #expect(result.taggedCount == 1)
    #expect(one.prefix(5).elementsEqual(message.prefix(5)))
    let alert = try AlertFile(one, name: "x", registry: published).alerts()[0]
    #expect(alert["ssSource"]?["designation"] == .string("2004 JQ12"))
    #expect(alert["ssSource"]?["ssObjectId"] == .long(21_163_624_394_469_969))
    try check(orbit: alert, against: source.alerts()[0])

    let prefixed = try Framing.lengthPrefixed(message)
    let (two, _) = try await tagged(
      AlertFile(Data(prefixed + prefixed), name: "stream", registry: published), tagger)
    let stream = try AlertFile(two, name: "x", registry: published).alerts()
    // One object is in one detection of a moment only.
    #expect(stream.count == 2)
    #expect(stream.filter { $0["ssSource"]?.isNull == false }.count <= 1)

    for codec in AvroCodec.allCases {
      let container = try container([body], schema, codec)
      let (three, _) = try await tagged(
        AlertFile(container, name: "ocf", registry: published), tagger)
      let reopened = try AlertFile(three, name: "x", registry: published)
      #expect(try reopened.alerts()[0] == alert)
      #expect(reopened.faults.isEmpty)
    }
  }

  /// An orbit that we wrote against the MPC's, which we predicted from.
  private func check(orbit new: AvroValue, against old: AvroValue) throws {
    let (ours, theirs) = (new["mpc_orbits"], old["mpc_orbits"])
    for field in ["q", "e", "i", "node", "argperi", "epoch_mjd", "h", "g", "mean_anomaly"] {
      let value = try #require(ours?[field]?.number)
      let expected = try #require(theirs?[field]?.number)
      #expect(abs(value - expected) < 1e-9 * max(1, abs(expected)), "\(field)")
    }
    for field in [
      "q", "e", "i", "node", "argperi", "a", "mean_motion", "period", "mean_anomaly",
    ] {
      let value = try #require(ours?[field + "_unc"]?.number)
      let expected = try #require(theirs?[field + "_unc"]?.number)
      // They print six digits; ours are derived from the covariance. Their perihelion is the one
      // before the epoch, ours the one after it, whose time is as uncertain as the period besides.
      #expect(abs(value / expected - 1) < 1e-3, "\(field)_unc: \(value), \(expected)")
    }
    #expect(ours?["designation"] == .string("2004 JQ12"))
    #expect(ours?["packed_primary_provisional_designation"] == .string("K04J12Q"))
    func covariance(_ json: AvroValue?) throws -> [String: Double] {
      let text = try #require(json?["mpc_orb_jsonb"]?.text)
      let tree = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      let entries = (tree?["CAR"] as? [String: Any])?["covariance"] as? [String: Any]
      return try #require(entries).compactMapValues { ($0 as? NSNumber)?.doubleValue }
    }
    let expected = try covariance(theirs)
    for (name, value) in try covariance(ours) {
      let i = try #require(name.dropFirst(3).first)
      let j = try #require(name.last)
      let scale = try #require(expected["cov\(i)\(i)"]) * #require(expected["cov\(j)\(j)"])
      // The square root is taken of matrices with a condition of 1e10: six digits are left.
      #expect(abs(value - (expected[name] ?? 0)) < 1e-6 * scale.squareRoot(), "\(name)")
    }
  }

  private func container(
    _ records: [[UInt8]], _ schema: AvroSchema, _ codec: AvroCodec
  ) throws -> Data {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let output = try AtomicOutput(path: folder.appending(path: "a.avro").path)
    var writer = try ObjectContainerWriter(output: output, schema: schema, codec: codec)
    for record in records { try writer.append(record) }
    try writer.finish()
    try output.commit()
    return try Data(contentsOf: URL(filePath: output.path))
  }

  @Test("ZTF alerts have no room for a tag: passed on as they are, said so")
  func ztf() async throws {
    let url = RealAlerts.ztf.appending(path: "1060135832015015002.avro")
    let before = try Data(contentsOf: url)
    let tagger = try makeTagger()
    let (after, result) = try await tagged(
      AlertFile(before, name: "ztf", registry: tagger.reader.registry), tagger)
    #expect(after == before)
    #expect(result.alerts.count == 1)
  }
}

extension AvroValue {
  /// The same tree for another version's schema, whose records have other full names.
  var withoutTypeNames: AvroValue {
    switch self {
    case .record(let record):
      .record(
        AvroRecord(fields: record.fields.map { AvroEntry($0.key, $0.value.withoutTypeNames) }))
    case .array(let items): .array(items.map(\.withoutTypeNames))
    default: self
    }
  }

  /// Version 11.0 wants counts that 10.0 leaves null.
  func withCounts(as count: Int32) -> AvroValue {
    switch self {
    case .record(let record):
      .record(
        AvroRecord(
          fields: record.fields.map { field in
            let isCount = field.key.hasSuffix("Ndata") || field.key == "bboxSize"
            return AvroEntry(
              field.key,
              isCount && field.value.isNull ? .int(count) : field.value.withCounts(as: count))
          }))
    case .array(let items): .array(items.map { $0.withCounts(as: count) })
    default: self
    }
  }
}
