import Astro
import Astrometry
import Catalog
import Dynamics
import Foundation
import OrbitFit

/// Makes the catalog's rows of one object.
struct ObjectRows {
  let propagator: Propagator
  /// The Earth's orbit, for the MOID.
  let earth: KeplerianElements?
  let table: ObservationTable
  let object: ResolvedObject
  let id: Int64
  let designation: String
  /// The law of its brightness, where one is known that is another than H, G.
  var brightness: PhotometricModel?

  var update: ObjectUpdate {
    let members = object.members.map { table.stored[$0].detection }
    let times = members.map(\.midpoint.mjd)
    let states = self.states
    let known = object.orbitInForce ?? object.prior?.orbit
    let law = known?.photometry ?? brightness
    // A comet's H is not that of an asteroid which is as bright.
    let magnitude = known?.absoluteMagnitude ?? (law == nil ? absoluteMagnitude(states) : nil)
    let slope = known?.slope ?? Photometry.defaultSlope
    let predicted = law ?? magnitude.map { .hg(h: $0, g: slope) }
    let sources = object.members.indices.map { index in
      SourceGeometry.record(
        diaSourceId: members[index].diaSourceId,
        observation: table.observations[object.members[index]], object: states[index],
        residual: (object.fit.residualsRaArcsec[index], object.fit.residualsDecArcsec[index]),
        brightness: predicted)
    }
    let elements = object.fit.orbit.flatMap { KeplerianElements($0) }
    let moid = elements.flatMap { elements in earth.flatMap { MOID(elements, $0) } }
    let counts = members.reduce(into: [String: Int]()) { $0[$1.band ?? "", default: 0] += 1 }
    return ObjectUpdate(
      arc: ObservedArc(
        ssObjectId: id, designation: designation, count: sources.count,
        firstMjdTai: times.first ?? 0, lastMjdTai: times.last ?? 0, bandCounts: counts),
      sources: sources,
      solution: solution(
        magnitude, arcDays: (times.last ?? 0) - (times.first ?? 0), moid: moid,
        oppositions: elements.map { elements in
          Oppositions.count(
            object.members.map { table.observations[$0] }, states: states,
            meanMotionRadPerDay: elements.meanMotion())
        }),
      absorbed: object.absorbed)
  }

  /// The object's barycentric state at each observation; nil where its motion can't be followed.
  private var states: [StateVector?] {
    guard let orbit = object.fit.orbit else { return object.members.map { _ in nil } }
    var options = Propagator.Options()
    options.origin = .solarSystemBarycenter
    let epochs = object.members.map { table.observations[$0].epoch }
    // With its own forces, if it has any.
    if let known = object.orbitInForce {
      return propagator.propagate(known, to: epochs, options: options).states
    }
    if var known = object.prior?.orbit {
      known.orbit = orbit
      return propagator.propagate(known, to: epochs, options: options).states
    }
    return propagator.propagate(orbit, to: epochs, options: options).states
  }

  /// H (V) with the slope that the MPC assumes: the median over the detections with a magnitude,
  /// each brought to V by its band's usual colour of asteroids.
  private func absoluteMagnitude(_ states: [StateVector?]) -> Double? {
    var values: [Double] = []
    for (row, state) in zip(object.members, states) {
      let detection = table.stored[row].detection
      guard let state, let mag = detection.mag, let color = BandColor.toV(detection.band) else {
        continue
      }
      let observation = table.observations[row]
      let place = PredictedPlace(
        object: state, sun: observation.sun, observer: observation.observer)
      let dimming = Photometry.apparentMagnitude(
        absoluteMagnitude: 0, slope: Photometry.defaultSlope,
        heliocentricAU: place.heliocentricAU, topocentricAU: place.topocentricAU,
        phaseAngleRad: place.phaseAngleRad)
      let value = mag + color - dimming
      if value.isFinite { values.append(value) }
    }
    values.sort()
    guard !values.isEmpty else { return nil }
    return (values[values.count / 2] + values[(values.count - 1) / 2]) / 2
  }

  private func solution(
    _ magnitude: Double?, arcDays: Double, moid: MOID?, oppositions: Int?
  ) -> OrbitSolution? {
    guard object.orbitInForce == nil, let orbit = object.fit.orbit else { return nil }
    let fit = object.fit
    let prior = object.prior?.orbit
    // What was known before has its observations too; when the last one was is not known: its arc
    // and ours are each a part of the whole.
    let before = prior?.quality
    let quality = CatalogOrbit.Quality(
      rmsArcsec: fit.rmsArcsec, observationCount: fit.used.count + (before?.observationCount ?? 0),
      observationsUsed: fit.used.count { $0 }
        + (before?.observationsUsed ?? before?.observationCount ?? 0),
      oppositionCount: [oppositions, before?.oppositionCount].compactMap { $0 }.max(),
      arcDays: max(arcDays, before?.arcDays ?? 0), converged: fit.converged,
      determined: fit.determined, uncertaintyParameter: fit.uncertaintyParameter,
      observedUntilMjdTai: before?.observedUntilMjdTai)
    let slope = magnitude.map { _ in prior?.slope ?? Photometry.defaultSlope }
    var known = CatalogOrbit(
      designation: designation, ssObjectId: id, orbit: orbit, covariance: fit.covariance,
      absoluteMagnitude: magnitude, slope: slope,
      photometry: prior?.photometry ?? brightness,
      nonGravitational: prior?.nonGravitational, quality: quality)
    known.nonGravitationalLaw = prior?.nonGravitationalLaw
    return OrbitSolution(
      orbit: known, source: OrbitSolution.ownSource, chiSquare: fit.chiSquare,
      degreesOfFreedom: fit.degreesOfFreedom, remark: fit.remark, moidEarthAU: moid?.distanceAU,
      priorSolutionId: object.prior?.solutionId)
  }
}
