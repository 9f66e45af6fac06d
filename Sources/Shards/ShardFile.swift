import Foundation

/// A file that says what it is: a mark, the run it belongs to, its name there, what it holds, and a
/// SHA-256 over all of it.
///
/// It is written under a name of its own and renamed when it is whole, so that a process that dies, or
/// two that make the same piece, leave either nothing or the piece.
struct ShardFile {
  private static let mark = Array("ECLPIECE1\n".utf8)

  static func write(
    _ payload: [UInt8], name: String, run: [UInt8], to url: URL
  ) throws(ShardError) {
    var head = mark + run
    put(name.utf8.count, &head)
    head += Array(name.utf8)
    put(payload.count, &head)
    let temporary = url.deletingLastPathComponent()
      .appending(path: ".\(url.lastPathComponent).\(UUID().uuidString).part")
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(head).write(to: temporary)
      let file = try FileHandle(forUpdating: temporary)
      try file.seekToEnd()
      try file.write(contentsOf: payload)
      try file.write(contentsOf: digest(head, payload))
      try file.synchronize()
      try file.close()
      guard rename(temporary.path, url.path) == 0 else {
        throw ShardError.unwritable(path: url.path, reason: String(cString: strerror(errno)))
      }
    } catch {
      try? FileManager.default.removeItem(at: temporary)
      throw error as? ShardError
        ?? .unwritable(path: url.path, reason: error.localizedDescription)
    }
  }

  /// - Returns: nil when there is no such file.
  static func read(
    _ url: URL, name: String, run: [UInt8]
  ) throws(ShardError) -> Data? {
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    let bytes: Data
    do { bytes = try Data(contentsOf: url, options: .alwaysMapped) } catch {
      throw .unreadable(path: url.path, reason: error.localizedDescription)
    }
    let head = mark.count + run.count
    guard bytes.count >= head + 16 + SHA256Digest.size, bytes.starts(with: mark) else {
      throw .damaged(path: url.path, reason: "is cut off, or no piece of a run")
    }
    let end = bytes.count - SHA256Digest.size
    var place = head
    func number() -> Int? {
      guard end - place >= 8 else { return nil }
      defer { place += 8 }
      return bytes[place..<(place + 8)].reduce(0) { $0 << 8 | Int($1) }
    }
    guard bytes[mark.count..<head].elementsEqual(run), let length = number(),
      length == name.utf8.count, end - place >= length + 8,
      bytes[place..<(place + length)].elementsEqual(name.utf8)
    else { throw .foreign(path: url.path) }
    place += length
    guard let size = number(), size == end - place else {
      throw .damaged(path: url.path, reason: "has not the length that it names")
    }
    guard digest(bytes[..<place], bytes[place..<end]).elementsEqual(bytes[end...]) else {
      throw .damaged(path: url.path, reason: "its checksum is wrong")
    }
    return bytes[place..<end]
  }

  /// Of the head and the payload's own, so that the two need not lie together.
  private static func digest(
    _ head: some Collection<UInt8>, _ payload: some Collection<UInt8>
  ) -> [UInt8] { SHA256Digest.of(Array(head) + SHA256Digest.of(payload)) }

  private static func put(_ number: Int, _ bytes: inout [UInt8]) {
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }
}
