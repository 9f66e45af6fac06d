public import Astro

/// One object's orbit with all that a catalog or a file says of it.
public struct CatalogOrbit: Hashable, Sendable {
  /// Readable designation: number, provisional designation or our own.
  public var designation: String
  /// What else the object is called, as far as the source says: its number, secondary designations.
  public var otherNames: [String] = []
  /// Set when a catalog knows the object.
  public var ssObjectId: Int64?
  public var orbit: Orbit
  public var covariance: OrbitCovariance?
  /// Absolute magnitude (V) and slope of the H, G system.
  public var absoluteMagnitude: Double?
  public var slope: Double?
  /// The law of its brightness where that is another than H, G.
  public var photometry: PhotometricModel?
  /// Non-gravitational A1, A2, A3 [au/d²].
  public var nonGravitational: Vector3?
  /// How those fall with the distance from the Sun; nil: by the designation, comets as water ice,
  /// all else as 1/r².
  public var nonGravitationalLaw: NonGravitational.Law?
  public var quality: Quality

  public init(
    designation: String, ssObjectId: Int64? = nil, orbit: Orbit,
    covariance: OrbitCovariance? = nil, absoluteMagnitude: Double? = nil, slope: Double? = nil,
    photometry: PhotometricModel? = nil, nonGravitational: Vector3? = nil,
    quality: Quality = Quality()
  ) {
    self.designation = designation
    self.ssObjectId = ssObjectId
    self.orbit = orbit
    self.covariance = covariance
    self.absoluteMagnitude = absoluteMagnitude
    self.slope = slope
    self.photometry = photometry
    self.nonGravitational = nonGravitational
    self.quality = quality
  }

  /// Apparent V magnitude by the law that is known, else by H and G (0.15 where unknown); nil when
  /// nothing is known.
  ///
  /// - Parameters:
  ///   - heliocentricAU: distance from the Sun [au].
  ///   - topocentricAU: distance from the observer [au].
  ///   - phaseAngleRad: Sun-object-observer angle [rad], 0…π.
  public func magnitude(
    heliocentricAU: Double, topocentricAU: Double, phaseAngleRad: Double
  ) -> Double? {
    let law =
      photometry
      ?? absoluteMagnitude.map { .hg(h: $0, g: slope ?? Photometry.defaultSlope) }
    return law?.magnitude(
      heliocentricAU: heliocentricAU, topocentricAU: topocentricAU, phaseAngleRad: phaseAngleRad)
  }

  /// Whether its brightness follows another law than H and G.
  package var hasLawBesideHG: Bool {
    switch photometry {
    case nil, .hg: false
    default: true
    }
  }

  /// Whether designation or brightness law say that it is a comet.
  public var isComet: Bool {
    switch photometry {
    case .comet, .nucleus: return true
    default: break
    }
    switch Designation(designation) {
    case .comet(let kind, _), .numberedComet(_, let kind, _):
      return kind != .asteroid && kind != .interstellar
    default: return false
    }
  }

  /// How an orbit was fitted; nil where the source does not say.
  public struct Quality: Hashable, Sendable {
    /// Root mean square of the residuals [arcsec].
    public var rmsArcsec: Double?
    public var observationCount: Int?
    public var observationsUsed: Int?
    public var oppositionCount: Int?
    /// Observed arc [d].
    public var arcDays: Double?
    /// The iteration ended at a minimum.
    public var converged: Bool?
    /// The observations determine all six parameters. Not implied by ``converged``.
    public var determined: Bool?
    /// MPC uncertainty parameter U, 0…9.
    public var uncertaintyParameter: Int?
    /// No later observation is in the orbit [MJD TAI]: those up to here may be. Of an orbit that
    /// was improved, as for the one that it was made from: none up to here were added to it.
    public var observedUntilMjdTai: Double?

    public init(
      rmsArcsec: Double? = nil, observationCount: Int? = nil, observationsUsed: Int? = nil,
      oppositionCount: Int? = nil, arcDays: Double? = nil, converged: Bool? = nil,
      determined: Bool? = nil, uncertaintyParameter: Int? = nil,
      observedUntilMjdTai: Double? = nil
    ) {
      self.rmsArcsec = rmsArcsec
      self.observationCount = observationCount
      self.observationsUsed = observationsUsed
      self.oppositionCount = oppositionCount
      self.arcDays = arcDays
      self.converged = converged
      self.determined = determined
      self.uncertaintyParameter = uncertaintyParameter
      self.observedUntilMjdTai = observedUntilMjdTai
    }
  }
}
