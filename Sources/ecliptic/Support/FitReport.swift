import Astro
import Astrometry
import Dynamics
import Foundation
import OrbitFit

/// What `fit` found, for machines and for people.
struct FitReport: Encodable {
  struct Object: Encodable {
    var designation: String
    var observations: Int
    var used: Int
    var rmsArcsec: Double?
    var chiSquare: Double?
    var degreesOfFreedom: Int
    var iterations: Int
    var hasOrbit: Bool
    var converged: Bool
    var determined: Bool
    var ambiguous: Bool
    var priorUsed: Bool
    var arcDays: Double
    var uncertaintyParameter: Int?
    var condition: Double?
    /// χ² two standard deviations out over what the ellipsoid says.
    var linearity: Double?
    /// Degrees of freedom of the errors' size, where it was estimated.
    var errorFreedom: Double?
    /// A1, A2, A3 and their errors [au/d²].
    var nonGravitational: [Double]?
    var nonGravitationalSigmas: [Double]?
    var ranging: Ranging?
    /// Taken over from the orbits that were given: the observations are the same.
    var unchanged: Bool
    /// Radar measurements that are among ``observations``, and those used.
    var radar: Int
    var radarUsed: Int
    var remark: String?
  }

  /// What one night allows.
  struct Ranging: Encodable {
    /// Quantiles of 5, 50 and 95 %.
    var topocentricAU: [Double]
    var perihelionAU: [Double]
    var nearEarthProbability: Double
    var possibleOrbits: Int

    init(_ summary: RangingSummary) {
      let (d, q) = (summary.topocentricAU, summary.perihelionAU)
      topocentricAU = [d.low, d.median, d.high]
      perihelionAU = [q.low, q.median, q.high]
      nearEarthProbability = summary.nearEarthProbability
      possibleOrbits = summary.possibleCount
    }
  }

  var objects: [Object]
  var observations: Int
  var orbits: Int
  var converged: Int
  var determined: Int
  var unchanged: Int
  var quarantined: Int
  var seconds: Double

  init(arcs: ObservedArcs, outcomes: [FitOutcome], seconds: Double) {
    objects = zip(arcs.arcs, outcomes).map { arc, outcome in
      switch outcome {
      case .unchanged(let orbit): Object(arc, unchanged: orbit)
      case .fitted(let fit): Object(arc, fit)
      }
    }
    observations = arcs.observationCount
    orbits = objects.count { $0.hasOrbit }
    converged = objects.count { $0.converged }
    determined = objects.count { $0.determined }
    unchanged = objects.count { $0.unchanged }
    quarantined = arcs.quarantined.count
    self.seconds = seconds
  }

  func print(json: Bool) throws {
    if json { return try Reporting.printJSON(self) }
    for object in objects where object.remark != nil {
      Reporting.printError("\(object.designation): \(object.remark ?? "")")
    }
    Reporting.printError(
      "\(orbits) orbits of \(objects.count) objects (\(converged) converged, \(determined) "
        + "determined, \(unchanged) unchanged) from \(observations) observations in "
        + "\(seconds.formatted(.number.precision(.significantDigits(3)))) s")
  }
}

extension FitReport.Object {
  init(_ arc: ObservedArc, _ fit: FitResult) {
    func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
    self.init(
      designation: arc.designation, observations: arc.observations.count + arc.radar.count,
      used: fit.used.count { $0 } + fit.radar.count { $0.used }, rmsArcsec: finite(fit.rmsArcsec),
      chiSquare: finite(fit.chiSquare), degreesOfFreedom: fit.degreesOfFreedom,
      iterations: fit.iterations, hasOrbit: fit.orbit != nil, converged: fit.converged,
      determined: fit.determined, ambiguous: fit.ambiguous, priorUsed: fit.priorUsed,
      arcDays: arc.arcDays(fit), uncertaintyParameter: fit.uncertaintyParameter,
      condition: finite(fit.condition), linearity: fit.linearity,
      errorFreedom: fit.errorFreedom,
      nonGravitational: fit.forces.map { $0.coefficients }.map { [$0.x, $0.y, $0.z] },
      nonGravitationalSigmas: fit.forces.map { $0.sigmas }.map { [$0.x, $0.y, $0.z] },
      ranging: fit.ranging.map(FitReport.Ranging.init), unchanged: false,
      radar: arc.radar.count, radarUsed: fit.radar.count { $0.used }, remark: fit.remark)
  }

  init(_ arc: ObservedArc, unchanged orbit: PreviousOrbit) {
    let quality = orbit.orbit.quality
    self.init(
      designation: arc.designation, observations: arc.observations.count + arc.radar.count,
      used: quality.observationsUsed ?? arc.observations.count + arc.radar.count,
      rmsArcsec: quality.rmsArcsec,
      chiSquare: nil, degreesOfFreedom: 0, iterations: 0, hasOrbit: true,
      converged: quality.converged ?? false, determined: quality.determined ?? false,
      ambiguous: false, priorUsed: false, arcDays: quality.arcDays ?? 0,
      uncertaintyParameter: nil, condition: nil, linearity: nil, errorFreedom: nil, ranging: nil,
      unchanged: true,
      radar: arc.radar.count, radarUsed: 0, remark: nil)
  }
}
