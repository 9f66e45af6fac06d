import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

@Suite struct PhotometryTests {
  /// Horizons' V of real asteroids from its own r, delta and phase angle; V is printed to 1 mmag
  /// and H and G to 0.01 mag, so that the prediction may differ by 1 mmag and rounding.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func horizonsMagnitudes() throws {
    let file = try #require(TestPaths.sharedData)
      .appending(path: "truth/horizons_states_ephem_X05.csv")
    let lines = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
    let header = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    func column(_ name: String) throws -> Int { try #require(header.firstIndex(of: name)) }
    let (v, h, g) = (try column("V"), try column("H"), try column("G"))
    let (r, delta, alpha) = (
      try column("r_au"), try column("delta_au"), try column("alpha_deg")
    )
    var checked = 0
    for line in lines.dropFirst() {
      let f = line.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
      guard let v = f[v], let h = f[h], let g = f[g], let r = f[r], let delta = f[delta],
        let alpha = f[alpha]
      else { continue }
      let magnitude = Photometry.apparentMagnitude(
        absoluteMagnitude: h, slope: g, heliocentricAU: r, topocentricAU: delta,
        phaseAngleRad: alpha * Angle.degree)
      #expect(abs(magnitude - v) < 0.0015, "\(line)")
      checked += 1
    }
    #expect(checked > 500)
  }

  @Test func phaseAngle() {
    let angle = Photometry.phaseAngle(
      fromSun: Vector3(1, 0, 0), fromObserver: Vector3(0, 2, 0))
    #expect(abs(angle - .pi / 2) < 1e-15)
  }

  /// Muinonen et al. 2010 and Penttilä et al. 2016: the papers' nodes through scipy's CubicSpline
  /// (its slopes at the nodes are those of the papers' table to all digits). sbpy 0.6 gives the same
  /// to 3e-4 mag: it starts Φ₃ with a slope ten times as steep as the table's −0.106/rad.
  /// HG1G2 of (24) Themis; HG12 of 2010 on both sides of 0.2; HG12 of 2016.
  @Test(arguments: [
    (0.0, 7.0630000, 7.1210000, 3.3000000, 7.1210000),
    (0.2, 7.0919385, 7.1452047, 3.3356167, 7.1512434),
    (1, 7.2061222, 7.2401161, 3.4768099, 7.2707434),
    (5, 7.4621329, 7.4695202, 3.7226355, 7.5304569),
    (7.5, 7.5801450, 7.5831429, 3.8007394, 7.6460052),
    (10, 7.6891199, 7.6907131, 3.8627963, 7.7512950),
    (20, 8.0743623, 8.0725295, 4.1060931, 8.1242512),
    (35, 8.5319967, 8.5297630, 4.4729909, 8.5728878),
    (70, 9.6248452, 9.6268692, 5.4140888, 9.6482682),
    (110, 11.1379365, 11.1339053, 7.1501717, 11.1863088),
    (140, 12.1509461, 12.1272202, 9.6701387, 12.2857361),
  ])
  func phaseLaws(degrees: Double, themis: Double, old: Double, low: Double, new: Double) {
    for (law, value) in [
      (PhotometricModel.hg1g2(h: 7.063, g1: 0.62, g2: 0.14), themis),
      (.hg12Muinonen(h: 7.121, g12: 0.68), old), (.hg12Muinonen(h: 3.3, g12: 0.1), low),
      (.hg12(h: 7.121, g12: 0.68), new),
    ] {
      let found = law.magnitude(
        heliocentricAU: 1, topocentricAU: 1, phaseAngleRad: degrees * Angle.degree)
      #expect(abs(found - value) < 6e-8, "\(law) at \(degrees)")
    }
  }

  /// M1 + 5 log Δ + K1 log r, M2 + 5 log Δ + K2 log r + PC α with JPL's numbers for 81P.
  @Test func comets() {
    let total = PhotometricModel.comet(m1: 9.8, k1: 12.5).magnitude(
      heliocentricAU: 10, topocentricAU: 0.1, phaseAngleRad: 0.3)
    #expect(abs(total - 17.3) < 1e-12)
    let nucleus = PhotometricModel.nucleus(m2: 12.9, k2: 5, phaseCoefficient: 0.03).magnitude(
      heliocentricAU: 10, topocentricAU: 10, phaseAngleRad: 20 * Angle.degree)
    #expect(abs(nucleus - 23.5) < 1e-12)
  }
}
