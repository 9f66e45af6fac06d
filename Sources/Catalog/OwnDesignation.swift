import Astrometry

/// The name and the number of an object that we found ourselves, made from its content: the night
/// and the identifier of the first detection that it was made of. The same object found again in
/// another catalog from the same detections has the same name; nothing is counted, so that a name
/// never depends on the order of work and is never given twice.
///
/// The number is `7F`, then 17 bits night, then 39 bits hash: no MPC designation's packed form
/// has the byte 7F. The readable form is `E151120-7KQ2M9XA`: the night's date, then 40 bits of
/// the hash in base 32 (Crockford's letters: no I, L, O, U).
public struct OwnDesignation: Hashable, Sendable {
  public let ssObjectId: Int64
  public let text: String

  /// - Parameters:
  ///   - firstDiaSourceId: of the earliest detection.
  ///   - night: of that detection, MJD of the evening, 0…131071.
  ///   - attempt: 0, and counted up while the name is taken by another object.
  public init(firstDiaSourceId: Int64, night: Int, attempt: Int = 0) {
    var digest = ContentDigest()
    digest.add(UInt64(bitPattern: firstDiaSourceId))
    digest.add(UInt64(attempt))
    let hash = Self.mixed(digest.value)
    ssObjectId = Self.number(night: night, code: hash >> 24)
    let code = (0..<8).map { Self.letters[Int(hash >> (59 - 5 * UInt64($0)) & 31)] }
    let (year, month, day) = Night(mjd: night).calendarDate
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
    text = "E\(two(year % 100))\(two(month))\(two(day))-\(String(code))"
  }

  /// Reads the readable form, so that an object keeps its number when its orbit comes back by name
  /// (an exported orbit CSV). Nil for any other name. Two digits of a year are one of 1970 to 2069.
  public init?(_ text: String) {
    let characters = Array(text)
    guard characters.count == 16, characters[0] == "E", characters[7] == "-",
      let year = Int(String(characters[1...2]))
    else { return nil }
    let date = "\(year < 70 ? 20 : 19)\(String(characters[1...2]))"
    let monthAndDay = "-\(String(characters[3...4]))-\(String(characters[5...6]))"
    guard let night = Night(date: date + monthAndDay) else { return nil }
    var code: UInt64 = 0
    for character in characters[8...] {
      guard let value = Self.letters.firstIndex(of: character) else { return nil }
      code = code << 5 | UInt64(value)
    }
    ssObjectId = Self.number(night: night.mjd, code: code)
    self.text = text
  }

  /// No identifier of ours is below, no other above.
  static let firstIdentifier: Int64 = 0x7F << 56

  private static let letters = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

  /// - Parameter code: the 40 bits of the readable form, of which the number has room for 39.
  private static func number(night: Int, code: UInt64) -> Int64 {
    0x7F << 56 | Int64(night & 0x1_FFFF) << 39 | Int64(code >> 1)
  }

  /// A number for an object that has a name which is no MPC designation (a simulation's, a
  /// survey's): `7E`, then 56 bits of a hash of the name.
  public static func ssObjectId(forName name: String) -> Int64 {
    var digest = ContentDigest()
    digest.add(name)
    return 0x7E << 56 | Int64(mixed(digest.value) >> 8)
  }

  /// Spreads FNV's weak high bits (the finaliser of MurmurHash3).
  private static func mixed(_ value: UInt64) -> UInt64 {
    var x = value
    x = (x ^ x >> 33) &* 0xff51_afd7_ed55_8ccd
    x = (x ^ x >> 33) &* 0xc4ce_b9fe_1a85_ec53
    return x ^ x >> 33
  }
}
