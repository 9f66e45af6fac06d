import Astro
public import Dynamics

/// Orbits laid out for a sweep over all of them: heliocentric states in flat arrays.
public struct OrbitTable: Sendable {
  public let orbits: [CatalogOrbit]
  /// Heliocentric ICRF, at the orbit's own epoch [au, au/d].
  let states: [StateVector]
  /// Days of the epochs after ``reference``.
  let epochDays: [Double]
  let reference: Epoch<TDB>

  /// - Parameters:
  ///   - orbits: about the Sun or the barycentre; barycentric ones are moved to the Sun.
  ///   - ephemeris: for the Sun at those epochs.
  /// - Throws: ``PredictionError/observer(_:)`` when a barycentric orbit's epoch is outside of it.
  public init(_ orbits: [CatalogOrbit], ephemeris: Ephemeris) throws(PredictionError) {
    self.orbits = orbits
    let reference = Epoch<TDB>(mjd: orbits.first?.orbit.epoch.day ?? 0)
    self.reference = reference
    var states: [StateVector] = []
    states.reserveCapacity(orbits.count)
    for entry in orbits {
      states.append(try Self.heliocentric(entry.orbit, ephemeris))
    }
    self.states = states
    epochDays = orbits.map { $0.orbit.epoch.days(since: reference) }
  }

  private static func heliocentric(
    _ orbit: Orbit, _ ephemeris: Ephemeris
  ) throws(PredictionError) -> StateVector {
    guard orbit.origin == .solarSystemBarycenter else { return orbit.state }
    do throws(DynamicsError) {
      return orbit.state - (try ephemeris.state(of: .sun, at: orbit.epoch))
    } catch {
      throw .observer(error)
    }
  }
}

extension OrbitTable {
  /// One orbit; a barycentric one is taken from the Sun's present place, which is near enough to
  /// say where on the sky it is.
  init(single entry: CatalogOrbit, sun: StateVector) {
    orbits = [entry]
    reference = Epoch(mjd: entry.orbit.epoch.day)
    states = [
      entry.orbit.origin == .sun ? entry.orbit.state : entry.orbit.state - sun
    ]
    epochDays = [entry.orbit.epoch.days(since: reference)]
  }
}
