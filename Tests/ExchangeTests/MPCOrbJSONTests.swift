import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
struct MPCOrbJSONTests {
  static let files = [
    "2012HN13_mpcorb_yarkovsky", "2020AB_mpcorb", "2062_mpcorb_v05", "2062_mpcorb_v06_KEP",
    "2062_mpcorb_v06_noKEP", "2062_mpcorb_v07",
  ]

  private func text(_ name: String) throws -> String {
    try String(
      contentsOf: RealFiles.url("truth/mpc_orb_json/\(name).json"), encoding: .utf8)
  }

  private func block(_ name: String, _ block: String, _ key: String) throws -> [Double] {
    let object = try JSONSerialization.jsonObject(with: Data(text(name).utf8)) as? [String: Any]
    let inner = try #require(object?[block] as? [String: Any])
    return try #require(inner[key] as? [Double])
  }

  /// The file gives the orbit twice: as a state and as cometary elements.
  @Test(arguments: files)
  func stateAgreesWithTheElementsInTheFile(name: String) throws {
    let batch = try readOrbits(text(name))
    let orbit = try #require(batch.orbits.first, "\(batch.quarantined)")
    let elements = try #require(KeplerianElements(orbit.orbit))
    let com = try block(name, "COM", "coefficient_values")
    let sigma = try block(name, "COM", "coefficient_uncertainties")
    // The two blocks agree to what OrbFit's GM (Gaussian constant) and ours (DE440) differ: 1e-10
    // relative. That is far below the uncertainty of the orbit.
    #expect(abs(elements.perihelionAU - com[0]) < 1e-9)
    #expect(abs(elements.eccentricity - com[1]) < 1e-9)
    #expect(abs(elements.inclinationRad / Angle.degree - com[2]) < 1e-9)
    #expect(abs(elements.nodeRad / Angle.degree - com[3]) < 1e-9)
    #expect(abs(elements.argPeriRad / Angle.degree - com[4]) < 1e-6)
    #expect(abs(elements.perihelionTime.mjd - com[5]) < 1e-6)
    #expect(abs(elements.eccentricity - com[1]) < sigma[1] / 10)
  }

  /// The file gives standard deviations beside the covariance, in its ecliptic axes.
  @Test(arguments: files)
  func covarianceAgreesWithTheUncertaintiesInTheFile(name: String) throws {
    let orbit = try #require(try readOrbits(text(name)).orbits.first)
    let c = try #require(orbit.covariance).covariance
    let sigma = try block(name, "CAR", "coefficient_uncertainties")
    let m = Frames.equatorialToEcliptic
    let rows = [m.row0, m.row1, m.row2]
    for (i, row) in rows.enumerated() {
      let a = [row.x, row.y, row.z]
      for block in [0, 3] {
        var variance = 0.0
        for j in 0..<3 {
          for k in 0..<3 { variance += a[j] * c[6 * (block + j) + block + k] * a[k] }
        }
        // Six digits are printed.
        #expect(abs(variance.squareRoot() / sigma[block + i] - 1) < 1e-5)
      }
    }
  }

  /// Without the state's covariance that of the cometary elements serves, and is the same: to the
  /// Gaussian constant's 1e-10 and the files' 16 digits, by correlations.
  @Test(arguments: files)
  func cometaryCovarianceServesToo(name: String) throws {
    let whole = try #require(try readOrbits(text(name)).orbits.first)
    var object = try #require(
      try JSONSerialization.jsonObject(with: Data(text(name).utf8)) as? [String: Any])
    var car = try #require(object["CAR"] as? [String: Any])
    car["covariance"] = nil
    object["CAR"] = car
    let data = try JSONSerialization.data(withJSONObject: object)
    let cut = try #require(
      try readOrbits(String(decoding: data, as: UTF8.self)).orbits.first)
    let a = try #require(whole.covariance).covariance
    let b = try #require(cut.covariance).covariance
    for i in 0..<6 {
      for j in 0..<6 {
        let scale = (a[7 * i] * a[7 * j]).squareRoot()
        #expect(abs(a[6 * i + j] - b[6 * i + j]) < 1e-4 * scale, "\(i) \(j)")
      }
    }
  }

  @Test func photometricModels() throws {
    let original = try text("2062_mpcorb_v07")
    let batch = try readOrbits(
      original.replacing("\"G1\": null", with: "\"G1\": 0.2")
        .replacing("\"G2\": null", with: "\"G2\": 0.3"))
    #expect(batch.orbits.first?.photometry == .hg1g2(h: 17.108, g1: 0.2, g2: 0.3))
    let g12 = try readOrbits(original.replacing("\"G12\": null", with: "\"G12\": 0.4"))
    #expect(g12.orbits.first?.photometry == .hg12(h: 17.108, g12: 0.4))
    let half = try readOrbits(original.replacing("\"G1\": null", with: "\"G1\": 0.2"))
    #expect(half.quarantined.first?.field == "G2")
  }

  @Test func designationsEpochAndForces() throws {
    let aten = try #require(try readOrbits(text("2062_mpcorb_v07")).orbits.first)
    #expect(aten.designation == "1976 AA" && aten.absoluteMagnitude == 17.108 && aten.slope == 0.15)
    // J76A00A as ASCII bytes, big-endian.
    #expect(aten.ssObjectId == 0x4A_3736_4130_3041)
    #expect(abs(aten.orbit.epoch.mjd - 59800) * 86400 < 0.002)
    // Yarkovsky in 1e-10 au/d²; JPL has A2 = -1.3e-14 for Aten.
    #expect(aten.nonGravitational == Vector3(0, -0.000155007978983756e-10, 0))
    let small = try #require(try readOrbits(text("2020AB_mpcorb")).orbits.first)
    #expect(small.designation == "2020 AB" && small.nonGravitational == nil)
    #expect(small.quality.arcDays == 20 && small.quality.observationsUsed == 85)
  }

  /// Fitted on 2023-01-20 to an arc of 2012-2022: nothing after 2022 is in it. An arc of 34 days
  /// does not say when; its fit does.
  @Test func untilWhenItWasObserved() throws {
    let long = try #require(try readOrbits(text("2012HN13_mpcorb_yarkovsky")).orbits.first)
    // 2023 January 1, and a day's margin.
    #expect(long.quality.observedUntilMjdTai == 59_946)
    let fitted = try text("2012HN13_mpcorb_yarkovsky").replacing("2012-2022", with: "34 days")
    let short = try #require(try readOrbits(fitted).orbits.first)
    // 2023-01-20 18:45:36 and a day.
    #expect(abs((short.quality.observedUntilMjdTai ?? 0) - 59_965.781_666_666_7) < 1e-6)
  }

  @Test func listsAndWrappers() throws {
    let a = try text("2020AB_mpcorb")
    let b = try text("2012HN13_mpcorb_yarkovsky")
    let batch = try readOrbits("[{\"mpc_orb\": \(a)}, \(b), {\"x\": 1}, 7]")
    #expect(batch.orbits.map(\.designation) == ["2020 AB", "2012 HN13"])
    #expect(batch.quarantined.map(\.field) == ["[2]designation_data", "[3]"])
  }

  @Test(arguments: [
    ("\"timesystem\": \"TDT\"", "\"timesystem\": \"GPS\"", "epoch_data.timesystem"),
    ("\"refsys\": \"Ecliptic\"", "\"refsys\": \"Galactic\"", "system_data.refsys"),
    ("\"epoch\": 59000.0", "\"epoch\": null", "epoch_data.epoch"),
    ("\"epoch\": 59000.0", "\"epoch\": 2459000.5", "epoch"),
    ("-1.6279812825859", "\"many\"", "CAR.x"), ("1.022055768527256e-07", "-1.0", "CAR.covariance"),
  ])
  func faultsNameTheirField(old: String, new: String, field: String) throws {
    let original = try text("2020AB_mpcorb")
    let damaged = original.replacing(old, with: new)
    #expect(damaged != original)
    let batch = try readOrbits(damaged)
    #expect(batch.orbits.isEmpty && batch.quarantined.map(\.field) == [field])
  }

  @Test func truncatedJSONIsAnError() throws {
    let whole = try text("2020AB_mpcorb")
    #expect(throws: ExchangeError.self) { try readOrbits(String(whole.prefix(whole.count / 2))) }
  }
}
