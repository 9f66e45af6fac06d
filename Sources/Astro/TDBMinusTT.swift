private import CERFA
import Synchronization

/// TDB − TT at the geocentre: the 787 terms of Fairhead & Bretagnon (1990, A&A 229, 240) cost 15 µs,
/// which a million detections or orbits would feel. So they are evaluated at every second day only,
/// when first asked for, and interpolated between by six points: the shortest terms that matter go
/// with the Moon's 27 days, the error stays below 0.3 ns.
///
/// A memo of a pure function: which thread fills a node, and when, changes nothing.
@safe final class TDBMinusTT: @unchecked Sendable {
  static let shared = TDBMinusTT()

  /// 1900 to 2100; outside the series is summed.
  private static let firstMjd = 15020.0
  private static let nodeCount = 36_530
  private static let spacingDays = 2.0

  /// Bit patterns of the differences [s]; zero: not asked for yet.
  private let nodes: UnsafeMutablePointer<Atomic<UInt64>>

  private init() {
    unsafe nodes = .allocate(capacity: TDBMinusTT.nodeCount)
    for index in 0..<TDBMinusTT.nodeCount { unsafe (nodes + index).initialize(to: Atomic(0)) }
  }

  /// [s], for a moment in TT or TDB (the difference changes by 4e-10 s in a second).
  func seconds(_ mjdDay: Double, _ fraction: Double) -> Double {
    let place = (mjdDay - TDBMinusTT.firstMjd + fraction) / TDBMinusTT.spacingDays
    guard place >= 2, place < Double(TDBMinusTT.nodeCount - 4) else {
      return TDBMinusTT.series(mjdDay, fraction)
    }
    let index = Int(place)
    let u = place - Double(index)
    // Lagrange's weights for nodes at -2…3.
    let (a, b, c, d, e) = (u + 2, u + 1, u - 1, u - 2, u - 3)
    var sum = node(index - 2) * (-b * u * c * d * e / 120)
    sum += node(index - 1) * (a * u * c * d * e / 24)
    sum += node(index) * (-a * b * c * d * e / 12)
    sum += node(index + 1) * (a * b * u * d * e / 12)
    sum += node(index + 2) * (-a * b * u * c * e / 24)
    return sum + node(index + 3) * (a * b * u * c * d / 120)
  }

  private func node(_ index: Int) -> Double {
    let known = unsafe nodes[index].load(ordering: .relaxed)
    if known != 0 { return Double(bitPattern: known) }
    let mjd = TDBMinusTT.firstMjd + Double(index) * TDBMinusTT.spacingDays
    let value = TDBMinusTT.series(mjd, 0)
    unsafe nodes[index].store(value.bitPattern, ordering: .relaxed)
    return value
  }

  /// Universal time and observer's place only enter the µs diurnal terms, taken as zero.
  private static func series(_ mjdDay: Double, _ fraction: Double) -> Double {
    eraDtdb(Constants.jdOfMjdZero, mjdDay + fraction, 0, 0, 0, 0)
  }
}
