import Astro
import Catalog
import Dynamics
import Foundation
import Testing

func catalogOrbit(_ designation: String, x: Double = 1.5) -> CatalogOrbit {
  CatalogOrbit(
    designation: designation,
    orbit: Orbit(
      epoch: Epoch<TDB>(mjd: 60000),
      state: StateVector(
        position: Vector3(x, 0, 0), velocity: Vector3(0, 0.014, 0.001)), origin: .sun),
    absoluteMagnitude: 18, slope: 0.15)
}

extension Catalog {
  func importOrbits(_ orbits: [CatalogOrbit], file: String) throws -> IngestResult {
    var batches = [orbits]
    return try importOrbits(file: file) { batches.popLast().map { ImportBatch($0, source: file) } }
  }

  /// One column of a table, as numbers.
  func numbers(_ column: String, of table: String) throws -> [Double?] {
    var index = 0
    var found: [Double?] = []
    try rows(of: table) { names in
      index = try #require(names.firstIndex(of: column))
    } row: { values in
      switch values[index] {
      case .real(let number): found.append(number)
      case .integer(let number): found.append(Double(number))
      default: found.append(nil)
      }
    }
    return found
  }
}

@Suite struct OrbitTests {
  @Test func everyFieldComesBack() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      var orbit = catalogOrbit("2004 JQ12")
      var information = [Double](repeating: 0, count: 36)
      for index in 0..<6 { information[7 * index] = 1e6 + Double(index) }
      information[1] = -3.25
      orbit.covariance = OrbitCovariance(squareRootInformation: information)
      orbit.nonGravitational = Vector3(1e-12, 2e-13, 0)
      orbit.nonGravitationalLaw = .waterIce
      orbit.photometry = .hg12(h: 18, g12: 0.1 + 0.2)
      orbit.quality = CatalogOrbit.Quality(
        rmsArcsec: 0.5, observationCount: 20, observationsUsed: 19, oppositionCount: 2,
        arcDays: 700, converged: true, determined: false, uncertaintyParameter: 3,
        observedUntilMjdTai: 60_123.25)
      _ = try catalog.importOrbits([orbit], file: "/o.csv")
      // The number that Rubin gives to this designation.
      orbit.ssObjectId = 21_163_624_394_469_969
      #expect(try catalog.orbits() == [orbit])
    }
  }

  /// The laws of brightness and of outgassing of comets, and others' own ones.
  @Test func lawsComeBack() throws {
    let brightness: [PhotometricModel] = [
      .hg(h: 18, g: -0.12), .hg12Muinonen(h: 18, g12: 0.3), .hg1g2(h: 18, g1: 0.82, g2: 0.02),
      .comet(m1: 5.5, k1: 8), .nucleus(m2: 13.1, k2: 5, phaseCoefficient: 0.035),
    ]
    let own = NonGravitational.Law(scale: 0.0408, distanceAU: 5, m: 2.1, n: 3, k: 1 / 3)
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      var orbits = brightness.enumerated().map { number, law in
        var orbit = catalogOrbit("C/202\(number) A1")
        orbit.photometry = law
        orbit.nonGravitational = Vector3(1e-9, -2e-10, 3e-10)
        orbit.nonGravitationalLaw = number == 0 ? own : .inverseSquare
        return orbit
      }
      _ = try catalog.importOrbits(orbits, file: "/o.csv")
      for i in orbits.indices {
        orbits[i].ssObjectId = Catalog.ssObjectId(forDesignation: orbits[i].designation)
      }
      #expect(Set(try catalog.orbits()) == Set(orbits))
      let cursor = try catalog.solutionCursor()
      #expect(Set(try cursor.next()?.map(\.orbit) ?? []) == Set(orbits))
      // Another law is another solution.
      orbits[0].nonGravitationalLaw = .inverseSquare
      #expect(try catalog.importOrbits([orbits[0]], file: "/p.csv").counts.added == 1)
      #expect(Set(try catalog.orbits()) == Set(orbits))
    }
  }

  @Test func importIsIdempotentAndKeepsHistory() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      let first = catalogOrbit("433"), second = catalogOrbit("433", x: 1.6)
      #expect(try catalog.importOrbits([first], file: "/a").counts.added == 1)
      let before = try catalog.contentDigests()
      #expect(try catalog.importOrbits([first], file: "/a").counts.alreadyThere == 1)
      #expect(try catalog.contentDigests() == before)
      #expect(try catalog.importOrbits([second], file: "/b").counts.added == 1)
      #expect(try catalog.orbits().map(\.orbit.state.position.x) == [1.6])
      #expect(try catalog.rowCounts()["orbitSolutions"] == 2)
      // The older one comes back in force without being stored again.
      #expect(try catalog.importOrbits([first], file: "/a").counts.added == 1)
      #expect(try catalog.orbits().map(\.orbit.state.position.x) == [1.5])
      #expect(try catalog.rowCounts()["orbitSolutions"] == 2)
      #expect(try catalog.problems().isEmpty)
    }
  }

  /// With x the only uncertain coordinate, on the x axis: σ(a) = 2 a² / r² σ(x), from the
  /// vis-viva equation 1/a = 2/r − v²/GM. First order; 1e-5 relative is the step's share.
  @Test func uncertaintyOfElements() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      var orbit = catalogOrbit("433")
      var information = [Double](repeating: 0, count: 36)
      for index in 0..<6 { information[7 * index] = index == 0 ? 1e6 : 1e14 }
      orbit.covariance = OrbitCovariance(squareRootInformation: information)
      _ = try catalog.importOrbits([orbit], file: "/o.csv")
      let a = try #require(try catalog.numbers("a", of: "mpc_orbits")[0])
      let sigma = try #require(try catalog.numbers("a_unc", of: "mpc_orbits")[0])
      let expected = 2 * a * a / (1.5 * 1.5) * 1e-6
      #expect(abs(sigma / expected - 1) < 1e-5)
    }
  }

  @Test func conditionsAreSQLAndCanNotWrite() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      _ = try catalog.importOrbits([catalogOrbit("433"), catalogOrbit("434", x: 2)], file: "/o")
      #expect(try catalog.orbits(where: "designation = '434'").map(\.designation) == ["434"])
      #expect(throws: CatalogError.self) { try catalog.orbits(where: "no_such_column > 1") }
      #expect(throws: (any Error).self) {
        try catalog.rows(of: "mpc_orbits", where: "1); DELETE FROM mpc_orbits; --") { _ in
        } row: { _ in
        }
      }
      #expect(try catalog.orbits().count == 2)
    }
  }
}

@Suite struct OwnDesignationTests {
  /// 2015-11-20 is MJD 57346 (USNO).
  @Test func nameHasTheDate() {
    let name = OwnDesignation(firstDiaSourceId: 42, night: 57346)
    #expect(name.text.hasPrefix("E151120-"))
    #expect(name.text.utf8.count == 16)
    #expect(name == OwnDesignation(firstDiaSourceId: 42, night: 57346))
    #expect(Designation(ssObjectId: name.ssObjectId) == nil)
    #expect(Designation(name.text) == nil)
    #expect(name.ssObjectId > 0)
  }

  /// 200,000 names of one night: 39 bits let 0.04 collisions be expected.
  @Test func numbersDiffer() {
    let ids = (0..<200_000).map {
      OwnDesignation(firstDiaSourceId: Int64($0), night: 57346).ssObjectId
    }
    #expect(Set(ids).count >= ids.count - 1)
  }

  @Test func attemptsDiffer() {
    let first = OwnDesignation(firstDiaSourceId: 42, night: 57346)
    let second = OwnDesignation(firstDiaSourceId: 42, night: 57346, attempt: 1)
    #expect(first.ssObjectId != second.ssObjectId)
    #expect(first.text != second.text)
  }

  @Test(arguments: [0, 1, 40587, 57346, 60431, 76700])
  func readableFormKeepsTheNumber(night: Int) {
    let name = OwnDesignation(firstDiaSourceId: 42, night: night)
    let isOfReadableYears = night >= 40587  // 1970-01-01
    #expect((OwnDesignation(name.text) == name) == isOfReadableYears)
  }

  @Test(arguments: [
    "", "E151120", "E151120-7KQ2M9X", "E151120-7KQ2M9XU", "E151320-7KQ2M9XA", "X151120-7KQ2M9XA",
    "E15112é-7KQ2M9XA", "E-51120-7KQ2M9XA",
  ])
  func otherNamesAreNotOurs(name: String) { #expect(OwnDesignation(name) == nil) }

  /// What an export of the catalog's own orbits brings back, by name alone.
  @Test func ownOrbitComesBackToItsObject() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      let name = OwnDesignation(firstDiaSourceId: 42, night: 57346)
      var own = catalogOrbit(name.text)
      own.ssObjectId = name.ssObjectId
      _ = try catalog.importOrbits([own], file: "/nightly")
      let again = try catalog.importOrbits([catalogOrbit(name.text, x: 1.6)], file: "/o.csv")
      #expect(again.counts.added == 1)
      #expect(try catalog.orbits().map(\.ssObjectId) == [name.ssObjectId])
    }
  }
}

/// What becomes of our own orbit when another one comes.
@Suite struct ImportPolicyTests {
  private func own(arcDays: Double, used: Int, determined: Bool = true) -> OrbitSolution {
    var orbit = catalogOrbit("433")
    orbit.quality = CatalogOrbit.Quality(
      observationCount: used, observationsUsed: used, arcDays: arcDays, converged: true,
      determined: determined)
    return OrbitSolution(orbit: orbit, source: OrbitSolution.ownSource)
  }

  private func imported(arcDays: Double?, used: Int, oppositions: Int? = nil) -> CatalogOrbit {
    var orbit = catalogOrbit("433", x: 1.7)
    orbit.quality = CatalogOrbit.Quality(
      observationCount: used, oppositionCount: oppositions, arcDays: arcDays)
    return orbit
  }

  /// - Returns: counts of the import and x of the orbit in force.
  private func result(
    of orbit: CatalogOrbit, over own: OrbitSolution, _ policy: ImportPolicy = .better
  ) throws -> (counts: IngestCounts, x: Double?) {
    var found: (IngestCounts, Double?)?
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      _ = try catalog.ingest(rows([detection(1)]), bad: [], from: file)
      let id = Catalog.ssObjectId(forDesignation: "433")
      var change = update(id, [1])
      change.solution = own
      let record = StageRecord(
        stage: Catalog.lastStage, night: 57323, inputDigest: "", startedAt: .distantPast,
        seconds: 0, figures: "{}")
      try catalog.apply([change], stage: record, runId: try catalog.beginRun().runId)
      var batches = [ImportBatch([orbit], source: "/o")]
      let counts = try catalog.importOrbits(file: "/o", policy: policy) { batches.popLast() }.counts
      found = (counts, try catalog.orbits().first?.orbit.state.position.x)
      // It is kept all the same.
      #expect(try catalog.numbers("x", of: "orbitSolutions").contains(1.7))
      #expect(try catalog.problems().isEmpty)
      // The same again changes nothing.
      let before = try catalog.contentDigests()
      var again = [ImportBatch([orbit], source: "/o")]
      let second = try catalog.importOrbits(file: "/o", policy: policy) { again.popLast() }.counts
      #expect(second.added == 0)
      #expect(try catalog.contentDigests() == before)
    }
    return try #require(found)
  }

  @Test func aBetterOrbitOfOursStays() throws {
    let kept = try result(of: imported(arcDays: 20, used: 30), over: own(arcDays: 40, used: 20))
    #expect(kept.counts.keptOwn == 1)
    #expect(kept.counts.added == 0)
    #expect(kept.x == 1.5)
    // As long an arc, as many observations.
    #expect(
      try result(of: imported(arcDays: 40.5, used: 20), over: own(arcDays: 40, used: 20)).x == 1.5)
  }

  @Test func aBetterOrbitOfOthersComesInForce() throws {
    let longer = try result(of: imported(arcDays: 60, used: 10), over: own(arcDays: 40, used: 20))
    #expect(longer.counts.added == 1)
    #expect(longer.x == 1.7)
    #expect(
      try result(of: imported(arcDays: 40, used: 21), over: own(arcDays: 40, used: 20)).x == 1.7)
    // MPCORB gives no arc in days where there are several oppositions.
    #expect(
      try result(
        of: imported(arcDays: nil, used: 90, oppositions: 5), over: own(arcDays: 40, used: 20)
      ).x == 1.7)
    #expect(
      try result(
        of: imported(arcDays: 1, used: 3), over: own(arcDays: 40, used: 20, determined: false)
      ).x == 1.7)
  }

  @Test func thePolicyCanBeSet() throws {
    let mine = own(arcDays: 40, used: 20)
    #expect(try result(of: imported(arcDays: 90, used: 90), over: mine, .keep).x == 1.5)
    #expect(try result(of: imported(arcDays: 1, used: 3), over: mine, .replace).x == 1.7)
  }
}
