import Astro
import Astrometry
import Catalog
import Dynamics
import Foundation
import Prediction
import Service
import TestSupport
import Testing

@Suite struct ServiceTests {
  private struct Solution: Decodable {
    struct Orbit: Decodable {
      var epochMjdTdb: Double
      var position: [Double]
      var covariance: [Double]?
    }
    var orbit: Orbit
  }

  @Test func healthAndReadiness() async throws {
    try await RunningService.run { service in
      #expect(try await service.client.get("/health").status == 200)
      var ready = try await service.client.get("/ready")
      while ready.status == 503 {
        try await Task.sleep(for: .milliseconds(100))
        ready = try await service.client.get("/ready")
      }
      #expect(ready.status == 200)
      #expect(try ready.json()["orbits"] as? Int == 600)
      let metrics = try await service.client.get("/metrics")
      #expect(
        metrics.text.contains("ecliptic_http_requests_total{endpoint=\"/health\",status=\"200\"} 1")
      )
      #expect(metrics.text.contains("ecliptic_orbits 600"))
    }
  }

  /// Who asks for a night whose table takes long is told to come again, and then has it.
  @Test func tablesAreNotWaitedForWithoutEnd() async throws {
    try await RunningService.run {
      $0.tableSeconds = 0
    } _: { service in
      let target = "/v1/predict?ra=30&dec=10&radius=10&time=2026-12-03T04:00:00Z"
      var answer = try await service.client.get(target)
      #expect(answer.status == 503 || answer.status == 429)
      #expect(answer.headers["retry-after"] == "10")
      #expect(answer.text.contains("being made"))
      for _ in 0..<3_000 where answer.status != 200 {
        try await Task.sleep(for: .milliseconds(100))
        answer = try await service.client.get(target)
      }
      #expect(answer.status == 200)
    }
  }

  @Test func objectHasOrbitCovarianceAndObservations() async throws {
    try await RunningService.run { service in
      let orbit = try service.observed()
      let id = try #require(orbit.ssObjectId)
      for name in [orbit.designation.percentEncoded, "\(id)"] {
        let answer = try await service.client.get("/v1/objects/\(name)")
        #expect(answer.status == 200)
        let object = try answer.json()
        #expect(object["ssObjectId"] as? Int64 == id)
        #expect(object["designation"] as? String == orbit.designation)
        // Bit by bit: the digits are those that read back. (JSONSerialization rounds the last one.)
        let solution = try JSONDecoder().decode(Solution.self, from: Data(answer.body)).orbit
        let state = orbit.orbit.state.position
        #expect(solution.position == [state.x, state.y, state.z])
        #expect(solution.epochMjdTdb == orbit.orbit.epoch.mjd)
        #expect(solution.covariance == orbit.covariance?.covariance)
        let observations = try #require(object["observations"] as? [[String: Any]])
        #expect(observations.count == 6)
        #expect(observations[0]["ephOffsetRa"] as? Double == 0.125)
        #expect(observations[0]["obs_id"] as? String == "1000")
      }
      let missing = try await service.client.get("/v1/objects/1999%20XX99")
      #expect(missing.status == 404)
      #expect(missing.headers["content-type"] == "application/problem+json")
    }
  }

  /// Places of the night's table against full propagation of the same orbits.
  @Test func predictionsAgreeWithFullPropagation() async throws {
    try await RunningService.run { service in
      let orbit = try service.observed()
      let epoch = Epoch<TDB>(mjd: RunningService.night + 1.3)
      let sky = try SkyEphemeris(service.solarSystem, observatory: .rubin, epochs: [epoch])
      let place = try #require(sky.positions(of: orbit).positions[0]).place
      let (ra, dec) = place.raDec
      let target =
        "/v1/predict?ra=\(ra / Angle.degree)&dec=\(dec / Angle.degree)&radius=10"
        + "&time=\(epoch.mjd):tdb&observatory=X05"
      let answer = try await service.client.get(target)
      #expect(answer.status == 200)
      let objects = try #require(try answer.json()["objects"] as? [[String: Any]])
      let predictor = try Predictor(
        orbits: service.catalog.orbits(), solarSystem: service.solarSystem)
      let full = try await predictor.predict(
        SkyField(raDeg: ra / Angle.degree, decDeg: dec / Angle.degree, radiusDeg: 10), at: epoch,
        observatory: .rubin, jobs: 2
      ).objects.filter { $0.place.offset.angle(to: place.offset) <= 10 * Angle.degree }
      #expect(!full.isEmpty)
      #expect(objects.count >= full.count)
      for object in full {
        let name = predictor.orbits[object.orbit].designation
        let found = try #require(objects.first { $0["designation"] as? String == name })
        let direction = Vector3(
          raRad: (found["ra"] as? Double ?? 0) * Angle.degree,
          decRad: (found["dec"] as? Double ?? 0) * Angle.degree)
        // 1 mas of the table, 10 mas for near ones; 9 decimals of a degree are 4 µas.
        #expect(direction.angle(to: object.place.direction) < 0.011 * Angle.arcsecond)
      }
      // Nearest first.
      let separations = objects.compactMap { $0["separation"] as? Double }
      #expect(separations == separations.sorted())
      // The other formats hold as many.
      let csv = try await service.client.get(target + "&format=csv")
      #expect(csv.text.split(separator: "\n").count == objects.count + 1)
      let votable = try await service.client.get(target + "&format=votable")
      #expect(votable.text.components(separatedBy: "<TR>").count == objects.count + 1)
    }
  }

  @Test func ephemerisIsThatOfFullPropagation() async throws {
    try await RunningService.run { service in
      let orbit = try service.observed()
      let answer = try await service.client.get(
        "/v1/objects/\(orbit.designation.percentEncoded)/ephemeris?start=61367.2:tdb&stop=61371.2:tdb"
          + "&step=2")
      #expect(answer.status == 200)
      let rows = try #require(try answer.json()["ephemeris"] as? [[String: Any]])
      let epochs = [61367.2, 61369.2, 61371.2].map { Epoch<TDB>(mjd: $0) }
      let sky = try SkyEphemeris(service.solarSystem, observatory: .rubin, epochs: epochs)
      let truth = sky.positions(of: orbit).positions.compactMap { $0 }
      #expect(rows.count == 3 && truth.count == 3)
      for (row, position) in zip(rows, truth) {
        // The same computation: the digits of JSON lose nothing, the time argument 0.1 µs.
        #expect(abs((row["ra"] as? Double ?? 0) - position.place.raDec.raRad / Angle.degree) < 1e-9)
      }
    }
  }

  @Test func conditionsPageThroughAllObjects() async throws {
    try await RunningService.run { service in
      var seen: [Int64] = []
      var target: String? = "/v1/objects?where=e%20%3C%200.2&limit=100"
      while let current = target {
        let answer = try await service.client.get(current)
        #expect(answer.status == 200)
        let page = try answer.json()
        let objects = try #require(page["objects"] as? [[String: Any]])
        #expect(objects.allSatisfy { ($0["e"] as? Double ?? 1) < 0.2 })
        seen += objects.compactMap { $0["ssObjectId"] as? Int64 }
        target = (page["next"] as? String).map {
          "/v1/objects?where=e%20%3C%200.2&limit=100&cursor=\($0)"
        }
      }
      let all = try service.catalog.orbits(where: "e < 0.2").compactMap(\.ssObjectId)
      #expect(seen == all)
      #expect(all.count > 100)
    }
  }

  @Test func identifiesDetections() async throws {
    try await RunningService.run { service in
      let orbit = try service.observed()
      let page = try await service.client.get("/v1/objects/\(orbit.designation.percentEncoded)")
      let row = try #require((try page.json()["observations"] as? [[String: Any]])?.first)
      let (ra, dec) = (row["ra"] as? Double ?? 0, row["dec"] as? Double ?? 0)
      let mjd = row["midpointMjdTai"] as? Double ?? 0
      let body = """
        {"detections": [{"id": "a", "midpointMjdTai": \(mjd), "ra": \(ra), "dec": \(dec)},
          {"id": "b", "midpointMjdTai": \(mjd), "ra": \(ra), "dec": \(dec > 0 ? dec - 1 : dec + 1)},
          {"id": "c", "ra": \(ra), "dec": \(dec)}]}
        """
      let answer = try await service.client.post("/v1/identify", body, type: "application/json")
      #expect(answer.status == 200)
      let found = try #require(try answer.json()["detections"] as? [[String: Any]])
      let first = try #require((found[0]["candidates"] as? [[String: Any]])?.first)
      #expect(first["designation"] as? String == orbit.designation)
      #expect(found[1]["id"] as? String == "b")
      let rejected = try #require(try answer.json()["rejected"] as? [[String: Any]])
      #expect(rejected.count == 1 && rejected[0]["index"] as? Int == 2)
      // The same as LSST CSV.
      let csv = "diaSourceId,midpointMjdTai,ra,dec\n9,\(mjd),\(ra),\(dec)\n"
      let text = try await service.client.post("/v1/identify", csv, type: "text/csv")
      let other = try #require(try text.json()["detections"] as? [[String: Any]])
      #expect(
        (other[0]["candidates"] as? [[String: Any]])?.first?["designation"] as? String
          == orbit.designation)
    }
  }

  @Test func nightsHaveCountsVisitsAndRun() async throws {
    try await RunningService.run { service in
      let list = try await service.client.get("/v1/nights")
      let nights = try #require(try list.json()["nights"] as? [[String: Any]])
      #expect(nights.map { $0["night"] as? String } == ["2026-11-24", "2026-11-23", "2026-11-22"])
      let answer = try await service.client.get("/v1/nights/2026-11-24")
      let night = try answer.json()
      #expect(night["detections"] as? Int == 2)
      #expect((night["visits"] as? [[String: Any]])?.count == 2)
      let run = try #require(night["run"] as? [String: Any])
      #expect(run["seconds"] as? Double == 1.5)
      #expect(try await service.client.get("/v1/nights/2001-01-01").status == 404)
      #expect(try await service.client.get("/v1/nights/2026-02-30").status == 400)
    }
  }

  @Test func exportIsWhatTheCommandWrites() async throws {
    try await RunningService.run { service in
      for (table, format) in [
        ("orbits", "csv"), ("mpc_orbits", "csv"), ("orbits", "mpcorb"), ("mpc_orbits", "fits"),
        ("SSObject", "parquet"), ("DiaSource", "obs80"), ("orbits", "votable"),
      ] {
        let answer = try await service.client.get("/v1/export/\(table)?format=\(format)")
        #expect(answer.status == 200)
        let run = try ProgramRun(
          [
            "export", "--catalog", service.catalogPath, "--table", table, "--format", format,
            "--output", "\(service.catalogPath).out",
          ] + (format == "parquet" ? ["--gzip"] : []))
        #expect(run.status == 0, "\(run.errors)")
        let file = try Data(contentsOf: URL(filePath: "\(service.catalogPath).out"))
        #expect(answer.body == [UInt8](file), "\(table) \(format)")
      }
    }
  }
}
