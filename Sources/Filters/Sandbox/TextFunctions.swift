import Foundation
import GRDBSQLite

/// `like`, `glob`, `instr` and the three `trim`s as SQLite has them, in place of SQLite's own, which may
/// take seconds within one call: two texts of 20,000 bytes are 4·10⁸ comparisons to its `trim`. These take
/// a time that grows as the text does (times the pattern's 50 bytes), and look at the clock.
///
/// Texts that are no UTF-8 may be told apart elsewhere than by SQLite's.
enum TextFunctions {
  private enum Function: Int, CaseIterable {
    case like = 1
    case likeEscape, glob, instr, trim, trimSet, ltrim, ltrimSet, rtrim, rtrimSet

    var name: String {
      switch self {
      case .like, .likeEscape: "like"
      case .glob: "glob"
      case .instr: "instr"
      case .trim, .trimSet: "trim"
      case .ltrim, .ltrimSet: "ltrim"
      case .rtrim, .rtrimSet: "rtrim"
      }
    }

    var argumentCount: Int32 {
      switch self {
      case .trim, .ltrim, .rtrim: 1
      case .like, .glob, .instr, .trimSet, .ltrimSet, .rtrimSet: 2
      case .likeEscape: 3
      }
    }
  }

  /// What SQLite hands to a call.
  private final class Registration {
    let function: Function
    unowned let budget: FilterBudget

    init(_ function: Function, _ budget: FilterBudget) {
      self.function = function
      self.budget = budget
    }
  }

  /// - Parameter budget: outlives the connection.
  static func register(on connection: OpaquePointer, budget: FilterBudget) {
    for function in Function.allCases {
      sqlite3_create_function_v2(
        connection, function.name, function.argumentCount,
        SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
        Unmanaged.passRetained(Registration(function, budget)).toOpaque(), call, nil, nil,
        { registration in
          if let registration { Unmanaged<Registration>.fromOpaque(registration).release() }
        })
    }
  }

  private typealias Values = UnsafeMutablePointer<OpaquePointer?>
  private typealias Bytes = UnsafeBufferPointer<UInt8>

  /// Longer texts are work that one looks at the clock for [bytes].
  private static let longText = 2_000
  /// Of LIKE and GLOB [bytes].
  static let longestPattern = 50

  private static let call:
    @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void = {
      context, _, values in
      guard let values, let own = sqlite3_user_data(context) else { return }
      let registration = Unmanaged<Registration>.fromOpaque(own).takeUnretainedValue()
      let longest = max(
        sqlite3_value_bytes(values[0]),
        registration.function.argumentCount > 1 ? sqlite3_value_bytes(values[1]) : 0)
      guard longest < longText || registration.budget.allows() else {
        return sqlite3_result_error_code(context, SQLITE_INTERRUPT)
      }
      switch registration.function {
      case .like: match(context, values, .like(escape: nil))
      case .likeEscape:
        guard sqlite3_value_type(values[2]) != SQLITE_NULL else { return }
        let escape = text(values[2])
        guard let first = escape.first, escape.count == width(first) else {
          return sqlite3_result_error(
            context, "ESCAPE expression must be a single character", -1)
        }
        match(context, values, .like(escape: escape))
      case .glob: match(context, values, .glob)
      case .instr: instr(context, values)
      case .trim: trim(context, values, nil, left: true, right: true)
      case .ltrim: trim(context, values, nil, left: true, right: false)
      case .rtrim: trim(context, values, nil, left: false, right: true)
      case .trimSet: trim(context, values, values[1], left: true, right: true)
      case .ltrimSet: trim(context, values, values[1], left: true, right: false)
      case .rtrimSet: trim(context, values, values[1], left: false, right: true)
      }
    }

  /// A value as text; empty for none. Valid until the value is asked for another type.
  private static func text(_ value: OpaquePointer?) -> Bytes {
    let start = sqlite3_value_text(value)
    return Bytes(start: start, count: Int(sqlite3_value_bytes(value)))
  }

  private static func isNull(_ value: OpaquePointer?) -> Bool {
    sqlite3_value_type(value) == SQLITE_NULL
  }

  /// Bytes of the character that begins with one.
  static func width(_ first: UInt8) -> Int {
    first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
  }

  // MARK: - Patterns

  private static func match(_ context: OpaquePointer?, _ values: Values, _ kind: TextPattern.Kind) {
    if sqlite3_value_type(values[0]) == SQLITE_BLOB || sqlite3_value_type(values[1]) == SQLITE_BLOB
    {
      return sqlite3_result_int(context, 0)
    }
    guard sqlite3_value_bytes(values[0]) <= longestPattern else {
      return sqlite3_result_error(context, "LIKE or GLOB pattern too complex", -1)
    }
    guard !isNull(values[0]), !isNull(values[1]) else { return }
    let pattern = TextPattern(untilZero(text(values[0])), kind)
    sqlite3_result_int(context, pattern.matches(untilZero(text(values[1]))) ? 1 : 0)
  }

  private static func untilZero(_ bytes: Bytes) -> Bytes {
    guard let end = bytes.firstIndex(of: 0) else { return bytes }
    return Bytes(rebasing: bytes[..<end])
  }

  // MARK: - Where one text is in another

  private static func instr(_ context: OpaquePointer?, _ values: Values) {
    guard !isNull(values[0]), !isNull(values[1]) else { return }
    let areBlobs =
      sqlite3_value_type(values[0]) == SQLITE_BLOB && sqlite3_value_type(values[1]) == SQLITE_BLOB
    func bytes(_ value: OpaquePointer?) -> Bytes {
      guard areBlobs else { return text(value) }
      let start = sqlite3_value_blob(value)?.assumingMemoryBound(to: UInt8.self)
      return Bytes(start: start, count: Int(sqlite3_value_bytes(value)))
    }
    let (whole, part) = (bytes(values[0]), bytes(values[1]))
    guard let first = part.first else { return sqlite3_result_int(context, 1) }
    guard let offset = place(of: part, in: whole) else { return sqlite3_result_int(context, 0) }
    guard !areBlobs else { return sqlite3_result_int64(context, sqlite3_int64(offset) + 1) }
    // No character begins with the middle of one.
    guard offset == 0 || !isContinuation(first) else { return sqlite3_result_int(context, 0) }
    let characters =
      offset == 0 ? 0 : (1...offset).reduce(0) { $0 + (isContinuation(whole[$1]) ? 0 : 1) }
    sqlite3_result_int64(context, sqlite3_int64(characters) + 1)
  }

  /// Where one begins in the other first: Knuth, Morris & Pratt (1977, doi:10.1137/0206024), linear in
  /// both.
  private static func place(of part: Bytes, in whole: Bytes) -> Int? {
    guard part.count <= whole.count else { return nil }
    // Bytes that end the part's first index + 1 bytes and begin it, too.
    var borders = [Int32](repeating: 0, count: part.count)
    var length = 0
    for index in 1..<max(1, part.count) {
      while length > 0, part[index] != part[length] { length = Int(borders[length - 1]) }
      if part[index] == part[length] { length += 1 }
      borders[index] = Int32(length)
    }
    length = 0
    for index in whole.indices {
      while length > 0, whole[index] != part[length] { length = Int(borders[length - 1]) }
      if whole[index] == part[length] { length += 1 }
      if length == part.count { return index + 1 - length }
    }
    return nil
  }

  private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

  // MARK: - Trimming

  /// Characters, by their bytes in one number each.
  private struct Characters {
    private var single = InlineArray<4, UInt64>(repeating: 0)
    private var longer: Set<UInt32> = []

    init(_ bytes: Bytes) {
      var at = 0
      while at < bytes.count {
        let count = min(TextFunctions.width(bytes[at]), bytes.count - at)
        if count == 1 {
          single[Int(bytes[at] >> 6)] |= 1 << UInt64(bytes[at] & 63)
        } else {
          longer.insert(Self.number(bytes, at, count))
        }
        at += count
      }
    }

    func contains(_ bytes: Bytes, _ at: Int, _ count: Int) -> Bool {
      count == 1
        ? single[Int(bytes[at] >> 6)] >> UInt64(bytes[at] & 63) & 1 == 1
        : longer.contains(Self.number(bytes, at, count))
    }

    private static func number(_ bytes: Bytes, _ at: Int, _ count: Int) -> UInt32 {
      (at..<(at + count)).reduce(0) { $0 << 8 | UInt32(bytes[$1]) }
    }
  }

  private static let blank: [UInt8] = [0x20]

  private static func trim(
    _ context: OpaquePointer?, _ values: Values, _ set: OpaquePointer?, left: Bool, right: Bool
  ) {
    guard !isNull(values[0]) else { return }
    let characters: Characters
    if let set {
      guard !isNull(set) else { return }
      characters = Characters(text(set))
    } else {
      characters = blank.withUnsafeBufferPointer { Characters($0) }
    }
    let bytes = text(values[0])
    var (start, end) = (0, bytes.count)
    while left, start < end {
      let count = min(width(bytes[start]), end - start)
      guard characters.contains(bytes, start, count) else { break }
      start += count
    }
    while right, start < end {
      var first = end - 1
      while first > start, end - first < 4, isContinuation(bytes[first]) { first -= 1 }
      if width(bytes[first]) != end - first { first = end - 1 }
      guard characters.contains(bytes, first, end - first) else { break }
      end = first
    }
    bytes.withMemoryRebound(to: CChar.self) { bytes in
      let place = bytes.baseAddress.map { $0 + start }
      guard let place, end > start else { return sqlite3_result_text(context, "", 0, transient) }
      sqlite3_result_text(context, place, Int32(end - start), transient)
    }
  }

  /// SQLite is to copy the text at once.
  private static var transient: sqlite3_destructor_type {
    unsafeBitCast(-1, to: sqlite3_destructor_type.self)
  }
}
