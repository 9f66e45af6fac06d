import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

/// Whatever stands in a kernel, opening it ends in an error that names the file, or in an ephemeris
/// that reads nothing outside the file.
@Suite struct CorruptKernelTests {
  let folder: URL
  let planets: Data

  init() throws {
    folder = try TestPaths.temporaryFolder()
    planets = try Data(contentsOf: TestPaths.ephemerides.appending(path: "de440.bsp"))
    try FileManager.default.copyItem(
      at: TestPaths.ephemerides.appending(path: "sb441-n16.bsp"),
      to: folder.appending(path: "sb441-n16.bsp"))
  }

  func error(with kernel: Data) throws -> DynamicsError? {
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "de440.bsp")
    try kernel.write(to: file)
    do {
      _ = try Ephemeris(folder: folder)
      return nil
    } catch {
      return error
    }
  }

  func reason(_ kernel: Data) throws -> String {
    guard case .invalidKernel(let file, let reason) = try error(with: kernel) else {
      return "not refused as an invalid kernel"
    }
    return file.hasSuffix("de440.bsp") ? reason : "the error names \(file)"
  }

  @Test func empty() throws {
    let error = try error(with: Data())
    guard case .unreadableFile(let path, let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(path.hasSuffix("de440.bsp") && reason.contains("empty"))
  }

  @Test func shorterThanARecord() throws {
    #expect(try reason(planets.prefix(500)).contains("too few"))
  }

  @Test(arguments: [20_000, 70_000, 1_000_000, 6_500_000])
  func truncated(bytes: Int) throws {
    #expect(try reason(planets.prefix(bytes)).contains("truncated"))
  }

  /// The first summary's times stand behind the record's three control words.
  @Test(arguments: [(Double.nan, 0.0), (0, .nan), (1, -1)] as [(Double, Double)])
  func segmentWithImpossibleTimes(first: Double, last: Double) throws {
    var kernel = planets
    let record = kernel[76..<80].enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    let place = (record - 1) * 1024 + 24
    for (index, time) in [first, last].enumerated() {
      withUnsafeBytes(of: time.bitPattern.littleEndian) {
        kernel.replaceSubrange(place + 8 * index..<place + 8 * index + 8, with: $0)
      }
    }
    #expect(try reason(kernel).contains("before it begins"))
  }

  @Test func anotherKindOfFile() throws {
    #expect(try reason(Data(repeating: 65, count: 5000)).contains("not an SPK kernel"))
  }

  @Test func bigEndian() throws {
    var kernel = planets
    kernel.replaceSubrange(88..<96, with: Data("BIG-IEEE".utf8))
    #expect(try reason(kernel).contains("little-endian"))
  }

  @Test func summaryThatPointsAtItself() throws {
    var kernel = planets
    let start = SPKEditing.summaryRecord(planets)
    SPKEditing.set(&kernel, start, Double(start / 1024 + 1))
    // Segments come again and again until the count of records says that it is a circle.
    #expect(try reason(kernel).contains("summary record"))
  }

  @Test(arguments: [-1.0, 26, .nan, 3.5, .infinity])
  func senselessCountOfSummaries(count: Double) throws {
    var kernel = planets
    SPKEditing.set(&kernel, SPKEditing.summaryRecord(planets) + 16, count)
    #expect(try reason(kernel).contains("corrupt"))
  }

  @Test func segmentBeyondTheFile() throws {
    var kernel = planets
    SPKEditing.set(&kernel, SPKEditing.summaryRecord(planets) + 24 + 36, Int32.max)
    #expect(try reason(kernel).contains("truncated"))
  }

  @Test(arguments: [Int32(1), 5, 13, 21])
  func otherSegmentTypes(type: Int32) throws {
    var kernel = planets
    SPKEditing.set(&kernel, SPKEditing.summaryRecord(planets) + 24 + 28, type)
    #expect(try reason(kernel).contains("type \(type)"))
  }

  /// INIT, INTLEN, RSIZE and N of the first segment, each replaced by nonsense.
  @Test(
    arguments: [0, 1, 2, 3],
    [Double.nan, -5, 0, 1e300, 3.7])
  func corruptDirectory(word: Int, value: Double) throws {
    var kernel = planets
    let last = Int(
      SPKEditing.int(planets, SPKEditing.summaryRecord(planets) + 24 + 36))
    SPKEditing.set(&kernel, (last - 4 + word) * 8, value)
    let reason = try reason(kernel)
    #expect(reason.contains("corrupt") || reason.contains("no time") || reason.contains("coeff"))
  }

  /// Random bytes where the structure stands: file record, summaries, and the segments' directories.
  /// What opens nevertheless must evaluate without touching anything outside the file.
  @Test func randomDamage() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let start = SPKEditing.summaryRecord(planets)
    let directories = (0..<12).flatMap { index -> [Int] in
      let last = Int(SPKEditing.int(planets, start + 24 + index * 40 + 36))
      return Array((last - 4) * 8..<last * 8)
    }
    let places = Array(0..<100) + Array(start..<start + 504) + directories
    var random = SplitMix(seed: 11)
    var refused = 0
    for round in 0..<200 {
      var kernel = planets
      for _ in 0...(round % 3) {
        kernel[places[Int(random.next() % UInt64(places.count))]] = UInt8(random.next() % 256)
      }
      let file = folder.appending(path: "de440.bsp")
      try kernel.write(to: file)
      guard let ephemeris = try? Ephemeris(folder: folder) else {
        refused += 1
        continue
      }
      var buffer = [Double](repeating: 0, count: PerturberLayout.size)
      for mjd in stride(from: ephemeris.start.mjd, through: ephemeris.end.mjd, by: 3001.7) {
        ephemeris.perturbers(at: Epoch(mjd: mjd), velocities: .all, into: &buffer)
        _ = try? ephemeris.state(of: .moon, at: Epoch(mjd: mjd))
      }
    }
    #expect(refused > 50)
  }

  @Test func missingBody() throws {
    var kernel = planets
    // The first segment becomes that of a body that nobody knows.
    SPKEditing.set(&kernel, SPKEditing.summaryRecord(planets) + 24 + 16, Int32(12345))
    guard case .missingBodies(_, let bodies) = try error(with: kernel) else {
      Issue.record("not refused")
      return
    }
    #expect(bodies == [.mercury])
  }

  @Test func folderThatDoesNotExist() {
    #expect(throws: DynamicsError.self) {
      try SolarSystem.load(folder: URL(filePath: "/nonexistent/kernels"))
    }
  }
}
