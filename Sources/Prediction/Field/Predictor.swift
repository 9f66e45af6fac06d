public import Astro
package import Astrometry
public import Dynamics
import Foundation

/// Finds the known objects of a field and says where exactly they are.
///
/// A sweep over all orbits by two-body motion (0.3 µs each) leaves those near the field; these are
/// placed by perturbed motion (``Propagator``).
public struct Predictor: Sendable {
  public let table: OrbitTable
  public let solarSystem: SolarSystem

  /// How objects near the field are placed.
  public enum Motion: Sendable {
    /// Under all forces: exact as the orbit is.
    case perturbed
    /// About the Sun alone: off by minutes of arc within a year, to show what it costs.
    case twoBody
  }

  public var motion = Motion.perturbed
  private let propagator: Propagator

  /// Objects this far outside of the field are predicted too [rad].
  public var marginRad = 10 * Angle.arcsecond

  public init(orbits: [CatalogOrbit], solarSystem: SolarSystem) throws(PredictionError) {
    self.solarSystem = solarSystem
    propagator = Propagator(solarSystem)
    table = try OrbitTable(orbits, ephemeris: solarSystem.ephemeris)
  }

  public var orbits: [CatalogOrbit] { table.orbits }

  /// The objects of a field.
  ///
  /// - Parameters:
  ///   - epoch: mid-exposure.
  ///   - observatory: where from.
  ///   - jobs: cores to use; the result doesn't depend on it.
  /// - Returns: in the order of the orbits, those whose place is in the field, or within the
  ///   margin or three of their standard deviations of it; and those near the field whose motion
  ///   ends before.
  /// - Throws: ``PredictionError``.
  public func predict(
    _ field: SkyField, at epoch: Epoch<TDB>, observatory: ObservatoryCode, jobs: Int
  ) async throws(PredictionError) -> (objects: [PredictedObject], ended: [EndedOrbit]) {
    let moment = try Moment(epoch, observatory, solarSystem)
    do {
      let near = try await parallelMap(
        count: table.orbits.count, chunk: 4_096, jobs: jobs
      ) { range in
        table.candidates(
          in: range, field: field, at: epoch,
          observer: moment.observer.position - moment.sun.position, marginRad: marginRad)
      }.flatMap { $0 }
      // A piece for each core, not smaller ones: orbits of a piece share the places of the masses.
      let piece = max(16, (near.count + jobs - 1) / max(1, jobs))
      let parts = try await parallelMap(count: near.count, chunk: piece, jobs: jobs) { range in
        let workspace = propagator.makeWorkspace()
        var objects: [PredictedObject] = []
        var ended: [EndedOrbit] = []
        for index in range {
          switch place(near[index], at: moment, workspace) {
          case .success(let object): if isInside(object, field) { objects.append(object) }
          case .failure(let end): ended.append(end)
          }
        }
        return (objects, ended)
      }
      return (parts.flatMap(\.0), parts.flatMap(\.1))
    } catch {
      throw .cancelled
    }
  }

  private func isInside(_ object: PredictedObject, _ field: SkyField) -> Bool {
    let sigma = object.covariance?.ellipse.major ?? 0
    return field.centre.angle(to: object.place.offset) <= field.radiusRad + marginRad + 3 * sigma
  }

  /// A moment of observation with all that the objects have in common.
  struct Moment: Sendable {
    let epoch: Epoch<TDB>
    let observer: StateVector
    let sun: StateVector

    init(
      _ epoch: Epoch<TDB>, _ observatory: ObservatoryCode, _ solarSystem: SolarSystem
    ) throws(PredictionError) {
      self.epoch = epoch
      do throws(DynamicsError) {
        observer = try solarSystem.observer(observatory, at: epoch)
        sun = try solarSystem.ephemeris.state(of: .sun, at: epoch)
      } catch {
        throw .observer(error)
      }
    }
  }

  /// Fails when the orbit can't be propagated to the moment.
  private func place(
    _ index: Int, at moment: Moment, _ workspace: Propagator.Workspace
  ) -> Result<PredictedObject, EndedOrbit> {
    let motion: (state: StateVector, transition: StateTransitionMatrix)
    do throws(EndedOrbit) {
      motion = try self.motion(index, to: moment.epoch, workspace)
    } catch {
      return .failure(error)
    }
    let object = motion.state + moment.sun
    guard object.position.isFinite else {
      return .failure(EndedOrbit(orbit: index, verdict: .notFinite))
    }
    let place = PredictedPlace(object: object, sun: moment.sun, observer: moment.observer)
    let orbit = table.orbits[index]
    return .success(
      PredictedObject(
        orbit: index, place: place, observer: moment.observer, sun: moment.sun,
        covariance: orbit.covariance.map {
          SkyCovariance($0, transition: motion.transition, partials: place.partials)
        },
        magnitudeV: orbit.magnitude(
          heliocentricAU: place.heliocentricAU, topocentricAU: place.topocentricAU,
          phaseAngleRad: place.phaseAngleRad)))
  }

  /// Heliocentric state at an epoch, and its derivative by the one at the orbit's epoch. Throws
  /// when the motion ends before: in an impact, or at the end of the ephemeris.
  private func motion(
    _ index: Int, to epoch: Epoch<TDB>, _ workspace: Propagator.Workspace
  ) throws(EndedOrbit) -> (state: StateVector, transition: StateTransitionMatrix) {
    let orbit = table.orbits[index]
    guard motion == .perturbed else {
      let span = epoch.days(since: orbit.orbit.epoch)
      return TwoBody.propagateWithTransition(table.states[index], days: span)
    }
    let result = propagator.propagate(
      orbit, to: [epoch], options: .init(origin: .sun, transitions: orbit.covariance != nil),
      workspace: workspace)
    guard let state = result.states.first ?? nil else {
      throw EndedOrbit(orbit: index, verdict: result.verdict)
    }
    return (state, (result.transitions.first ?? nil) ?? .identity)
  }
}

extension SkyCovariance {
  /// The covariance of an orbit seen on the sky: W Wᵀ with W = ∂place/∂state₀ R⁻¹, so that it is
  /// positive semi-definite by construction.
  package init(
    _ covariance: OrbitCovariance, transition: StateTransitionMatrix, partials: PlacePartials
  ) {
    let factor = covariance.squareRootInformation
    let ra = Self.whitened(
      partials.raByPosition, partials.raByVelocity, transition, factor)
    let dec = Self.whitened(
      partials.decByPosition, partials.decByVelocity, transition, factor)
    self.init(ra: 0, dec: 0, raDec: 0)
    for k in 0..<6 {
      self.ra += ra[k] * ra[k]
      self.dec += dec[k] * dec[k]
      raDec += ra[k] * dec[k]
    }
  }

  /// The covariance of a heliocentric orbit seen on the sky at an epoch, by two-body motion: what a
  /// rough covariance deserves. Nil where that has no end.
  package init?(
    _ covariance: OrbitCovariance, of orbit: Orbit, at epoch: Epoch<TDB>, place: PredictedPlace
  ) {
    guard orbit.origin == .sun else { return nil }
    let motion = TwoBody.propagateWithTransition(
      orbit.state, days: epoch.days(since: orbit.epoch))
    self.init(covariance, transition: motion.transition, partials: place.partials)
    guard ra.isFinite, dec.isFinite, raDec.isFinite else { return nil }
  }

  /// w with w R = aᵀ Φ: forward substitution, R being upper triangular.
  private static func whitened(
    _ byPosition: Vector3, _ byVelocity: Vector3, _ transition: StateTransitionMatrix,
    _ factor: [Double]
  ) -> InlineArray<6, Double> {
    let a: InlineArray<6, Double> = [
      byPosition.x, byPosition.y, byPosition.z, byVelocity.x, byVelocity.y, byVelocity.z,
    ]
    var w = InlineArray<6, Double>(repeating: 0)
    for column in 0..<6 {
      var value = 0.0
      for row in 0..<6 { value += a[row] * transition[row, column] }
      for k in 0..<column { value -= w[k] * factor[k * 6 + column] }
      w[column] = value / factor[column * 6 + column]
    }
    return w
  }
}
