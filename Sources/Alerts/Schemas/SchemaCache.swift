import Foundation

/// Schemas of a registry on disk, so that a restart needs no registry: an id never changes its
/// meaning there. One folder for each registry, one resolved `<id>.json` for each schema, as a
/// ``SchemaRegistry`` reads it.
struct SchemaCache: Sendable {
  private let folder: URL

  /// - Parameter root: of the registry, without name and password.
  init(folder: URL, registry root: URL) {
    let name = root.absoluteString.map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "_" }
    self.folder = folder.appending(path: String(name))
  }

  /// Nil where it is not there, or is no longer what was written.
  func schema(_ id: UInt32) -> AlertSchema? {
    let place = path(id)
    guard let text = try? String(contentsOf: place, encoding: .utf8) else { return nil }
    return try? AlertSchema(
      schema: AvroSchema(json: text, source: place.path), id: id, source: place.path)
  }

  /// Keeps a schema where the disk allows it; one that can't be kept is fetched again.
  func keep(_ text: String, _ id: UInt32) {
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try? Data(text.utf8).write(to: path(id), options: .atomic)
  }

  private func path(_ id: UInt32) -> URL { folder.appending(path: "\(id).json") }
}
