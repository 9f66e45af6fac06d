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
}
