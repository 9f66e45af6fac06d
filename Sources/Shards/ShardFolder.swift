package import Foundation
package import Linking

/// The folder of a run over many processes: its manifest, the detections, what the stages gave.
///
///     manifest.json          what the run is about
///     detections.bin         the detections as the linker takes them
///     order.bin              which line of the file each was
///     current.json           the stage that waits for pieces; done.json: the links are written
///     stages/NAME/stage.json how a stage is cut; piece-00001.bin …: what its pieces gave
///     kept/NAME.bin          what was reached between the stages
package struct ShardFolder: Sendable {
  package let url: URL
  package let manifest: ShardManifest
  /// SHA-256 of the manifest: what all files of the run carry.
  let run: [UInt8]

  /// A new run.
  package static func create(
    at url: URL, manifest: ShardManifest, input: LinkingInput, original: [Int]
  ) throws -> ShardFolder {
    let place = url.appending(path: "manifest.json")
    guard !FileManager.default.fileExists(atPath: place.path) else {
      throw ShardError.exists(path: url.path)
    }
    let folder = ShardFolder(url: url, manifest: manifest, run: try digest(manifest))
    var writer = PieceWriter()
    writer.put(all: original)
    try ShardFile.write(writer.bytes, name: "order", run: folder.run, to: folder.orderFile)
    try ShardFile.write(
      input.pieceBytes, name: "detections", run: folder.run, to: folder.inputFile)
    // Last: a folder without it is no run.
    try folder.write(manifest, to: place)
    return folder
  }

  /// One that was planned, by the same program.
  package init(opening url: URL) throws {
    let place = url.appending(path: "manifest.json")
    guard let data = try? Data(contentsOf: place) else {
      throw ShardError.notAFolder(path: url.path)
    }
    do { manifest = try JSONDecoder().decode(ShardManifest.self, from: data) } catch {
      throw ShardError.damaged(path: place.path, reason: "is no manifest: \(error)")
    }
    guard try manifest.programSHA256 == ShardManifest.thisProgram() else {
      throw ShardError.otherProgram(path: url.path)
    }
    self.url = url
    run = try Self.digest(manifest)
  }

  private init(url: URL, manifest: ShardManifest, run: [UInt8]) {
    self.url = url
    self.manifest = manifest
    self.run = run
  }

  /// The detections, sorted.
  package func input() throws -> LinkingInput {
    guard let bytes = try ShardFile.read(inputFile, name: "detections", run: run) else {
      throw ShardError.notAFolder(path: url.path)
    }
    return try LinkingInput(pieceBytes: bytes)
  }

  /// By detection of ``input()`` its place in the file that was read.
  package func original() throws -> [Int] {
    guard let bytes = try ShardFile.read(orderFile, name: "order", run: run) else {
      throw ShardError.notAFolder(path: url.path)
    }
    var reader = PieceReader(bytes)
    return try reader.getAll()
  }

  /// The stage that waits for pieces; nil before the first and after the last.
  package func current() throws -> ShardStage? {
    guard let data = try? Data(contentsOf: currentFile) else { return nil }
    return try JSONDecoder().decode(ShardStage.self, from: data)
  }

  /// Pieces of a stage that are not there yet.
  package func missing(_ stage: ShardStage) -> [Int] {
    stage.pieces.map(\.number).filter {
      !FileManager.default.fileExists(atPath: piece($0, of: stage.stage.name).path)
    }
  }

  func setCurrent(_ stage: ShardStage?) throws {
    if let stage {
      try write(stage, to: currentFile)
    } else if FileManager.default.fileExists(atPath: currentFile.path) {
      try FileManager.default.removeItem(at: currentFile)
    }
  }

  /// Whether the links have been written.
  package var isDone: Bool { FileManager.default.fileExists(atPath: doneFile.path) }

  func setDone() throws { try write(["done": true], to: doneFile) }

  func plan(of stage: String) throws -> ShardStage? {
    let place = self.stage(stage).appending(path: "stage.json")
    guard let data = try? Data(contentsOf: place) else { return nil }
    do { return try JSONDecoder().decode(ShardStage.self, from: data) } catch {
      throw ShardError.damaged(path: place.path, reason: "is no plan of a stage: \(error)")
    }
  }

  func write(_ plan: ShardStage) throws {
    try write(plan, to: stage(plan.stage.name).appending(path: "stage.json"))
  }

  /// Deletes what processes that died have left.
  package func sweep() {
    let names = FileManager.default.enumerator(atPath: url.path)?.compactMap { $0 as? String }
    for name in names ?? [] where name.hasSuffix(".part") {
      try? FileManager.default.removeItem(at: url.appending(path: name))
    }
  }

  func piece(_ number: Int, of name: String) -> URL {
    let digits = String(number)
    let padded = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    return stage(name).appending(path: "piece-\(padded).bin")
  }

  func keptFile(_ name: String) -> URL {
    url.appending(path: "kept/\(name.replacing(" ", with: "-")).bin")
  }

  private func stage(_ name: String) -> URL {
    url.appending(path: "stages/\(name.replacing(" ", with: "-"))")
  }

  private var inputFile: URL { url.appending(path: "detections.bin") }
  private var doneFile: URL { url.appending(path: "done.json") }
  private var orderFile: URL { url.appending(path: "order.bin") }
  private var currentFile: URL { url.appending(path: "current.json") }

  private static func digest(_ manifest: ShardManifest) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return SHA256Digest.of(try encoder.encode(manifest))
  }

  private func write(_ value: some Encodable, to place: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      try FileManager.default.createDirectory(
        at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      try encoder.encode(value).write(to: place, options: .atomic)
    } catch {
      throw ShardError.unwritable(path: place.path, reason: error.localizedDescription)
    }
  }
}
