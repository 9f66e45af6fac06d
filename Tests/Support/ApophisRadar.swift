// Radar astrometry of (99942) Apophis in 2013, reduced to the centre of mass, as JPL publishes it
// (https://ssd-api.jpl.nasa.gov/sb_radar.api?des=99942; Brozović et al. 2018, Icarus 300, 115), and
// JPL Horizons' barycentric ICRF state of it at JD 2456323.5 TDB (COMMAND='99942;' CENTER='@0'
// REF_PLANE='FRAME' OUT_UNITS='AU-D').

public enum ApophisRadar {
  public static let mjdTdb = 56323.0
  /// [au, au/d]
  public static let position = (-0.6885941010606326, 0.7853011708041518, 0.2744012411423299)
  public static let velocity = (
    -0.01236352140633316, -0.007926849409608376, -0.003263604704470501
  )

  public struct Row: Sendable {
    /// UTC of reception.
    public let time: String
    /// [µs] or [Hz].
    public let value: Double
    public let sigma: Double
    public let isDelay: Bool
    public let frequencyMHz: Double
    /// MPC code of the transmitter and receiver: 251 Arecibo, 253 Goldstone DSS-14.
    public let station: String
  }

  private static func goldstone(_ time: String, _ value: Double, _ sigma: Double, us: Bool) -> Row {
    Row(time: time, value: value, sigma: sigma, isDelay: us, frequencyMHz: 8560, station: "253")
  }

  private static func arecibo(_ time: String, _ value: Double, _ sigma: Double, us: Bool) -> Row {
    Row(time: time, value: value, sigma: sigma, isDelay: us, frequencyMHz: 2380, station: "251")
  }

  public static let rows: [Row] = [
    goldstone("2013-01-03T09:20:00Z", 97_449_107.61, 0.25, us: true),
    goldstone("2013-01-03T09:20:00Z", 36_629.285, 0.1, us: false),
    goldstone("2013-01-05T10:40:00Z", 96_911_591.52, 0.25, us: true),
    goldstone("2013-01-05T10:40:00Z", 20_031.160, 0.1, us: false),
    goldstone("2013-01-09T08:00:00Z", 96_451_449.73, 0.2, us: true),
    goldstone("2013-01-10T08:00:00Z", 2590.857, 0.1, us: false),
    goldstone("2013-01-10T09:40:00Z", 96_473_924.8, 0.2, us: true),
    goldstone("2013-01-14T08:10:00Z", 97_258_343.56, 0.2, us: true),
    goldstone("2013-01-15T06:30:00Z", -30_666.291, 0.1, us: false),
    goldstone("2013-01-17T06:20:00Z", -47_875.142, 0.1, us: false),
    arecibo("2013-02-18T01:37:00Z", 157_906_444.15, 0.25, us: true),
    arecibo("2013-02-18T01:37:00Z", -78_041.365, 0.2, us: false),
    arecibo("2013-02-20T01:26:00Z", 163_578_875.87, 0.25, us: true),
    arecibo("2013-02-21T01:04:00Z", -79_697.130, 0.2, us: false),
    arecibo("2013-03-15T23:59:00Z", 235_220_855.07, 2, us: true),
    arecibo("2013-03-15T23:59:00Z", -80_977.5254, 0.238, us: false),
  ]
}
