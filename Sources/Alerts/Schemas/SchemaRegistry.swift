public import Foundation

/// The schemas of framed messages, by id (major × 100 + minor).
///
/// Read from a folder in lsst/alert_packet's layout (`<major>/<minor>/lsst.vM_m.alert.avsc` with
/// the other types in files beside it) or holding one resolved `<id>.json` (or `.avsc`) for each;
/// or fetched from a Confluent-compatible registry over HTTP when a message needs one.
public struct SchemaRegistry: Sendable {
  private var schemas: [UInt32: Result<AlertSchema, AlertsError>] = [:]
  private var remote: RemoteSchemas?

  /// No schemas: containers, which bring their own, can still be read.
  public init() {}

  /// - Parameter place: a folder's path, or the `http://` or `https://` address of a registry, with
  ///   `name:password@` before the host where it wants them.
  /// - Parameter cacheFolder: where a registry's schemas are kept from run to run.
  /// - Throws: ``AlertsError/file(_:reason:)``. A registry is not asked yet.
  public init(at place: String, cacheFolder: URL? = nil) throws(AlertsError) {
    let lower = place.lowercased()
    if lower.hasPrefix("http://") || lower.hasPrefix("https://") {
      self.init()
      remote = try RemoteSchemas(address: place, cacheFolder: cacheFolder)
    } else {
      try self.init(folder: URL(filePath: place))
    }
  }

  /// - Throws: ``AlertsError/file(_:reason:)`` when the folder can't be read or has no schema. A
  ///   schema that is wrong in itself is only an error when a message needs it.
  public init(folder: URL) throws(AlertsError) {
    let packaged = folder.appending(path: "python/lsst/alert/packet/schema")
    let root = FileManager.default.fileExists(atPath: packaged.path) ? packaged : folder
    for entry in try Self.names(in: root) {
      let place = root.appending(path: entry)
      if let major = UInt32(entry), major < 40_000 {
        for name in try Self.names(in: place) {
          guard let minor = UInt32(name), minor < 100 else { continue }
          let version = place.appending(path: name)
          schemas[major * 100 + minor] = Self.load(
            id: major * 100 + minor,
            try? SplitSchema.resolve(folder: version, major: major, minor: minor), version.path)
        }
      } else if let dot = entry.lastIndex(of: "."), let id = UInt32(entry[..<dot]),
        ["json", "avsc"].contains(entry[entry.index(after: dot)...])
      {
        let text = try? String(contentsOf: place, encoding: .utf8)
        schemas[id] = Self.load(id: id, text, place.path)
      }
    }
    guard !schemas.isEmpty else {
      throw .file(
        folder.path,
        reason: "holds no alert schemas; expected <major>/<minor>/lsst.vM_m.alert.avsc as in "
          + "lsst/alert_packet, or one resolved <id>.json for each id")
    }
  }

  /// Those of a folder; of a registry those that were fetched.
  public var ids: [UInt32] { remote?.ids ?? schemas.keys.sorted() }

  /// Whether a message may have this id; a registry that can't be reached may have it.
  func contains(_ id: UInt32) -> Bool {
    guard let remote else { return schemas[id] != nil }
    do throws(AlertsError) {
      _ = try remote.schema(id: id)
      return true
    } catch {
      if case .unreachable = error { return true }
      return false
    }
  }

  /// - Throws: ``AlertsError/schema(source:reason:)`` for an id that is not here, naming those
  ///   that are; ``AlertsError/unreachable(_:reason:)`` when a registry doesn't answer.
  public func schema(id: UInt32) throws(AlertsError) -> AlertSchema {
    if let remote { return try remote.schema(id: id) }
    guard let entry = schemas[id] else {
      let known = ids.map(String.init).joined(separator: ", ")
      throw .schema(
        source: "id \(id)",
        reason: "is not known (\(known.isEmpty ? "none is; give --schemas" : known)); "
          + "add it to the schema folder")
    }
    return try entry.get()
  }

  private static func load(
    id: UInt32, _ text: String?, _ source: String
  ) -> Result<AlertSchema, AlertsError> {
    do throws(AlertsError) {
      guard let text else {
        throw .schema(source: source, reason: "can't be read or its parts don't fit together")
      }
      let schema = try AvroSchema(json: text, source: source)
      return .success(try AlertSchema(schema: schema, id: id, source: source))
    } catch {
      return .failure(error)
    }
  }

  private static func names(in folder: URL) throws(AlertsError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    } catch {
      throw .file(folder.path, reason: "is no folder that can be read")
    }
  }
}

/// lsst/alert_packet keeps each named type in a file of its own; an Avro parser wants one text in
/// which each type is defined where it is first used.
enum SplitSchema {
  /// - Returns: one schema text.
  static func resolve(
    folder: URL, major: UInt32, minor: UInt32
  ) throws(AlertsError) -> String {
    let prefix = "lsst.v\(major)_\(minor)."
    var definitions: [String: Any] = [:]
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names.sorted() where name.hasSuffix(".avsc") && name.hasPrefix(prefix) {
      guard let data = try? Data(contentsOf: folder.appending(path: name)),
        let tree = try? JSONSerialization.jsonObject(with: data)
      else { throw .schema(source: folder.appending(path: name).path, reason: "is not JSON") }
      definitions[String(name.dropLast(".avsc".count))] = tree
    }
    guard let alert = definitions[prefix + "alert"] else {
      throw .schema(source: folder.path, reason: "has no \(prefix)alert.avsc")
    }
    return try join(alert, definitions, source: folder.path)
  }

  /// One text of a schema and the types that it uses by name.
  static func join(
    _ schema: Any, _ definitions: [String: Any], source: String
  ) throws(AlertsError) -> String {
    var used: Set<String> = []
    let whole = inline(schema, definitions, &used)
    guard JSONSerialization.isValidJSONObject(whole),
      let data = try? JSONSerialization.data(withJSONObject: whole, options: [.sortedKeys])
    else { throw .schema(source: source, reason: "can't be put together") }
    return String(decoding: data, as: UTF8.self)
  }

  /// Replaces the first use of each type, in the order of the bytes, by its definition.
  private static func inline(
    _ tree: Any, _ definitions: [String: Any], _ used: inout Set<String>
  ) -> Any {
    if let name = tree as? String {
      guard let definition = definitions[name], used.insert(name).inserted else { return name }
      return inline(definition, definitions, &used)
    }
    if let list = tree as? [Any] {
      return list.map { inline($0, definitions, &used) }
    }
    guard var object = tree as? [String: Any] else { return tree }
    for key in ["type", "items", "values", "fields"] {
      if let inner = object[key] { object[key] = inline(inner, definitions, &used) }
    }
    return object
  }
}
