/// When the last observation of an orbit was at the latest, by what the MPC's `mpc_orb` JSON says.
///
/// It says no nearer than the year in which the arc ends, and when the fit was made.
package enum ObservedUntil {
  /// The end of the arc's last year or the time of the fit, whichever is the earlier, and a day
  /// more: MJD, in any time scale. Nil when neither is there.
  ///
  /// - Parameters:
  ///   - arc: `2012-2022`; anything else, as `34 days`, says nothing.
  ///   - fitted: `2023-01-20 18:45:36`, UTC or a local time.
  package static func mjd(arc: String?, fitted: String?) -> Double? {
    let years = (arc ?? "").split(separator: "-").compactMap { Int($0) }
    let yearsEnd =
      years.count == 2 && years[0] <= years[1]
      ? CalendarText.modifiedJulianDay(year: years[1] + 1, month: 1, day: 1).map(Double.init) : nil
    return [yearsEnd, fitted.flatMap(time)].compactMap { $0 }.min().map { $0 + 1 }
  }

  private static func time(_ text: String) -> Double? {
    var bytes = Array(text.utf8)
    guard bytes.count > 10 else { return nil }
    bytes[10] = UInt8(ascii: "T")
    return bytes.withUnsafeBufferPointer(CalendarText.isoTime).map {
      Double($0.day) + $0.second / 86_400
    }
  }
}
