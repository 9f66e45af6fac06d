public import Astro
public import Dynamics

/// Where and how bright a known object is for one observer at one moment.
public struct SkyPosition: Sendable {
  /// The astrometric place.
  public let place: PredictedPlace
  /// Apparent V magnitude, when the orbit has H.
  public let magnitude: Double?
  /// The 1-σ error ellipse on the sky, when the orbit has a covariance.
  public let uncertainty: SkyEllipse?
  /// Whether the ellipse is to be trusted; false where the spread of the orbit bends on the sky by
  /// more than the ellipse is wide, or by a tenth of its length at three σ. Nil without ellipse.
  public let isLinear: Bool?
}

/// An error ellipse on the sky: 39% of a normal distribution lies within it.
public struct SkyEllipse: Sendable, Hashable {
  /// Semi-axes [rad].
  public let majorRad: Double
  public let minorRad: Double
  /// Position angle of the major axis, from north through east, 0…π [rad].
  public let positionAngleRad: Double

  /// - Parameters:
  ///   - covariance: of the orbit's state at the moment of observation.
  ///   - partials: of the place with respect to that state.
  public init(_ covariance: OrbitCovariance, _ partials: PlacePartials) {
    let p = covariance.covariance
    func row(_ r: Vector3, _ v: Vector3) -> [Double] { [r.x, r.y, r.z, v.x, v.y, v.z] }
    let east = row(partials.raByPosition, partials.raByVelocity)
    let north = row(partials.decByPosition, partials.decByVelocity)
    func form(_ a: [Double], _ b: [Double]) -> Double {
      var sum = 0.0
      for i in 0..<6 { for j in 0..<6 { sum += a[i] * p[6 * i + j] * b[j] } }
      return sum
    }
    let (ee, nn, en) = (form(east, east), form(north, north), form(east, north))
    let mean = 0.5 * (ee + nn)
    let spread = (0.25 * (nn - ee) * (nn - ee) + en * en).squareRoot()
    majorRad = max(mean + spread, 0).squareRoot()
    minorRad = max(mean - spread, 0).squareRoot()
    let angle = 0.5 * Vector3(0.5 * (nn - ee), en, 0).longitudeLatitude.lon
    positionAngleRad = angle
  }
}

/// Predicted places of orbits for one observer at many moments; the observer and the Sun are
/// evaluated once for all orbits.
public struct SkyEphemeris: Sendable {
  public let epochs: [Epoch<TDB>]
  private let observers: [StateVector]
  private let suns: [StateVector]
  private let propagator: Propagator

  /// - Throws: ``DynamicsError`` for an unknown observatory, one without a place, or a moment
  ///   outside the ephemerides.
  public init(
    _ solarSystem: SolarSystem, observatory: ObservatoryCode, epochs: [Epoch<TDB>]
  ) throws(DynamicsError) {
    var observers: [StateVector] = []
    var suns: [StateVector] = []
    for epoch in epochs {
      observers.append(try solarSystem.observer(observatory, at: epoch))
      suns.append(try solarSystem.ephemeris.state(of: .sun, at: epoch))
    }
    self.epochs = epochs
    self.observers = observers
    self.suns = suns
    propagator = Propagator(solarSystem)
  }

  /// Room that one thread reuses from orbit to orbit.
  public func makeWorkspace() -> Propagator.Workspace { propagator.makeWorkspace() }

  /// The places of one orbit, full forces and barycentric light time.
  ///
  /// - Returns: a position for each epoch, nil where the motion ended before (see the verdict).
  public func positions(
    of orbit: CatalogOrbit, workspace: Propagator.Workspace? = nil
  ) -> (positions: [SkyPosition?], verdict: Propagation.Verdict) {
    let motion = propagator.propagate(
      orbit, to: epochs,
      options: .init(origin: .solarSystemBarycenter, transitions: orbit.covariance != nil),
      workspace: workspace)
    let places = motion.states.enumerated().map { index, state in
      state.map { PredictedPlace(object: $0, sun: suns[index], observer: observers[index]) }
    }
    let ellipses = places.enumerated().map { index, place -> SkyEllipse? in
      guard let place, let covariance = orbit.covariance,
        let transition = motion.transitions[index]
      else { return nil }
      return covariance.propagated(by: transition).map { SkyEllipse($0, place.partials) }
    }
    let linear = linearity(of: orbit, places, ellipses, motion.transitions, workspace)
    let positions = places.enumerated().map { index, place in
      place.map {
        SkyPosition(
          place: $0, magnitude: SkyEphemeris.magnitude(orbit, $0), uncertainty: ellipses[index],
          isLinear: linear[index])
      }
    }
    return (positions, motion.verdict)
  }

  /// The places alone.
  func places(
    of orbit: CatalogOrbit, workspace: Propagator.Workspace?
  ) -> [PredictedPlace?] {
    let motion = propagator.propagate(
      orbit, to: epochs, options: .init(origin: .solarSystemBarycenter), workspace: workspace)
    return motion.states.enumerated().map { index, state in
      state.map { PredictedPlace(object: $0, sun: suns[index], observer: observers[index]) }
    }
  }

  private static func magnitude(_ orbit: CatalogOrbit, _ place: PredictedPlace) -> Double? {
    orbit.magnitude(
      heliocentricAU: place.heliocentricAU, topocentricAU: place.topocentricAU,
      phaseAngleRad: place.phaseAngleRad)
  }
}
