public import Dynamics

/// An orbit in force with what else its catalog says of it: what formats of orbits have room for.
public struct OrbitRecord: Sendable {
  public var orbit: CatalogOrbit
  /// What made it: `ecliptic`, or the file that it was read from.
  public var source: String
  /// First and last detection in the catalog [MJD TAI].
  public var firstObservationMjdTai: Double?
  public var lastObservationMjdTai: Double?
  /// Root mean square of the residuals over their standard deviations.
  public var normalizedRms: Double?
  /// Least distance of the orbit from that of the Earth [au].
  public var earthMoidAU: Double?

  public init(
    orbit: CatalogOrbit, source: String, firstObservationMjdTai: Double? = nil,
    lastObservationMjdTai: Double? = nil, normalizedRms: Double? = nil, earthMoidAU: Double? = nil
  ) {
    self.orbit = orbit
    self.source = source
    self.firstObservationMjdTai = firstObservationMjdTai
    self.lastObservationMjdTai = lastObservationMjdTai
    self.normalizedRms = normalizedRms
    self.earthMoidAU = earthMoidAU
  }
}
