import Astro
import Foundation
import Simulation
import Testing

struct FieldOfViewTests {
  private func field(_ raDeg: Double, _ decDeg: Double, rotationDeg: Double = 0) -> FieldOfView {
    FieldOfView(
      Visit(
        id: 1, midpoint: Epoch(mjd: 60_000), raDeg: raDeg, decDeg: decDeg,
        rotationDeg: rotationDeg, band: "r", fiveSigmaDepth: 24, seeingArcsec: 0.8,
        exposureSeconds: 30))
  }

  /// A direction at a distance and position angle from a field's centre, by the formulas of
  /// spherical trigonometry, which fail only at the poles themselves.
  private func place(_ raDeg: Double, _ decDeg: Double, distance: Double, angle: Double) -> Vector3
  {
    let dec = decDeg * Angle.degree
    let sinDec = sin(dec) * cos(distance) + cos(dec) * sin(distance) * cos(angle)
    let ra =
      raDeg * Angle.degree
      + atan2(sin(angle) * sin(distance) * cos(dec), cos(distance) - sin(dec) * sinDec)
    return Vector3(raRad: ra, decRad: asin(sinDec))
  }

  /// The camera's pattern is the same wherever it points and however it is turned.
  @Test(arguments: [(0.0, 0.0), (359.99, 45), (10, -80), (200, 89.999), (77, -89.999)])
  func patternIsRigid(center: (Double, Double)) {
    var compared = 0
    for step in 0..<2000 {
      let distance = 1.8 * Angle.degree * Double(step) / 2000
      let angle = Double(step) * 2.399_963  // golden angle: all directions
      let reference = field(90, 0).pixel(place(90, 0, distance: distance, angle: angle))
      for turn in [0.0, 137] {
        let there = field(center.0, center.1, rotationDeg: turn).pixel(
          place(
            center.0, center.1, distance: distance, angle: angle + turn * Angle.degree))
        // Places within rounding of an edge may fall on either side: none of the 2000 does.
        #expect(there?.detector == reference?.detector)
        if let there, let reference {
          #expect(abs(there.x - reference.x) < 0.01 && abs(there.y - reference.y) < 0.01)
          compared += 1
        }
      }
    }
    #expect(compared > 3000)
  }

  /// 189 detectors, each 4096 × 4004 pixels of 0.2″, over a circle of 9.62 deg²: most of the circle,
  /// less the gaps between rafts and detectors and the parts of the outer ones beyond the circle.
  @Test func gapsTakeATenth() {
    let camera = field(30, -20)
    var seen = Set<Int>()
    var hits = 0
    let total = 200_000
    for index in 0..<total {
      // Equal areas: the square of the distance is uniform.
      let distance = FieldOfView.radiusRad * (Double(index) / Double(total)).squareRoot()
      if let pixel = camera.pixel(
        place(30, -20, distance: distance, angle: Double(index) * 2.399_963))
      {
        hits += 1
        seen.insert(pixel.detector)
        #expect((0...4096).contains(pixel.x) && (0...4004).contains(pixel.y))
      }
    }
    let fill = Double(hits) / Double(total)
    // Inside a raft: 40.96 × 40.04 / 42.33² = 0.915 of the area.
    #expect(fill > 0.87 && fill < 0.93, "\(fill)")
    #expect(seen.isSubset(of: Set(0..<189)))
    #expect(seen.count > 180)
    #expect(camera.pixel(place(30, -20, distance: 0, angle: 0))?.detector == 94)
    #expect(camera.pixel(-Vector3(raRad: 30 * Angle.degree, decRad: -20 * Angle.degree)) == nil)
  }
}
