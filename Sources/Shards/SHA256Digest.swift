import CCrypto
import Foundation

/// SHA-256, by libcrypto.
package enum SHA256Digest {
  package static let size = Int(SHA256_DIGEST_LENGTH)

  package static func of(_ bytes: some Collection<UInt8>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: size) { room, count in
      let done: Void? = bytes.withContiguousStorageIfAvailable {
        _ = SHA256($0.baseAddress, $0.count, room.baseAddress)
      }
      if done == nil {
        let copy = Array(bytes)
        SHA256(copy, copy.count, room.baseAddress)
      }
      count = size
    }
  }

  package static func hex(_ digest: [UInt8]) -> String {
    digest.map { byte in
      let text = String(byte, radix: 16)
      return byte < 16 ? "0" + text : text
    }.joined()
  }

  /// Of a whole file.
  package static func ofFile(_ path: String) throws(ShardError) -> String {
    do {
      let data = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
      return hex(of(data))
    } catch { throw .unreadable(path: path, reason: "\(error.localizedDescription)") }
  }
}
