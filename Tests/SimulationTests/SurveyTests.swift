import Astro
import Dynamics
import Foundation
import Simulation
import TestSupport
import Testing

struct SurveyTests {
  @Test func sameSeedSameBytesOnAnyNumberOfCores() async throws {
    let options = SurveyOptions(seed: 5, falseRatio: 1, repeatingFraction: 0.3)
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for jobs in [1, 3, 8] {
      let survey = try await SampleSurvey.make(objects: 2000, options: options, jobs: jobs)
      try SurveyFiles.write(survey, to: folder.appending(path: "\(jobs)"))
    }
    for name in ["detections.csv", "truth.csv", "visits.csv"] {
      let first = try Data(contentsOf: folder.appending(path: "1/\(name)"))
      #expect(first.count > 1000)
      for jobs in [3, 8] {
        #expect(try Data(contentsOf: folder.appending(path: "\(jobs)/\(name)")) == first)
      }
    }
    let other = try await SampleSurvey.make(
      objects: 2000, options: SurveyOptions(seed: 6, falseRatio: 1))
    try SurveyFiles.write(other, to: folder.appending(path: "other"))
    #expect(
      try Data(contentsOf: folder.appending(path: "other/detections.csv"))
        != Data(contentsOf: folder.appending(path: "1/detections.csv")))
  }

  /// Measured minus true places, in units of the errors given, are standard normal.
  @Test func placesScatterAsTheirErrorsSay() async throws {
    let survey = try await SampleSurvey.make(
      objects: 40_000, options: SurveyOptions(seed: 1))
    let detections = survey.detections
    try #require(detections.count > 1500)
    var squares = 0.0
    var mean = (0.0, 0.0)
    for detection in detections {
      let cosDec = cos(detection.trueDecDeg * Angle.degree)
      let ra = (detection.raDeg - detection.trueRaDeg) * cosDec / detection.errorDeg
      let dec = (detection.decDeg - detection.trueDecDeg) / detection.errorDeg
      squares += ra * ra + dec * dec
      mean.0 += ra
      mean.1 += dec
    }
    let n = Double(detections.count)
    // χ² of 2n values has the standard deviation √(4n); means of n have 1/√n. Five of each.
    #expect(abs(squares - 2 * n) < 5 * (4 * n).squareRoot())
    #expect(abs(mean.0) < 5 * n.squareRoot())
    #expect(abs(mean.1) < 5 * n.squareRoot())
    #expect(detections.allSatisfy { $0.errorDeg * 3600 >= 0.010 })
  }

  /// Half of what is as bright as the limiting depth is found, and its error is a fifth of its flux
  /// (Ivezić et al. 2019, definition of the five-sigma depth).
  @Test func depthIsFiveSigma() async throws {
    let survey = try await SampleSurvey.make(
      objects: 40_000, options: SurveyOptions(seed: 2, meanLightCurveMag: 0))
    let atLimit = survey.detections.filter { abs($0.trueMag - 24.2) < 0.02 }
    try #require(atLimit.count > 20)
    for detection in atLimit {
      let flux = pow(10, 0.4 * (31.4 - detection.trueMag))
      // ±0.02 mag change the ratio by 2 %, the shot noise of the source by 3 %.
      #expect(abs(flux / detection.psfFluxErr - 5) < 0.3)
    }
    // The logistic curve of width 0.1 mag has the means 0.717 and 0.283 in the two ranges, and the
    // number of objects grows by 10^(0.35 × 0.2) = 1.17 from one to the other: a ratio of 2.16, with
    // a scatter of 0.25 for the 300 objects here.
    let above = Double(survey.detections.count { (24.0..<24.2).contains($0.trueMag) })
    let below = Double(survey.detections.count { (24.2..<24.4).contains($0.trueMag) })
    #expect(above / below > 1.3 && above / below < 3.3)
    #expect(!survey.detections.contains { $0.trueMag > 25.5 || $0.trueMag < 16 })
  }

  @Test(arguments: [0.25, 1, 4])
  func falseDetectionsComeInTheRatioAskedFor(ratio: Double) async throws {
    let survey = try await SampleSurvey.make(
      objects: 20_000, options: SurveyOptions(seed: 3, falseRatio: ratio))
    let real = Double(survey.detections.count { $0.object >= 0 })
    let falseOnes = Double(survey.detections.count { $0.object < 0 })
    try #require(real > 500)
    // Poisson: five standard deviations.
    #expect(abs(falseOnes - ratio * real) < 5 * (ratio * real).squareRoot())
  }

  @Test func repeatingFalseDetectionsComeBackAtTheSamePlaces() async throws {
    func companions(_ fraction: Double) async throws -> Double {
      let options = SurveyOptions(
        seed: 4, falseRatio: 3, repeatingFraction: fraction, sitesPerSquareDegree: 20)
      let survey = try await SampleSurvey.make(objects: 20_000, options: options)
      let artefacts = survey.detections.filter { $0.object < 0 }
      let places = artefacts.map {
        Vector3(raRad: $0.raDeg * Angle.degree, decRad: $0.decDeg * Angle.degree)
      }
      // Two arcseconds are ten times the largest error.
      let near = cos(2 * Angle.arcsecond)
      let close = artefacts.indices.count { i in
        artefacts.indices.contains { j in
          artefacts[j].visit != artefacts[i].visit && places[i].dot(places[j]) > near
        }
      }
      return Double(close) / Double(artefacts.count)
    }
    // Uniform ones meet by chance: 4 000 in 115 deg² give each 4e-5 neighbours in 2″.
    #expect(try await companions(0) < 0.01)
    #expect(try await companions(0.8) > 0.4)
  }

  /// Detections lie in their visits' fields, also at the poles and across 0 h.
  @Test func placesAreInTheirFields() async throws {
    let centers = [(0.0, 90.0), (123, -90), (0, 0), (359.9, 10), (0.05, -89.5), (180, 89.9)]
    let visits = centers.enumerated().map { index, center in
      Visit(
        id: Int64(index + 1), midpoint: Epoch(mjd: 60_427.1 + Double(index) * 0.001),
        raDeg: center.0, decDeg: center.1, rotationDeg: 30, band: "r", fiveSigmaDepth: 24,
        seeingArcsec: 0.8, exposureSeconds: 30)
    }
    // One certain real detection carries the false ones: an object in the field at (0, 0).
    let system = try SolarSystem.load(folder: TestPaths.ephemerides)
    let epoch = visits[2].midpoint.tdb
    let observer = try system.observer(.rubin, at: epoch)
    let state = StateVector(
      position: observer.position + Vector3(3, 0, 0), velocity: Vector3(0, 0.008, 0))
    let object = CatalogOrbit(
      designation: "A", orbit: Orbit(epoch: epoch, state: state, origin: .solarSystemBarycenter),
      absoluteMagnitude: 14)
    let survey = try await SurveySimulator(
      system: system, options: SurveyOptions(seed: 8, falseRatio: 3000), jobs: 2
    ).observe([object], visits: visits)
    #expect(survey.detections.count { $0.object == 0 } == 1)
    var counts = [Int](repeating: 0, count: visits.count)
    for detection in survey.detections {
      #expect((0..<360).contains(detection.raDeg) && abs(detection.decDeg) <= 90)
      let visit = survey.visits[Int(detection.visit)]
      counts[Int(detection.visit)] += 1
      let center = direction(visit.raDeg, visit.decDeg)
      let distance = center.angle(to: direction(detection.raDeg, detection.decDeg))
      // An error of 0.2″ may carry one over the edge.
      #expect(distance < 1.75 * Angle.degree + 1.5 * Angle.arcsecond)
    }
    #expect(counts.allSatisfy { abs($0 - 500) < 120 }, "500 ± 22 expected in each: \(counts)")
  }

  /// Five digits number a visit's detections; one more must not run into the next visit. Names
  /// with a comma come back from both files as they were.
  @Test func identifiersAndNamesStayApart() async throws {
    func survey(falseRatio: Double, id: Int64) async throws -> SimulatedSurvey {
      let system = try SolarSystem.load(folder: TestPaths.ephemerides)
      let visit = Visit(
        id: id, midpoint: Epoch(mjd: 60_427.1), raDeg: 0, decDeg: 0, rotationDeg: 0, band: "r",
        fiveSigmaDepth: 24, seeingArcsec: 0.8, exposureSeconds: 30)
      let epoch = visit.midpoint.tdb
      let place = try system.observer(.rubin, at: epoch).position + Vector3(3, 0, 0)
      let state = StateVector(position: place, velocity: Vector3(0, 0.008, 0.001))
      let object = CatalogOrbit(
        designation: "A, \"B\"", orbit: Orbit(epoch: epoch, state: state, origin: .sun),
        absoluteMagnitude: 14)
      return try await SurveySimulator(
        system: system, options: SurveyOptions(seed: 8, falseRatio: falseRatio), jobs: 2
      ).observe([object], visits: [visit])
    }
    // Poisson: 110 000 ± 330.
    await #expect(throws: SimulationError.self) { try await survey(falseRatio: 110_000, id: 7) }
    await #expect(throws: SimulationError.self) {
      try await survey(falseRatio: 3, id: 100_000_000_000_000)
    }
    let small = try await survey(falseRatio: 3, id: 92_000_000_000_000)
    #expect(small.detections.first?.diaSourceId == 9_200_000_000_000_000_001)
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try SurveyFiles.write(small, to: folder)
    try SurveyFiles.writeOrbits(small, to: folder)
    for name in ["truth.csv", "orbits.csv"] {
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      #expect(text.contains("\"A, \"\"B\"\"\","))
    }
  }

  private func direction(_ raDeg: Double, _ decDeg: Double) -> Vector3 {
    Vector3(raRad: raDeg * Angle.degree, decRad: decDeg * Angle.degree)
  }
}
