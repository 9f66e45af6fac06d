/// On how many nights an object was seen, and within how many days: what decides most about whether
/// linking can find it.
public struct NightPattern: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Nights with a pair; 5 stands for five and more.
  public var nights: Int
  /// Days from the first to the last detection, rounded up to 3, 7, 15 or more.
  public var days: Int

  private static let steps = [3, 7, 15]

  init(_ times: [Double], nights: Int) {
    self.nights = min(nights, 5)
    let span = (times.max() ?? 0) - (times.min() ?? 0)
    days = Self.steps.first { span <= Double($0) } ?? 99
  }

  public static func < (a: NightPattern, b: NightPattern) -> Bool {
    (a.nights, a.days) < (b.nights, b.days)
  }

  public var description: String {
    let count = nights == 5 ? "5 nights and more" : "\(nights) nights"
    return days == 99 ? "\(count) in more than 15 d" : "\(count) in \(days) d"
  }
}
