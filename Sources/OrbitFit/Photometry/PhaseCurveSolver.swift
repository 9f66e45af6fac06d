import Dynamics
import Foundation

/// Gauss-Newton on H and G₁₂ with Huber's weights.
struct PhaseCurveSolver {
  /// Systematic floor of a magnitude's error, and the error of one that has none [mag].
  static let floor = 0.01
  static let unknownSigma = 0.1
  /// A slope needs five points over three degrees, one standard deviation below 0.3.
  static let leastPoints = 5
  static let leastRangeRad = 3.0 * .pi / 180
  private static let greatestSlopeSigma = 0.3
  /// Where the brightness falls with the phase angle everywhere (Penttilä et al. 2016, 3.2).
  private static let slopes = -0.0818919...0.909714
  private static let huber = 2.5

  private let points: [PhaseCurvePoint]
  private(set) var h: Double
  private(set) var g12: Double
  private(set) var hSigma = Double.infinity
  private(set) var g12Sigma = Double.infinity
  private(set) var covariance = 0.0
  private(set) var chiSquare = 0.0
  private var ended = false

  init(_ points: [PhaseCurvePoint], g12: Double) {
    self.points = points
    self.g12 = g12
    // The median is a start that no wrong point spoils.
    let values = points.map { $0.magnitude - PhaseCurveSolver.dimming($0, g12) }.sorted()
    h = (values[values.count / 2] + values[(values.count - 1) / 2]) / 2
  }

  /// The slope is inside of what asteroids have, or at its end by less than its error, and known
  /// well enough.
  var isDetermined: Bool {
    ended && g12Sigma < PhaseCurveSolver.greatestSlopeSigma && hSigma.isFinite
      && PhaseCurveSolver.slopes.contains(g12)
  }

  private static func dimming(_ p: PhaseCurvePoint, _ g12: Double) -> Double {
    PhotometricModel.hg12(h: 0, g12: g12).magnitude(
      heliocentricAU: p.heliocentricAU, topocentricAU: p.topocentricAU,
      phaseAngleRad: p.phaseAngleRad)
  }

  /// ∂(magnitude)/∂G₁₂; the flux is linear in it, so that a difference of 1e-4 errs by 1e-8.
  private static func slope(_ p: PhaseCurvePoint, _ g12: Double) -> Double {
    (dimming(p, g12 + 1e-4) - dimming(p, g12 - 1e-4)) / 2e-4
  }

  mutating func solve(freeSlope: Bool) {
    var normal = Normal()
    for _ in 0..<40 {
      normal = self.normal(freeSlope: freeSlope)
      let step = normal.solution(freeSlope)
      h += step.h
      // The law bends: no step leads far out of what asteroids have.
      g12 = min(max(g12 + step.g12, -0.3), 1.2)
      if abs(step.h) < 1e-9, abs(step.g12) < 1e-9 {
        ended = true
        break
      }
    }
    normal = self.normal(freeSlope: freeSlope)
    chiSquare = normal.squares
    let freedom = Double(points.count - (freeSlope ? 2 : 1))
    let scatter = freedom > 0 ? max(1, normal.squares / freedom) : 1
    let determinant = freeSlope ? normal.hh * normal.gg - normal.hg * normal.hg : normal.hh
    guard determinant > 0 else { return }
    if freeSlope {
      hSigma = (scatter * normal.gg / determinant).squareRoot()
      g12Sigma = (scatter * normal.hh / determinant).squareRoot()
      covariance = -scatter * normal.hg / determinant
    } else {
      hSigma = (scatter / normal.hh).squareRoot()
    }
  }

  /// Normal equations of two unknowns.
  private struct Normal {
    var (hh, hg, gg, h, g) = (0.0, 0.0, 0.0, 0.0, 0.0)
    var squares = 0.0

    func solution(_ freeSlope: Bool) -> (h: Double, g12: Double) {
      guard freeSlope else { return (hh > 0 ? h / hh : 0, 0) }
      let determinant = hh * gg - hg * hg
      guard determinant > 1e-12 * hh * gg else { return (h / hh, 0) }
      return ((gg * h - hg * g) / determinant, (hh * g - hg * h) / determinant)
    }
  }

  private func normal(freeSlope: Bool) -> Normal {
    var normal = Normal()
    for p in points {
      let model = PhotometricModel.hg12(h: h, g12: g12)
      let miss =
        p.magnitude
        - model.magnitude(
          heliocentricAU: p.heliocentricAU, topocentricAU: p.topocentricAU,
          phaseAngleRad: p.phaseAngleRad)
      let sigma = p.sigma ?? PhaseCurveSolver.unknownSigma
      let variance = sigma * sigma + PhaseCurveSolver.floor * PhaseCurveSolver.floor
      let size = abs(miss) / variance.squareRoot()
      let weight = (size > PhaseCurveSolver.huber ? PhaseCurveSolver.huber / size : 1) / variance
      let slope = freeSlope ? PhaseCurveSolver.slope(p, g12) : 0
      normal.hh += weight
      normal.hg += weight * slope
      normal.gg += weight * slope * slope
      normal.h += weight * miss
      normal.g += weight * slope * miss
      normal.squares += weight * miss * miss
    }
    return normal
  }
}
