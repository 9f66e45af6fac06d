import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation
import Prediction
import TestSupport
import Testing

/// The table against full propagation of the same orbits (``Predictor``), which other tests hold
/// against Horizons.
struct NightTableTests {
  static let start = Epoch<TDB>(mjd: 60_000.7)

  /// Every 40th orbit of the fixture, with a covariance of the usual shape: along the orbit a
  /// hundred times wider than across.
  private static func orbits() throws -> [CatalogOrbit] {
    let path = TestPaths.fixtures.appending(path: "orbits/sbdb.csv").path
    let batch = try OrbitFile.readAll(path)
    return stride(from: 0, to: batch.orbits.count, by: 40).enumerated().map { number, index in
      var orbit = batch.orbits[index]
      orbit.ssObjectId = Int64(1_000 + number)
      if number % 3 > 0 { orbit.covariance = covariance(orbit.orbit.state) }
      return orbit
    }
  }

  private static func covariance(_ state: StateVector) -> OrbitCovariance? {
    let along = state.velocity.unit
    var matrix = [Double](repeating: 0, count: 36)
    for i in 0..<6 {
      for j in 0..<6 where i / 3 == j / 3 {
        let axis = [along.x, along.y, along.z]
        let scale = i < 3 ? 1e-8 : 1e-10
        matrix[6 * i + j] =
          scale * scale * (axis[i % 3] * axis[j % 3] * 1e4 + (i == j ? 1 : 0))
      }
    }
    return OrbitCovariance(covariance: matrix)
  }

  private static func table(
    _ orbits: [CatalogOrbit], _ solarSystem: SolarSystem, jobs: Int = 4
  ) async throws -> NightTable {
    try await NightTableBuilder(start: start, solarSystem: solarSystem)
      .build(orbits, fingerprint: 42, jobs: jobs)
  }

  private static let sky = SkyField(centre: Vector3(1, 0, 0), radiusRad: .pi)

  private static func mas(_ a: PredictedObject, _ b: PredictedObject) -> Double {
    a.place.offset.angle(to: b.place.offset) / Angle.arcsecond * 1e3
  }

  @Test("Places, rates, magnitudes and ellipses are those of full propagation, from any site")
  func accuracy() async throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let orbits = try Self.orbits()
    let table = try await Self.table(orbits, solarSystem)
    let predictor = try Predictor(orbits: orbits, solarSystem: solarSystem)
    for (code, days) in [("X05", 0.0), ("F51", 0.37), ("500", 0.5), ("K91", 1.0)] {
      let site = try #require(ObservatoryCode(code))
      let epoch = Self.start.adding(days: days)
      let truth = try await predictor.predict(Self.sky, at: epoch, observatory: site, jobs: 4)
        .objects
      let found = try table.objects(
        in: Self.sky, at: epoch, observatory: site, solarSystem: solarSystem
      ).objects.sorted { $0.orbit < $1.orbit }
      #expect(found.map(\.orbit) == truth.map(\.orbit))
      for (ours, exact) in zip(found, truth) {
        // 0.1 mas of the polynomial, and as much again for floats and the integrator's own steps.
        #expect(Self.mas(ours, exact) < 0.2, "\(orbits[ours.orbit].designation) \(code)")
        #expect(abs(ours.place.topocentricAU - exact.place.topocentricAU) < 1e-9)
        // 1e-9 au seen from the Sun or the Earth.
        #expect(abs(ours.place.phaseAngleRad - exact.place.phaseAngleRad) < 1e-8)
        let (a, b) = (ours.place.rates, exact.place.rates)
        // 1e-10 au in a tenth of a day.
        #expect(abs(a.raCosDec - b.raCosDec) + abs(a.dec - b.dec) < 1e-8)
        // H as a float.
        #expect(abs((ours.magnitudeV ?? 0) - (exact.magnitudeV ?? 0)) < 1e-5)
        #expect((ours.covariance == nil) == (exact.covariance == nil))
        guard let o = ours.covariance?.ellipse, let e = exact.covariance?.ellipse else { continue }
        #expect(abs(o.major / e.major - 1) < 0.02, "\(orbits[ours.orbit].designation)")
        #expect(abs(o.minor / e.minor - 1) < 0.05, "\(orbits[ours.orbit].designation)")
      }
    }
  }

  /// Objects that pass the Earth at a given distance in the middle of the night.
  private static func flybys(
    _ distanceAU: Double, _ solarSystem: SolarSystem
  ) throws -> [CatalogOrbit] {
    let middle = start.adding(days: 0.5)
    let earth = try solarSystem.ephemeris.state(of: .earth, at: middle)
    let sun = try solarSystem.ephemeris.state(of: .sun, at: middle)
    return (0..<6).map { index in
      let direction = Vector3(raRad: Double(index), decRad: 0.2 * Double(index) - 0.5)
      let aside = Vector3(0, 0, 1).cross(direction).unit
      // 5 to 15 km/s across.
      let speed = (5 + 2 * Double(index)) * Constants.secondsPerDay / Constants.auKm
      var state = earth - sun
      state.position += direction * distanceAU
      state.velocity += aside * speed
      var orbit = CatalogOrbit(
        designation: "flyby \(index)", orbit: Orbit(epoch: middle, state: state, origin: .sun))
      orbit.covariance = covariance(state)
      return orbit
    }
  }

  @Test(
    "Near objects are cut into pieces and keep to 10 mas, from any site",
    arguments: [0.1, 0.05, 0.01, 0.002, 0.0006])
  func near(_ distanceAU: Double) async throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let orbits = try Self.flybys(distanceAU, solarSystem)
    let table = try await Self.table(orbits, solarSystem)
    if distanceAU <= 0.01 { #expect(table.pieceCount > 2 * orbits.count) }
    let predictor = try Predictor(orbits: orbits, solarSystem: solarSystem)
    for days in stride(from: 0.0, through: 1, by: 0.0625) {
      let epoch = Self.start.adding(days: days)
      for code in ["X05", "F51"] {
        let site = try #require(ObservatoryCode(code))
        let truth = try await predictor.predict(
          Self.sky, at: epoch, observatory: site, jobs: 1
        ).objects
        let found = try table.objects(
          in: Self.sky, at: epoch, observatory: site, solarSystem: solarSystem
        ).objects.sorted { $0.orbit < $1.orbit }
        #expect(found.map(\.orbit) == truth.map(\.orbit))
        for (ours, exact) in zip(found, truth) {
          #expect(Self.mas(ours, exact) < 2, "\(distanceAU) au, \(days) d, \(code)")
          let (o, e) = (ours.covariance?.ellipse.major ?? 0, exact.covariance?.ellipse.major ?? 1)
          #expect(abs(o / e - 1) < 0.05, "\(distanceAU) au, \(days) d")
        }
      }
    }
  }

  /// What an exposure of a fast mover shows is a trail, and its middle is what is measured. Of the
  /// motion's change (v²/d² at most) the mean over T is off the middle by T²/24 of it: 0.5 mas in
  /// 30 s at 0.01 au and 15 km/s, 50 mas in 300 s, on a trail of ten minutes of arc.
  @Test(
    "A trail's middle is the place at mid-exposure, its length the rates' times the exposure",
    arguments: [(0.01, 30.0, 1.0), (0.01, 300, 100), (0.05, 300, 5)])
  func trails(_ distanceAU: Double, _ seconds: Double, _ limitMas: Double) async throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let table = try await Self.table(try Self.flybys(distanceAU, solarSystem), solarSystem)
    func objects(_ epoch: Epoch<TDB>) throws -> [PredictedObject] {
      try table.objects(
        in: Self.sky, at: epoch, observatory: .rubin, solarSystem: solarSystem
      ).objects.sorted { $0.orbit < $1.orbit }
    }
    for days in [0.3, 0.45, 0.5, 0.7] {
      let middle = Self.start.adding(days: days)
      let here = try objects(middle)
      var light = [Vector3](repeating: .zero, count: here.count)
      var ends: [[PredictedObject]] = []
      for step in -20...20 {
        let moment = middle.adding(
          days: seconds * Double(step) / 40 / Constants.secondsPerDay)
        let there = try objects(moment)
        if abs(step) == 20 { ends.append(there) }
        // The trapezoidal rule.
        let weight = abs(step) == 20 ? 0.5 : 1
        for (index, object) in there.enumerated() {
          light[index] = light[index] + object.place.direction * weight
        }
      }
      #expect(here.count == 6)
      for (index, object) in here.enumerated() {
        let offset = object.place.direction.angle(to: light[index]) / Angle.arcsecond * 1e3
        #expect(offset < limitMas, "\(distanceAU) au, \(days) d")
        let length = ends[0][index].place.direction.angle(to: ends[1][index].place.direction)
        let rates = object.place.rates
        let speed = hypot(rates.raCosDec, rates.dec) / Constants.secondsPerDay
        // The third order: (T v / d)² / 24.
        #expect(abs(speed * seconds / length - 1) < 1e-5)
      }
    }
  }

  @Test("A field's objects by the index are those that a look at all objects gives")
  func index() async throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let orbits =
      try Self.orbits() + Self.flybys(0.004, solarSystem) + Self.flybys(0.03, solarSystem)
    let table = try await Self.table(orbits, solarSystem)
    let margin = NightTable.defaultMargin
    var total = 0
    for number in 0..<200 {
      let epoch = Self.start.adding(days: Double(number) / 199)
      var everywhere: [PredictedObject] = []
      try table.forEachObject(at: epoch, observatory: .rubin, solarSystem: solarSystem) {
        everywhere.append($0)
      }
      // Fields about an object, so that they are not empty.
      let field = SkyField(
        centre: everywhere[number * 7 % everywhere.count].place.offset,
        radiusRad: (number % 4 == 0 ? 20 : 2) * Angle.degree)
      let expected = everywhere.filter { object in
        field.centre.angle(to: object.place.offset)
          <= field.radiusRad + margin + 3 * (object.covariance?.ellipse.major ?? 0)
      }.map(\.orbit).sorted()
      let found = try table.objects(
        in: field, at: epoch, observatory: .rubin, solarSystem: solarSystem
      ).objects.map(\.orbit).sorted()
      #expect(found == expected)
      total += found.count
    }
    #expect(total > 400)
  }

  @Test("An object whose ellipse reaches into a field is found there")
  func ellipse() async throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    var orbit = try Self.orbits()[30]
    var r = [Double](repeating: 0, count: 36)
    for axis in 0..<6 { r[7 * axis] = axis < 3 ? 1e2 : 1e6 }
    orbit.covariance = OrbitCovariance(squareRootInformation: r)
    let table = try await Self.table([orbit], solarSystem)
    let epoch = Self.start.adding(days: 0.6)
    let object = try #require(
      try table.objects(in: Self.sky, at: epoch, observatory: .rubin, solarSystem: solarSystem)
        .objects.first)
    let sigma = try #require(object.covariance?.ellipse.major)
    let (east, _) = object.place.tangents
    func count(_ sigmas: Double) throws -> Int {
      let centre = object.place.direction + east * tan(sigmas * sigma + 0.1 * Angle.degree)
      let field = SkyField(centre: centre, radiusRad: 0.1 * Angle.degree)
      return try table.objects(
        in: field, at: epoch, observatory: .rubin, solarSystem: solarSystem
      ).objects.count
    }
    #expect(sigma > 0.2 * Angle.degree)
    #expect(try count(2.9) == 1)
    #expect(try count(3.2) == 0)
  }

  @Test("The same table, bit for bit, at any number of jobs")
  func jobs() async throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let orbits = try (0..<20).flatMap { _ in try Self.orbits() }
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var files: [Data] = []
    for jobs in [1, 3] {
      let path = folder.appending(path: "\(jobs).table").path
      try await Self.table(orbits, solarSystem, jobs: jobs).write(to: path)
      files.append(try Data(contentsOf: URL(filePath: path)))
    }
    #expect(files[0] == files[1] && files[0].count > 100 * orbits.count)
  }
}
