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
    var remark: String?
  }

  var objects: [Object]
  var observations: Int
  var orbits: Int
  var converged: Int
  var determined: Int
  var quarantined: Int
  var seconds: Double

  init(arcs: ObservedArcs, fits: [FitResult], seconds: Double) {
    objects = zip(arcs.arcs, fits).map { arc, fit in
      Object(
        designation: arc.designation, observations: arc.observations.count,
        used: fit.used.count { $0 }, rmsArcsec: fit.rmsArcsec.isFinite ? fit.rmsArcsec : nil,
        chiSquare: fit.chiSquare.isFinite ? fit.chiSquare : nil,
        degreesOfFreedom: fit.degreesOfFreedom, iterations: fit.iterations,
        hasOrbit: fit.orbit != nil, converged: fit.converged, determined: fit.determined,
        remark: fit.remark)
    }
    observations = arcs.observationCount
    orbits = fits.count { $0.orbit != nil }
    converged = fits.count { $0.converged }
    determined = fits.count { $0.determined }
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
        + "determined) from \(observations) observations in "
        + "\(seconds.formatted(.number.precision(.significantDigits(3)))) s")
  }
}
