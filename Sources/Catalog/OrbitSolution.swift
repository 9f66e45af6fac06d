import Astro
public import Dynamics

/// One orbit of one object, with where it comes from.
public struct OrbitSolution: Sendable, Hashable {
  /// Its `ssObjectId` is set.
  public var orbit: CatalogOrbit
  /// What made it: `ecliptic`, or the file that it was read from.
  public var source: String
  public var chiSquare: Double?
  public var degreesOfFreedom: Int?
  /// Why a fit is what it is, when it is not simply converged and determined.
  public var remark: String?
  /// Minimum orbit intersection distance to the Earth [au]; goes into `mpc_orbits` and does not
  /// come back with the solution, as it follows from the orbit.
  public var moidEarthAU: Double?
  /// Its number in `orbitSolutions`; nil before it is there.
  public internal(set) var solutionId: Int64?
  /// The solution that was known before, which our detections improved; nil for a fit of our
  /// detections alone, and for imported ones.
  public var priorSolutionId: Int64?

  public init(
    orbit: CatalogOrbit, source: String, chiSquare: Double? = nil, degreesOfFreedom: Int? = nil,
    remark: String? = nil, moidEarthAU: Double? = nil, priorSolutionId: Int64? = nil
  ) {
    self.orbit = orbit
    self.source = source
    self.chiSquare = chiSquare
    self.degreesOfFreedom = degreesOfFreedom
    self.remark = remark
    self.moidEarthAU = moidEarthAU
    self.priorSolutionId = priorSolutionId
  }
}

extension OrbitSolution {
  /// The source of our own fits.
  public static let ownSource = "ecliptic"

  /// Whether we made it; all others were imported.
  public var isOurs: Bool { source == Self.ownSource }

  /// Whether it comes from our detections alone, and has nothing of an orbit known elsewhere.
  public var isOwn: Bool { isOurs && priorSolutionId == nil }

  /// Columns of `orbitSolutions` after the key, in the order of ``bind(to:id:)``.
  static let columns = [
    "ssObjectId", "designation", "epochMjdTdb", "origin", "x", "y", "z", "vx", "vy", "vz",
    "squareRootInformation", "H", "G", "A1", "A2", "A3", "rmsArcsec", "chiSquare",
    "degreesOfFreedom", "nObs", "nObsUsed", "nOppositions", "arcDays", "converged", "determined",
    "uncertaintyParameter", "remark", "priorSolutionId", "brightnessLaw", "nonGravitationalLaw",
    "observedUntilMjdTai",
  ]

  /// Those that have the same value, mostly none, in all orbits of a list of elements.
  private static let rareColumns: Set = [
    "origin", "squareRootInformation", "A1", "A2", "A3", "chiSquare", "degreesOfFreedom",
    "converged", "determined", "remark", "priorSolutionId", "brightnessLaw",
    "nonGravitationalLaw", "observedUntilMjdTai",
  ]

  /// The columns of ``bindPlain(to:id:)``.
  static let plainColumns = columns.filter { !rareColumns.contains($0) }

  /// Whether all other columns are NULL, and the orbit is reckoned from the Sun.
  var isPlain: Bool {
    let quality = orbit.quality
    return orbit.covariance == nil && orbit.nonGravitational == nil && orbit.photometry == nil
      && orbit.nonGravitationalLaw == nil && chiSquare == nil
      && degreesOfFreedom == nil && quality.converged == nil && quality.determined == nil
      && remark == nil && priorSolutionId == nil && quality.observedUntilMjdTai == nil
      && orbit.orbit.origin == .sun && moidEarthAU == nil && !isOurs
  }

  /// For orbits that are ``isPlain``.
  func bindPlain(to statement: inout BulkInsert, id: Int64) {
    let state = orbit.orbit.state
    let quality = orbit.quality
    statement.bind(id)
    statement.bind(orbit.designation)
    statement.bind(orbit.orbit.epoch.mjd)
    for value in [state.position, state.velocity] {
      statement.bind(value.x)
      statement.bind(value.y)
      statement.bind(value.z)
    }
    statement.bind(orbit.absoluteMagnitude)
    statement.bind(orbit.slope)
    statement.bind(quality.rmsArcsec)
    statement.bind(quality.observationCount)
    statement.bind(quality.observationsUsed)
    statement.bind(quality.oppositionCount)
    statement.bind(quality.arcDays)
    statement.bind(quality.uncertaintyParameter)
  }

  func bind(to statement: inout BulkInsert, id: Int64) {
    let state = orbit.orbit.state
    let quality = orbit.quality
    statement.bind(id)
    statement.bind(orbit.designation)
    statement.bind(orbit.orbit.epoch.mjd)
    statement.bind(orbit.orbit.origin.rawValue)
    for value in [state.position.x, state.position.y, state.position.z] { statement.bind(value) }
    for value in [state.velocity.x, state.velocity.y, state.velocity.z] { statement.bind(value) }
    statement.bind(blob: orbit.covariance.map { Self.bytes($0.squareRootInformation) })
    statement.bind(orbit.absoluteMagnitude)
    statement.bind(orbit.slope)
    statement.bind(orbit.nonGravitational?.x)
    statement.bind(orbit.nonGravitational?.y)
    statement.bind(orbit.nonGravitational?.z)
    statement.bind(quality.rmsArcsec)
    statement.bind(chiSquare)
    statement.bind(degreesOfFreedom)
    statement.bind(quality.observationCount)
    statement.bind(quality.observationsUsed)
    statement.bind(quality.oppositionCount)
    statement.bind(quality.arcDays)
    statement.bind(quality.converged)
    statement.bind(quality.determined)
    statement.bind(quality.uncertaintyParameter)
    statement.bind(remark)
    statement.bind(priorSolutionId)
    statement.bind(orbit.photometry.map(OrbitLaws.text))
    statement.bind(orbit.nonGravitationalLaw.map(OrbitLaws.text))
    statement.bind(quality.observedUntilMjdTai)
  }

  /// Doubles, little-endian.
  static func bytes(_ numbers: [Double]) -> [UInt8] {
    numbers.flatMap { number in
      (0..<8).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt64($0))) }
    }
  }

  static func numbers(_ bytes: [UInt8]) -> [Double] {
    (0..<bytes.count / 8).map { index in
      Double(
        bitPattern: (0..<8).reduce(UInt64(0)) {
          $0 | UInt64(bytes[8 * index + $1]) << (8 * UInt64($1))
        })
    }
  }
}
