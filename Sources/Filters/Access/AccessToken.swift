import CCrypto
import Foundation

/// A secret by which an owner of filters is known: 256 bits from the system's generator, written as
/// `ecl_` and 43 letters. Of a secret with so many random bits a plain SHA-256 can be kept: there is
/// nothing to guess.
package enum AccessToken {
  private static let prefix = "ecl_"

  /// A new one.
  package static func make() -> String {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    return prefix
      + Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }

  /// Whether a text may be one at all.
  package static func isPlausible(_ text: String) -> Bool {
    text.hasPrefix(prefix) && text.utf8.count == prefix.utf8.count + 43
  }

  /// What is kept of it: SHA-256.
  package static func digest(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    return [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { room, count in
      SHA256(bytes, bytes.count, room.baseAddress)
      count = Int(SHA256_DIGEST_LENGTH)
    }
  }

  /// In a time that doesn't depend on where they differ.
  package static func areEqual(_ first: [UInt8], _ second: [UInt8]) -> Bool {
    first.count == second.count && CRYPTO_memcmp(first, second, first.count) == 0
  }
}
