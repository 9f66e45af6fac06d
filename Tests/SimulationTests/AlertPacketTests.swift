import Alerts
import Astro
import Astrometry
import CFITSIO
import Foundation
import Simulation
import TestSupport
import Testing

struct AlertPacketTests {
  /// Same fields, types and order as LSST's published schema of version 10.0, level by level.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func schemaHasTheShapeOfLSSTs() throws {
    let file = try #require(TestPaths.sharedData).appending(path: "alerts/schemas/1000.json")
    let published = try AvroSchema(json: String(contentsOf: file, encoding: .utf8))
    let ours = try AvroSchema(json: AlertPackets.schemaJSON)
    #expect(Self.shape(ours, ours.root) == Self.shape(published, published.root))
  }

  /// A schema as text without namespaces, each record spelled out wherever it stands.
  private static func shape(_ schema: AvroSchema, _ type: Int) -> String {
    switch schema[type] {
    case .record(let record):
      let fields = record.fields.map { "\($0.name):\(shape(schema, $0.type))" }
      return "{\(fields.joined(separator: " "))}"
    case .union(let branches):
      return "[\(branches.map { shape(schema, $0) }.joined(separator: "|"))]"
    case .array(let items): return "list(\(shape(schema, items)))"
    case .map(let values): return "map(\(shape(schema, values)))"
    default: return schema[type].name
    }
  }

  @Test func packetsHoldWhatWasDetected() async throws {
    let survey = try await SampleSurvey.make(
      objects: 4000, options: SurveyOptions(seed: 9, falseRatio: 0.2))
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let count = try await AlertPackets(survey, seed: 9).write(to: folder, jobs: 3)
    #expect(count == survey.detections.count)
    try #require(count > 100)

    let (read, bad) = try await AlertReader(registry: SchemaRegistry()).detections(at: folder)
    #expect(bad.isEmpty && read.count == count)
    let byId = Dictionary(grouping: read, by: \.diaSourceId)
    for detection in survey.detections {
      let visit = survey.visits[Int(detection.visit)]
      let packet = try #require(byId[detection.diaSourceId]?.first)
      #expect(packet.raDeg == detection.raDeg && packet.decDeg == detection.decDeg)
      #expect(packet.midpoint == visit.midpoint && packet.band == visit.band)
      #expect(packet.raErrDeg == Double(Float(detection.errorDeg)))
      let mag = 31.4 - 2.5 * log10(detection.psfFlux)
      #expect(abs((packet.mag ?? 0) - mag) < 1e-5)
    }
  }

  /// Stamps are FITS images that CFITSIO reads, and hold all of the source's flux around its place.
  @Test(arguments: [0.0, 3.0])
  func stampsAreImagesOfTheSource(trailArcsec: Double) throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "stamp.fits")
    let stamp = Stamp(flux: 5000, seeingArcsec: 0.9, trailArcsec: trailArcsec, trailAngleDeg: 90)
    try Data(stamp.fits(raDeg: 210.25, decDeg: -12.5)).write(to: file)

    var fits: UnsafeMutablePointer<fitsfile>?
    var status: Int32 = 0
    ffopen(&fits, file.path, READONLY, &status)
    defer { ffclos(fits, &status) }
    var sides = [0, 0]
    ffgisz(fits, 2, &sides, &status)
    #expect(sides == [31, 31])
    var crval = 0.0
    ffgkyd(fits, "CRVAL2", &crval, nil, &status)
    #expect(crval == -12.5)
    var pixels = [Float](repeating: 0, count: 31 * 31)
    var missing: Int32 = 0
    ffgpve(fits, 1, 1, 31 * 31, 0, &pixels, &missing, &status)
    #expect(status == 0)

    let total = pixels.reduce(0) { $0 + Double($1) }
    // The profile's wings beyond the image: 6 sigma and more.
    #expect(abs(total / 5000 - 1) < 1e-3)
    var center = (0.0, 0.0)
    var spread = (0.0, 0.0)
    for row in 0..<31 {
      for column in 0..<31 {
        let share = Double(pixels[row * 31 + column]) / total
        center.0 += share * Double(column)
        center.1 += share * Double(row)
        spread.0 += share * Double((column - 15) * (column - 15))
        spread.1 += share * Double((row - 15) * (row - 15))
      }
    }
    #expect(abs(center.0 - 15) < 0.01 && abs(center.1 - 15) < 0.01)
    // A position angle of 90° is east, along the rows: only there does a trail widen the image, by
    // length²/12 (a little more, as it is drawn by points).
    let sigma2 = pow(0.9 / 2.3548 / 0.2, 2)
    let trail2 = pow(trailArcsec / 0.2, 2) / 12
    #expect(abs(spread.1 / sigma2 - 1) < 0.01)
    #expect(spread.0 / (sigma2 + trail2) > 0.99 && spread.0 / (sigma2 + trail2) < 1.35)
  }
}
