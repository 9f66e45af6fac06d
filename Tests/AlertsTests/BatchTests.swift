import Alerts
import Astro
import Astrometry
import Foundation
import Prediction
import Dynamics
import TestSupport
import Testing

/// Files too large to be matched at once.
struct BatchTests {
  private func exposure(_ number: Int) -> Exposure {
    Exposure(midpoint: Epoch<TAI>(mjd: 61_000 + Double(number) * 4e-4), observatory: .rubin)
  }

  /// Batches of files whose units hold one alert each, of the exposures given.
  private func batches(_ files: [[Int]], of least: Int) -> [[ExposureBatches.Part]] {
    var plan = ExposureBatches()
    for file in files {
      plan.add(file.map { _ in 1 })
      for (unit, number) in file.enumerated() { plan.see(exposure(number), unit: unit) }
    }
    return plan.batches(of: least)
  }

  private func part(_ file: Int, _ units: Range<Int>) -> ExposureBatches.Part {
    ExposureBatches.Part(file: file, units: units)
  }

  @Test("Cuts stand between exposures only, across files too, once a batch is full")
  func cuts() {
    #expect(
      batches([[1, 1, 2, 2, 2, 3]], of: 2) == [
        [part(0, 0..<2)], [part(0, 2..<5)], [part(0, 5..<6)],
      ])
    // Exposure 2 reaches over three files.
    #expect(
      batches([[1, 1], [1, 2], [2], [2, 3, 3]], of: 1) == [
        [part(0, 0..<2), part(1, 0..<1)], [part(1, 1..<2), part(2, 0..<1), part(3, 0..<1)],
        [part(3, 1..<3)],
      ])
    // Mixed ones are one batch; exposures within others don't cut them.
    #expect(batches([[1, 2, 1, 2, 3]], of: 1) == [[part(0, 0..<4)], [part(0, 4..<5)]])
    #expect(batches([[1, 2, 2, 3, 1]], of: 1) == [[part(0, 0..<5)]])
    #expect(batches([[1, 2, 3, 4]], of: 100) == [[part(0, 0..<4)]])
    #expect(batches([[1], [], [2]], of: 1) == [[part(0, 0..<1)], [part(2, 0..<1)]])
  }

  /// What is written and found for files, with batches of a size.
  private func tagged(
    _ urls: [URL], batch: Int
  ) async throws -> (bytes: [String: [UInt8]], lines: [String], parts: Int) {
    let reader = try RealAlerts.reader()
    let orbits = try reader.orbits(at: RealAlerts.rubin).orbits
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    var tagger = AlertTagger(
      reader: reader, predictor: try Predictor(orbits: orbits, solarSystem: solarSystem))
    tagger.options.batchAlerts = batch
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var bytes: [String: [UInt8]] = [:]
    var lines: [String] = []
    var parts = 0
    try await tagger.match(
      urls, open: { url throws(AlertsError) in try AlertFile(url: url, registry: reader.registry) },
      skip: { throw $1 }
    ) { part in
      parts += 1
      let output = try AtomicOutput(path: folder.appending(path: "part").path)
      let rewrite = try await tagger.rewrite(part.file, part.result, units: part.units)
      try rewrite.write(to: output)
      try output.commit()
      bytes[part.file.name, default: []] += try Data(contentsOf: folder.appending(path: "part"))
      lines += part.result.alerts.map { CandidatesCSV.lines($0) }
    }
    return (bytes, lines, parts)
  }

  @Test(
    "Real alerts in a folder and in one stream come out the same in batches of any size",
    .enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func sizes() async throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let urls = try AlertReader.files(at: RealAlerts.rubin)
    var stream: [UInt8] = []
    for url in urls { stream += try Framing.lengthPrefixed(Array(Data(contentsOf: url))) }
    let one = folder.appending(path: "stream.bin")
    try Data(stream).write(to: one)
    for files in [urls, [one]] {
      let whole = try await tagged(files, batch: 20_000)
      #expect(whole.lines.count { !$0.isEmpty } >= 19)
      for batch in [1, 7] {
        let pieces = try await tagged(files, batch: batch)
        #expect(pieces.bytes == whole.bytes && pieces.lines == whole.lines)
        #expect(pieces.parts > (batch == 1 ? 8 : 3))
      }
    }
  }
}
