import Dynamics
import Foundation
import OrbitFit
import Testing

/// H and G₁₂ from magnitudes. Truth: the numbers that the magnitudes were made from, by the phase
/// functions as Muinonen et al. 2010 tabulate them (Icarus 209, 542, table 1), not by ours.
struct PhaseCurveTests {
  /// Phase angle [deg], Φ₁ and Φ₂ at nodes of their table where Φ₃ is zero.
  static let nodes: [(deg: Double, first: Double, second: Double)] = [
    (30, 0.33486016, 0.62884169), (60, 0.13410560, 0.31755495), (90, 0.051104756, 0.12716367),
  ]

  /// Magnitudes at the nodes in turn with Penttilä's G₁₂: G₁ = 0.84293649 G₁₂,
  /// G₂ = 0.5351335 (1 − G₁₂).
  static func points(
    h: Double, g12: Double, sigma: Double, count: Int, noise: inout Noise
  ) -> [PhaseCurvePoint] {
    (0..<count).map { k in
      let node = nodes[k % nodes.count]
      let (g1, g2) = (0.84293649 * g12, 0.5351335 * (1 - g12))
      let flux = g1 * node.first + g2 * node.second
      let (r, d) = (1.2 + 0.01 * Double(k), 0.5 + 0.02 * Double(k))
      return PhaseCurvePoint(
        magnitude: h + 5 * log10(r * d) - 2.5 * log10(flux) + sigma * noise.gaussian(),
        sigma: sigma, heliocentricAU: r, topocentricAU: d, phaseAngleRad: node.deg * .pi / 180)
    }
  }

  @Test func slopeAndMagnitudeComeBack() throws {
    var noise = Noise(seed: 1)
    let curve = try #require(
      fitPhaseCurve(Self.points(h: 17.3, g12: 0.4, sigma: 0, count: 10, noise: &noise)))
    #expect(curve.slope == .fitted)
    // The table has eight digits.
    #expect(abs(curve.h - 17.3) < 1e-3 && abs(curve.g12 - 0.4) < 1e-3, "\(curve)")
  }

  /// 400 objects with errors of 0.03 mag: the normalised errors of both are standard normal.
  @Test func errorsAreWhatTheySay() throws {
    var noise = Noise(seed: 2)
    var (hInside, gInside) = (0, 0)
    for _ in 0..<400 {
      let points = Self.points(h: 20, g12: 0.5, sigma: 0.03, count: 40, noise: &noise)
      let curve = try #require(fitPhaseCurve(points))
      let slopeSigma = try #require(curve.g12Sigma)
      if abs(curve.h - 20) < 1.96 * curve.hSigma { hInside += 1 }
      if abs(curve.g12 - 0.5) < 1.96 * slopeSigma { gInside += 1 }
    }
    // Binomial, 380 ± 4.4. The floor and the scatter of few make errors some tenth larger.
    #expect((366...400).contains(hInside) && (366...400).contains(gInside), "\(hInside) \(gInside)")
  }

  @Test func fewPointsHaveNoSlope() throws {
    var noise = Noise(seed: 3)
    #expect(fitPhaseCurve([]) == nil)
    for count in 1...4 {
      let curve = try #require(
        fitPhaseCurve(Self.points(h: 18, g12: 0.62, sigma: 0.02, count: count, noise: &noise)))
      #expect(curve.slope == .tooFewPoints && curve.g12Sigma == nil && curve.g12 == 0.62)
      #expect(curve.hSigma.isFinite && curve.hSigma > 0.01)
      #expect(abs(curve.h - 18) < 0.1)
    }
  }

  @Test func oneSidedPointsHaveNoSlope() throws {
    var noise = Noise(seed: 4)
    var points = Self.points(h: 18, g12: 0.3, sigma: 0.02, count: 18, noise: &noise)
    let narrow = points.filter { $0.phaseAngleRad < 0.6 }
    #expect(try #require(fitPhaseCurve(narrow)).slope == .phaseRangeTooSmall)
    // Magnitudes with errors of a magnitude leave it open.
    for k in points.indices { points[k].sigma = 1.5 }
    #expect(try #require(fitPhaseCurve(points)).slope == .undetermined)
  }

  @Test func aWrongPointHardlyCounts() throws {
    var noise = Noise(seed: 5)
    var points = Self.points(h: 18, g12: 0.5, sigma: 0.02, count: 20, noise: &noise)
    points[3].magnitude += 4
    points[8].magnitude = .nan
    points[9].topocentricAU = -1
    let curve = try #require(fitPhaseCurve(points))
    #expect(curve.usedCount == 18)
    #expect(abs(curve.h - 18) < 0.2, "\(curve)")
  }
}
