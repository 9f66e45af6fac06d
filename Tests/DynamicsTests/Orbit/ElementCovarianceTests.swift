import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
struct ElementCovarianceTests {
  /// JPL gives σ of a, M and q beside the covariance of (e, q, tp, Ω, ω, i): 5 digits, where both
  /// are of one epoch.
  @Test func sigmasOfTheSmallBodyDatabase() throws {
    var checked = 0
    for known in SmallBodyDatabase.all {
      guard let (elements, matrix) = known.covariance, elements.values[1] < 1,
        elements.epoch == known.elements.epoch
      else { continue }
      let covariance = try #require(
        OrbitCovariance(covariance: matrix, of: elements), "\(known.name)")
      let orbit = elements.orbit()
      let keplerian = try #require(ElementSet(orbit, .keplerian))
      let made = try #require(covariance.covariance(of: keplerian))
      for (index, name, unit) in [
        (0, "a", 1), (1, "e", 1), (2, "i", Angle.degree),
        (3, "om", Angle.degree), (4, "w", Angle.degree), (5, "ma", Angle.degree),
      ] {
        guard let sigma = known.sigma(name) else { continue }
        let ours = made[7 * index].squareRoot() / unit
        #expect(abs(ours / sigma - 1) < 2e-4, "\(known.name) \(name) \(ours) \(sigma)")
        checked += 1
      }
      // And back again: the matrix itself, by the correlations.
      let again = try #require(covariance.covariance(of: elements))
      for i in 0..<6 {
        for j in 0..<6 {
          let scale = (matrix[7 * i] * matrix[7 * j]).squareRoot()
          #expect(abs(again[6 * i + j] - matrix[6 * i + j]) < 1e-6 * scale, "\(known.name)")
        }
      }
    }
    #expect(checked > 10)
  }

  /// OrbFit's covariance of the state (CAR), turned into one of cometary elements, against OrbFit's
  /// own (COM), both in the file. Its Gaussian constant is 1e-10 from our GM.
  @Test(arguments: [
    "2012HN13_mpcorb_yarkovsky", "2020AB_mpcorb", "2062_mpcorb_v05", "2062_mpcorb_v06_KEP",
    "2062_mpcorb_v06_noKEP", "2062_mpcorb_v07",
  ])
  func cometaryFromCartesian(name: String) throws {
    let folder = try #require(TestPaths.sharedData).appending(path: "truth/mpc_orb_json")
    let data = try Data(contentsOf: folder.appending(path: name + ".json"))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    func block(_ name: String) throws -> (values: [Double], matrix: [Double]) {
      let block = try #require(json[name] as? [String: Any])
      let values = try #require(block["coefficient_values"] as? [Double])
      let cells = try #require(block["covariance"] as? [String: Any])
      var matrix = [Double](repeating: 0, count: 36)
      for i in 0..<6 {
        for j in 0..<6 {
          matrix[6 * i + j] = try #require(cells["cov\(min(i, j))\(max(i, j))"] as? Double)
        }
      }
      return (values, matrix)
    }
    let (car, own) = try block("CAR")
    let (_, theirs) = try block("COM")
    let epochBlock = try #require(json["epoch_data"] as? [String: Any])
    let epoch = Epoch<TT>(mjd: try #require(epochBlock["epoch"] as? Double)).tdb
    let turn = Frames.eclipticToEquatorial
    let state = StateVector(
      position: turn * Vector3(car[0], car[1], car[2]),
      velocity: turn * Vector3(car[3], car[4], car[5]))
    let rows = [turn.row0, turn.row1, turn.row2].map { [$0.x, $0.y, $0.z] }
    func b(_ i: Int, _ j: Int) -> Double { i / 3 == j / 3 ? rows[i % 3][j % 3] : 0 }
    var turned = [Double](repeating: 0, count: 36)
    for i in 0..<6 {
      for j in 0..<6 {
        for k in 0..<6 {
          for l in 0..<6 { turned[6 * i + j] += b(i, k) * own[6 * k + l] * b(j, l) }
        }
      }
    }
    let covariance = try #require(OrbitCovariance(covariance: turned))
    let elements = try #require(
      ElementSet(Orbit(epoch: epoch, state: state, origin: .sun), .cometary))
    let made = try #require(covariance.covariance(of: elements))
    let units = [1, 1, Angle.degree, Angle.degree, Angle.degree, 1]
    for i in 0..<6 {
      for j in 0..<6 {
        let scale = (theirs[7 * i] * theirs[7 * j]).squareRoot()
        let ours = made[6 * i + j] / (units[i] * units[j])
        #expect(abs(ours - theirs[6 * i + j]) < 1e-5 * scale, "\(i) \(j)")
      }
    }
  }
}
