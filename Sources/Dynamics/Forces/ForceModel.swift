import Astro

/// What acts on a massless body: the Sun, eight planets, Pluto, the Moon and the 16 most massive
/// asteroids as points, general relativity with the Sun as source, the Sun's J2 and, near the
/// Earth, its J2 to J4, and the body's own outgassing or radiation force.
///
/// The same terms and constants as JPL's small-body integrations have (Farnocchia et al. 2021,
/// IOM 392R-21-005; Holman et al. 2023, PSJ 4, 69), so that the two agree to metres over months.
@safe final class ForceModel {
  private let masses: UnsafeMutablePointer<Double>
  let constants: GravityConstants
  let nonGravitational: NonGravitational?
  let relativity: Relativity

  /// - Parameter excluding: masses that do not act, in practice the body itself.
  init(
    constants: GravityConstants, nonGravitational: NonGravitational? = nil,
    excluding: [Body] = [], relativity: Relativity = .sun
  ) {
    self.constants = constants
    self.relativity = relativity
    self.nonGravitational = nonGravitational
    unsafe masses = .allocate(capacity: Body.perturberCount)
    for index in 0..<Body.perturberCount {
      unsafe masses.advanced(by: index).initialize(to: constants.gm[index])
    }
    for body in excluding where Int(body.rawValue) < Body.perturberCount {
      unsafe masses[Int(body.rawValue)] = 0
    }
  }

  deinit { unsafe masses.deallocate() }

  /// GM of a mass by ``Body``'s raw value below ``Body/perturberCount``, 0 for one that does not
  /// act [au³/d²].
  @inline(__always)
  func gm(_ body: Int) -> Double { unsafe masses[body] }

  /// The acceleration at the eight nodes of a step [au/d²].
  ///
  /// - Parameters:
  ///   - position: barycentric ICRF [au].
  ///   - velocity: barycentric ICRF [au/d].
  @inline(__always)
  func acceleration(_ table: PerturberTable, position: Lanes3, velocity: Lanes3) -> Lanes3 {
    var tide = Lanes.zero
    return acceleration(table, position: position, velocity: velocity, tide: &tide)
  }

  /// - Parameter tide: Σ GM / d³ of all masses but the Sun [1/d²].
  @inline(__always)
  func acceleration(
    _ table: PerturberTable, position: Lanes3, velocity: Lanes3, tide: inout Lanes
  ) -> Lanes3 {
    var pull = Lanes3.zero
    var potential = Lanes.zero
    tide = .zero
    var body = Body.perturberCount &- 1
    while body > 0 {
      let d = table.position(body) - position
      // The tiny term keeps an excluded body, which may stand right here, from dividing 0 by 0.
      let r2 = d.squaredNorm + 1e-60
      // One division for both powers: it takes as long as all the rest.
      let inverse = 1 / r2.squareRoot()
      let perDistance = gm(body) * inverse
      let perCube = perDistance * (inverse * inverse)
      potential += perDistance
      tide += perCube
      pull += d * perCube
      body &-= 1
    }
    let fromSun = position - table.position(0)
    let r2 = fromSun.squaredNorm
    let perDistance = gm(0) / r2.squareRoot()
    let perCube = perDistance / r2
    pull += fromSun * -perCube
    if relativity != .none {
      pull += postNewtonian(
        table, source: 0, from: fromSun, velocity: velocity, potential: potential + perDistance,
        perDistance: perDistance, perCube: perCube)
    }
    if relativity == .all {
      pull += planetaryRelativity(
        table, position: position, velocity: velocity, potential: potential + perDistance)
    }
    pull += solarOblateness(fromSun: fromSun, r2: r2, perCube: perCube)
    if nonGravitational != nil {
      pull += outgassing(fromSun: fromSun, velocity: velocity - table.sunVelocity)
    }
    let fromEarth = position - table.position(Int(Body.earth.rawValue))
    if fromEarth.squaredNorm.min() < ForceModel.earthFigureReach {
      pull += earthFigure(table, fromEarth: fromEarth)
    }
    return pull
  }

  /// Beyond 0.1 au the Earth's J2 is below 3e-17 au/d²: 2 mm in a month. [au²]
  static let earthFigureReach = 0.01

  /// The Sun's J2 about its pole, right ascension 286.13° and declination 63.87° (IAU).
  @inline(__always)
  private func solarOblateness(fromSun d: Lanes3, r2: Lanes, perCube: Lanes) -> Lanes3 {
    let pole = Lanes3(ForceModel.sunPole)
    let radius = constants.sunRadiusAU
    let z = d.dot(pole)
    let scale = -1.5 * constants.sunJ2 * radius * radius * perCube / r2
    return d * (scale * (1 - 5 * z * z / r2)) + pole * (2 * scale * z)
  }

  static let sunPole = Vector3(raRad: 286.13 * Angle.degree, decRad: 63.87 * Angle.degree)

  /// The Earth's zonal harmonics J2 to J4 about the mean pole of date.
  private func earthFigure(_ table: PerturberTable, fromEarth d: Lanes3) -> Lanes3 {
    // Precession moves the pole by 20″ a year along x, enough at all distances that matter here.
    let centuries = (table.start.mjd - Constants.mjdJ2000) / 36_525
    let tilt = 2004.19 * centuries * Angle.arcsecond
    let pole = Lanes3(Vector3(tilt, 0, 1 - 0.5 * tilt * tilt))
    let r2 = d.squaredNorm
    let r = r2.squareRoot()
    let u = d.dot(pole) / r
    let u2 = u * u
    let scale = constants.earthRadiusAU / r
    // Zero in lanes out of reach: no lane may show in its neighbours.
    let base = (gm(Int(Body.earth.rawValue)) / (r2 * r) * scale * scale)
      .replacing(with: 0, where: r2 .> ForceModel.earthFigureReach)
    let j2 = constants.earthJ2 * base
    let j3 = constants.earthJ3 * base * scale
    let j4 = constants.earthJ4 * base * scale * scale
    // Along d and along the pole: P′ₙ₊₁ and P′ₙ, the derivatives of Legendre's polynomials.
    let p2: Lanes = 3 * u
    let p3: Lanes = 7.5 * u2 - 1.5
    let p4: Lanes = (17.5 * u2 - 7.5) * u
    let p5: Lanes = (39.375 * u2 - 26.25) * u2 + 1.875
    let radial: Lanes = j2 * p3 + j3 * p4 + j4 * p5
    let polar: Lanes = j2 * p2 + j3 * p3 + j4 * p4
    return d * radial + pole * (-polar * r)
  }
}
