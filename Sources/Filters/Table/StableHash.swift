/// A number of some bytes that is the same in every process and run: FNV-1a, finished with SplitMix64's
/// mixer, since names that differ in their last digits must not be near.
struct StableHash {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func combine(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
  }

  mutating func combine(_ number: Int64) {
    withUnsafeBytes(of: number.littleEndian) { combine($0) }
  }

  /// Never 0.
  var value: UInt64 {
    var hash = state
    hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
    return max(1, hash ^ (hash >> 31))
  }
}
