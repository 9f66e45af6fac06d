public import Astrometry

/// What an alert says that we work with: its triggering detection, and what is known about it.
public struct AlertPacket: Sendable {
  public var location: AlertLocation
  public var detection: Detection
  /// Real-bogus score, 0…1 (LSST `reliability`, ZTF `drb`, else `rb`).
  public var reliability: Double?
  /// A negative source: the object was there in the template.
  public var isNegative: Bool
  /// Matched to a solar-system object by whoever sent it.
  public var isSolarSystem: Bool
  /// Matched to a stationary object (`diaObject`) by whoever sent it.
  public var isStationary: Bool
  public var ssObjectId: Int64?
  /// Where the sender predicted that object, ICRS [deg].
  public var sentEphemeris: (raDeg: Double, decDeg: Double)?
  /// The stated error of its position can't be (0, negative, too small): it is taken as not stated.
  public var errorTakenAsMissing = false
  /// Where its tag goes; nil where the alert shares its unit with others, or has no room for one.
  var sites: TagSites?
}
