import Dynamics

/// The astrometric error of a station's observations.
///
/// The table holds two kinds of numbers. Measured: the scatter of a station's residuals over the MPC's
/// archive, or about the orbits of some hundred numbered objects of long arcs where that is larger,
/// rounded up to 0.05″. It is smaller than the published rules by a factor of about two for the big
/// surveys, which is what makes fitted covariances honest; residuals have longer tails than a normal
/// distribution, a fit must reject. Published: Vereš, Farnocchia, Chesley &
/// Chamberlin 2017 (Icarus 296, 139, tables 2 and 3), for stations without a measured scatter.
/// Other stations get 1.0″, as published for CCD observations reduced with a known catalog.
///
/// What errors have in common was measured on 29,000 residuals of 48 numbered objects from 1990 to
/// 2024: the covariance of the means of different nights within forty days is the field's part
/// (large where the star catalog was USNO-A2.0, small since Gaia), what the means of nights scatter
/// beyond that and beyond their own observations' scatter is the night's.
@frozen
public struct StationErrors: Hashable, Sendable {
  /// One standard deviation of RA × cos dec and of dec [arcsec].
  public var raArcsec: Double
  public var decArcsec: Double
  /// Fractions of the variance that a night's and some weeks' observations have in common.
  public var night: Float
  public var field: Float
  /// One standard deviation of the clock [s].
  public var clockSeconds: Float

  @inlinable
  public init(
    _ raArcsec: Double, _ decArcsec: Double? = nil, night: Float = 0.25, field: Float = 0.12,
    clockSeconds: Float = 1
  ) {
    self.raArcsec = raArcsec
    self.decArcsec = decArcsec ?? raArcsec
    self.night = night
    self.field = field
    self.clockSeconds = clockSeconds
  }

  /// The scatter within nights differs from night to night and from object to object as the square
  /// root of an inverse gamma variate does: 2 to 5 degrees of freedom for single stations.
  static let freedom: Float = 3.3

  func shared(source: UInt32) -> SharedErrors {
    SharedErrors(
      source: source, night: night, field: field, freedom: StationErrors.freedom,
      clockSeconds: clockSeconds)
  }

  static let mjd1890 = 11368.0
  static let mjd1950 = 33282.0
  /// CCDs replaced plates in the surveys of minor planets about then.
  static let mjd1990 = 47892.0

  static let byCode: [ObservatoryCode: StationErrors] = {
    var table: [ObservatoryCode: StationErrors] = [:]
    for (codes, errors) in published + measured {
      for text in codes.split(separator: " ") {
        if let code = ObservatoryCode(text) { table[code] = errors }
      }
    }
    return table
  }()

  /// Vereš et al. 2017.
  private static let published: [(String, StationErrors)] = [
    ("H01 T12 T14", StationErrors(0.3)), ("G83", StationErrors(0.3)),
    ("Y28", StationErrors(0.3)),
    ("K91 K92 K93 Q63 Q64 V37 W85 W86 W87", StationErrors(0.4)),
  ]

  /// Measured scatter. A later entry overrides.
  private static let measured: [(String, StationErrors)] = [
    // Surveys of the last two decades.
    ("X05", StationErrors(0.05, clockSeconds: 0.01)),
    ("F51", StationErrors(0.10, 0.12, night: 0.28, field: 0.18, clockSeconds: 0.2)),
    ("F52", StationErrors(0.10, night: 0.22, field: 0.10, clockSeconds: 0.2)),
    ("G96", StationErrors(0.25, night: 0.17, field: 0.03, clockSeconds: 0.5)),
    ("703", StationErrors(0.65, 0.60, night: 0.23, field: 0.04)),
    ("704", StationErrors(0.75, night: 0.32, field: 0.27)),
    ("T05 T08 M22 W68", StationErrors(0.35, night: 0.11, field: 0.02, clockSeconds: 0.5)),
    ("R17", StationErrors(0.15)),
    ("I41", StationErrors(0.20, 0.15, night: 0.22, field: 0.06, clockSeconds: 0.5)),
    ("G45", StationErrors(0.35, night: 0.14, field: 0.11)),
    ("D29", StationErrors(0.40, 0.35, night: 0.13, field: 0.03)), ("V00", StationErrors(0.10)),
    ("W84", StationErrors(0.20, night: 0.15, field: 0.65, clockSeconds: 0.2)),
    ("P07", StationErrors(0.35, night: 0.06, field: 0.10)), ("C51", StationErrors(0.35)),
    ("C57", StationErrors(1.05)),
    // Surveys of the turn of the century.
    ("691", StationErrors(0.45, 0.40, night: 0.30, field: 0.33)),
    ("644", StationErrors(0.40, 0.45, night: 0.35, field: 0.45)),
    ("699", StationErrors(0.65, night: 0.15, field: 0.21)), ("608", StationErrors(0.75, 0.80)),
    ("E12", StationErrors(0.35, 0.30)), ("809", StationErrors(1.35, 1.25)),
    ("675", StationErrors(1.00, 1.10)), ("095", StationErrors(2.00)),
    ("683", StationErrors(0.70, 0.90)), ("413", StationErrors(1.15, 0.85)),
    // Follow-up and astrometric stations.
    ("645 673", StationErrors(0.10)), ("689", StationErrors(0.15)),
    ("950 291", StationErrors(0.45, 0.35)), ("J75", StationErrors(0.25)),
    ("J43", StationErrors(0.40, 0.30, night: 0.33, field: 0.12)),
    ("J04 926", StationErrors(0.30, 0.25)),
    ("H15", StationErrors(0.45, 0.30)), ("C41", StationErrors(0.55, 0.45)),
    ("K95", StationErrors(0.45, 0.40)), ("K19", StationErrors(0.35, 0.25)),
    ("Z22", StationErrors(0.50, 0.45)), ("106", StationErrors(0.30)),
    ("327", StationErrors(0.25, 0.20)), ("333", StationErrors(0.50, 0.40)),
    ("O18", StationErrors(0.10, night: 0.12, field: 0.04)), ("309", StationErrors(0.15, 0.10)),
    ("568", StationErrors(0.30, 0.25)), ("W91 W93", StationErrors(0.20, 0.10)),
    ("I52 H21", StationErrors(0.25, 0.20)), ("D35", StationErrors(0.40, 0.25)),
    ("A50", StationErrors(0.40, 0.35)), ("807", StationErrors(0.45, 0.35)),
    ("W92", StationErrors(0.80, 0.65)), ("C94 N86", StationErrors(0.55, 0.50)),
    ("Y00", StationErrors(0.50, 0.35)), ("U55", StationErrors(0.60, 0.45)),
    ("X74 V11", StationErrors(0.50, 0.40)),
  ]
}
