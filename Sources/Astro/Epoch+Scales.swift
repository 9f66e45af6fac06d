// Conversions that need no table. UTC and UT1 need leap seconds and Earth orientation: see
// LeapSeconds and, in Dynamics, EarthOrientation.

private let ttMinusTaiDays = 32.184 / Constants.secondsPerDay

extension Epoch where Scale == TAI {
  /// Terrestrial Time, exact.
  public var tt: Epoch<TT> { Epoch<TT>(mjdDay: day, fraction: fraction + ttMinusTaiDays) }
  /// Barycentric Dynamical Time at the geocentre, see ``Epoch/tdb``.
  public var tdb: Epoch<TDB> { tt.tdb }
}

extension Epoch where Scale == TT {
  /// International Atomic Time, exact.
  public var tai: Epoch<TAI> { Epoch<TAI>(mjdDay: day, fraction: fraction - ttMinusTaiDays) }

  /// Barycentric Dynamical Time at the geocentre (Fairhead & Bretagnon 1990 by ERFA `dtdb`,
  /// ns accuracy). The observer's diurnal term, at most 2 µs, is left out: 60 m of Earth motion
  /// per 2 ms shows that 2 µs is 6 cm.
  public var tdb: Epoch<TDB> {
    Epoch<TDB>(
      mjdDay: day, fraction: fraction + tdbMinusTTSeconds(day, fraction) / Constants.secondsPerDay)
  }
}

extension Epoch where Scale == TDB {
  /// Terrestrial Time, the inverse of ``Epoch/tdb`` to better than 1 ns.
  public var tt: Epoch<TT> {
    // The difference changes by less than 4e-10 s per second of argument: TDB may stand for TT.
    Epoch<TT>(
      mjdDay: day, fraction: fraction - tdbMinusTTSeconds(day, fraction) / Constants.secondsPerDay)
  }
  /// International Atomic Time.
  public var tai: Epoch<TAI> { tt.tai }
}

private func tdbMinusTTSeconds(_ mjdDay: Double, _ fraction: Double) -> Double {
  TDBMinusTT.shared.seconds(mjdDay, fraction)
}
