import Alerts
import Astro
import Astrometry
import Dynamics
import Foundation
import TestSupport
import Testing

/// Orbits that come with real Rubin packets, as the MPC fitted them.
@Suite(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
struct MPCOrbitsTests {
  @Test("Orbits without an epoch are refused for that, the others are read")
  func orbits() throws {
    let (orbits, quarantined) = try RealAlerts.reader().orbits(at: RealAlerts.rubin)
    let url = RealAlerts.folder.appending(path: "rubin_sso_matched.json")
    let matched = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [[String: Any]])
    let elements = matched.compactMap { $0["mo"] as? [String: Any] }
    let complete = elements.filter { $0["epoch_mjd"] is NSNumber }
    #expect(orbits.count == complete.count)
    #expect(quarantined.count == elements.count - complete.count)
    #expect(quarantined.allSatisfy { $0.field == "mpc_orbits.epoch_mjd" })
    for entry in complete {
      func value(_ name: String) -> Double? { (entry[name] as? NSNumber)?.doubleValue }
      let name = try #require(entry["designation"] as? String)
      let orbit = try #require(
        orbits.first { $0.designation == Designation(name)?.description })
      let back = try #require(KeplerianElements(orbit.orbit))
      #expect(abs(back.perihelionAU - (value("q") ?? 0)) < 1e-12)
      #expect(abs(back.eccentricity - (value("e") ?? 0)) < 1e-12)
      #expect(abs(back.inclinationRad / Angle.degree - (value("i") ?? 0)) < 1e-10)
      // The same passage or another one. The state's rounding, 1e-16, moves it by as much of a
      // revolution times a few, over the eccentricity.
      let stated = Epoch<TT>(mjd: value("peri_time") ?? 0).tdb
      let turns = back.perihelionTime.days(since: stated) / back.periodDays()
      #expect(abs(turns - turns.rounded()) < 1e-13 / back.eccentricity)
      #expect(orbit.absoluteMagnitude == value("h"))
    }
  }

  /// Uncertainties of q, e, i beside the covariance were made by the MPC from the same fit.
  @Test("The Cartesian covariance gives the packets' own uncertainties of q, e and i")
  func covariance() throws {
    let (orbits, _) = try RealAlerts.reader().orbits(at: RealAlerts.rubin)
    let statements = try RealAlerts.statedUncertainties()
    var checked = 0
    for orbit in orbits {
      guard let covariance = orbit.covariance else { continue }
      let sigma = try #require(elementSigmas(orbit.orbit, covariance))
      let stated = try #require(statements[orbit.designation])
      for (ours, theirs) in zip(sigma, stated) {
        // They print six digits; ours are derived from sixteen-digit covariances.
        #expect(abs(ours / theirs - 1) < 1e-3, "\(orbit.designation): \(ours) \(theirs)")
      }
      checked += 1
    }
    #expect(checked > 10)
  }

  @Test(
    "An orbit with an absurd value is quarantined with the field and the value",
    arguments: [("h", 99.0), ("g", -7.5), ("yarkovsky", 1e9)])
  func absurd(field: String, value: Double) throws {
    let registry = try SchemaRegistry(folder: RealAlerts.folder.appending(path: "rubin_schemas"))
    let source = try AlertFile(
      url: RealAlerts.rubin.appending(path: "170094456480989258.bin"), registry: registry)
    guard case .record(var alert) = try source.alerts()[0],
      case .record(var elements)? = alert["mpc_orbits"]
    else {
      Issue.record("the packet has no orbit")
      return
    }
    elements[field] = .double(value)
    alert["mpc_orbits"] = .record(elements)
    let body = try AvroEncoder(schema: try registry.schema(id: 1000).schema).encode(
      .record(alert).withoutTypeNames.withCounts(as: 0))
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "absurd.bin")
    try Data(Framing.confluent(schemaID: 1000, body: body)).write(to: file)

    let (orbits, quarantined) = try AlertReader(registry: registry).orbits(at: file)
    #expect(orbits.isEmpty)
    #expect(quarantined.map(\.field) == ["mpc_orbits.\(field)"])
    #expect(quarantined.first?.reason.contains("\(value)") == true)
  }

  /// q [au], e and i [deg], by central differences of the elements over the state.
  private func elementSigmas(_ orbit: Orbit, _ covariance: OrbitCovariance) -> [Double]? {
    func elements(_ shift: [Double]) -> [Double]? {
      var moved = orbit
      moved.state.position = moved.state.position + Vector3(shift[0], shift[1], shift[2])
      moved.state.velocity = moved.state.velocity + Vector3(shift[3], shift[4], shift[5])
      return KeplerianElements(moved).map {
        [$0.perihelionAU, $0.eccentricity, $0.inclinationRad / Angle.degree]
      }
    }
    var jacobian: [[Double]] = []
    for index in 0..<6 {
      var shift = [Double](repeating: 0, count: 6)
      shift[index] = index < 3 ? 1e-6 : 1e-8
      guard let up = elements(shift), let down = elements(shift.map { -$0 }) else { return nil }
      jacobian.append((0..<3).map { (up[$0] - down[$0]) / (2 * shift[index]) })
    }
    let c = covariance.covariance
    return (0..<3).map { element in
      var sum = 0.0
      for i in 0..<6 {
        for j in 0..<6 { sum += jacobian[i][element] * c[i * 6 + j] * jacobian[j][element] }
      }
      return sum.squareRoot()
    }
  }
}

extension RealAlerts {
  /// q_unc, e_unc and i_unc of the packets with orbits, from their value trees.
  static func statedUncertainties() throws -> [String: [Double]] {
    let registry = try registry()
    var found: [String: [Double]] = [:]
    for url in try AlertReader.files(at: rubin) {
      let orbits = try AlertFile(url: url, registry: registry).alerts().first?["mpc_orbits"]
      guard let name = orbits?["designation"]?.text, orbits?["epoch_mjd"]?.number != nil else {
        continue
      }
      found[Designation(name)?.description ?? name] = ["q_unc", "e_unc", "i_unc"].compactMap {
        orbits?[$0]?.number
      }
    }
    return found
  }
}
