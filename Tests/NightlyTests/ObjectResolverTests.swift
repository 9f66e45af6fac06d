import Astro
import Astrometry
import Catalog
import Dynamics
import Nightly
import OrbitFit
import Testing

/// Detections of made-up bodies: the fit stands in for the sky. It calls one body what has one
/// declination, and rejects what has another than most.
private struct MadeUpSky {
  var table = ObservationTable()

  /// Two detections a night on each of some nights.
  mutating func add(body: Int, nights: [Int]) -> [Int64] {
    var ids: [Int64] = []
    for night in nights {
      for part in 0..<2 {
        let id = Int64(1000 * body + 10 * night + part)
        let time = 57000.1 + Double(night) + 0.02 * Double(part)
        let detection = Detection(
          diaSourceId: id, midpoint: Epoch<TAI>(mjd: time), raDeg: 10, decDeg: 0,
          observatory: .rubin)
        let rest = StateVector(position: .zero, velocity: .zero)
        table.append(
          StoredDetection(detection: detection, night: 57000 + night),
          AstrometricObservation(
            epoch: Epoch<TDB>(mjd: time), raRad: 0.1, decRad: Double(body), sigmaRaRad: 1e-6,
            sigmaDecRad: 1e-6, correlation: 0, observer: rest, sun: rest))
        ids.append(id)
      }
    }
    return ids
  }

  func resolver(linkages: [[Int64]], objects: [Int64: [Int64]]) -> ObjectResolver {
    ObjectResolver(
      table: table, linkages: linkages.map { (table.rows(of: $0), nil) },
      objectRows: objects.mapValues { table.rows(of: $0) }, criteria: ObjectCriteria(),
      fit: { observations, _ in Self.fit(observations) })
  }

  func resolve(linkages: [[Int64]], objects: [Int64: [Int64]] = [:]) -> [GroupOutcome] {
    var owner: [Int64: Int64] = [:]
    for (object, members) in objects { for member in members { owner[member] = object } }
    let resolver = resolver(linkages: linkages, objects: objects)
    return ObjectGroup.groups(linkages: linkages, owner: owner).map { resolver.resolve($0) }
  }

  func members(_ object: ResolvedObject) -> Set<Int64> { Set(table.ids(of: object.members)) }

  private static func fit(_ observations: [AstrometricObservation]) -> FitResult {
    let counts = observations.reduce(into: [Double: Int]()) { $0[$1.decRad, default: 0] += 1 }
    let body = counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key
    let used = observations.map { $0.decRad == body }
    let zeros = observations.map { _ in 0.0 }
    let state = StateVector(position: Vector3(1, 0, 0), velocity: Vector3(0, 0.017, 0))
    return FitResult(
      orbit: Orbit(epoch: Epoch<TDB>(mjd: 57000), state: state, origin: .sun), covariance: nil,
      chiSquare: 1, degreesOfFreedom: 2 * used.count { $0 } - 6, rmsArcsec: 0.2,
      residualsRaArcsec: zeros, residualsDecArcsec: zeros, used: used, iterations: 3,
      converged: true, determined: true, remark: nil)
  }
}

@Suite struct ObjectResolverTests {
  @Test func aLinkageOfUnknownsIsANewObject() throws {
    var sky = MadeUpSky()
    let ids = sky.add(body: 1, nights: [0, 3, 6])
    let outcome = try #require(sky.resolve(linkages: [ids]).first)
    let object = try #require(outcome.changed.first)
    #expect(object.ssObjectId == nil)
    #expect(sky.members(object) == Set(ids))
  }

  @Test func outliersAreLetGo() throws {
    var sky = MadeUpSky()
    let ids = sky.add(body: 1, nights: [0, 3, 6, 7])
    let stray = sky.add(body: 2, nights: [5])
    let outcome = try #require(sky.resolve(linkages: [ids + stray.prefix(1)]).first)
    #expect(outcome.changed.map { sky.members($0) } == [Set(ids)])
    #expect(outcome.changed.first?.fit.used.count == ids.count)
  }

  @Test func tooFewNightsOrDetectionsAreRefused() throws {
    var sky = MadeUpSky()
    let twoNights = sky.add(body: 1, nights: [0, 3])
    let mixed = sky.add(body: 2, nights: [0, 1]) + sky.add(body: 3, nights: [2])
    for linkage in [twoNights, mixed] {
      let outcome = try #require(sky.resolve(linkages: [linkage]).first)
      #expect(outcome.changed.isEmpty)
      #expect(outcome.refused == 1)
    }
  }

  @Test func aKnownObjectIsExtendedUnderItsNumber() throws {
    var sky = MadeUpSky()
    let known = sky.add(body: 1, nights: [0, 3, 6])
    let fresh = sky.add(body: 1, nights: [9, 12])
    let outcome = try #require(
      sky.resolve(linkages: [Array(known.suffix(4)) + fresh], objects: [77: known]).first)
    let object = try #require(outcome.changed.first)
    #expect(object.ssObjectId == 77)
    #expect(sky.members(object) == Set(known + fresh))
  }

  @Test func theSameAgainChangesNothing() throws {
    var sky = MadeUpSky()
    let known = sky.add(body: 1, nights: [0, 3, 6])
    let stray = sky.add(body: 2, nights: [5])
    // A part of the object, all of it, and all of it with a detection that was let go before.
    for linkage in [Array(known.suffix(4)), known, known + stray.prefix(1)] {
      let outcome = try #require(
        sky.resolve(linkages: [linkage], objects: [77: known]).first)
      #expect(outcome.changed.isEmpty)
      #expect(outcome.unchanged == 1)
    }
  }

  @Test func twoObjectsThatAreOneAreJoined() throws {
    var sky = MadeUpSky()
    let early = sky.add(body: 1, nights: [0, 3, 6, 7])
    let late = sky.add(body: 1, nights: [10, 12, 14])
    let bridge = Array(early.suffix(4)) + late.prefix(4)
    let outcomes = sky.resolve(linkages: [bridge], objects: [77: early, 78: late])
    #expect(outcomes.count == 1)
    let object = try #require(outcomes.first?.changed.first)
    #expect(object.ssObjectId == 77)
    #expect(object.absorbed == [78])
    #expect(sky.members(object) == Set(early + late))
  }

  @Test func aStrayDetectionDoesNotCostAnObjectItsNumber() throws {
    var sky = MadeUpSky()
    let small = sky.add(body: 1, nights: [0, 3, 6])
    let large = sky.add(body: 2, nights: [0, 2, 4, 6, 8])
    // The object has a detection that belongs to the larger linkage: both are objects.
    var outcome = try #require(
      sky.resolve(linkages: [large], objects: [77: small + large.prefix(1)]).first)
    #expect(outcome.changed.map { sky.members($0) } == [Set(large.dropFirst())])
    #expect(outcome.changed.map(\.ssObjectId) == [nil])
    // The linkage has a detection that belongs to the larger object.
    outcome = try #require(
      sky.resolve(linkages: [small + large.prefix(1)], objects: [78: large]).first)
    #expect(outcome.changed.map { sky.members($0) } == [Set(small)])
    #expect(outcome.changed.map(\.ssObjectId) == [nil])
    #expect(outcome.unchanged == 1)
    // When both are known the same linkage changes neither.
    outcome = try #require(
      sky.resolve(linkages: [small + large.prefix(1)], objects: [78: large, 79: small]).first)
    #expect(outcome.changed.isEmpty)
    #expect(outcome.unchanged == 1)
  }

  @Test func aLinkageWithoutEnoughOfItsOwnIsGivenUp() throws {
    var sky = MadeUpSky()
    let known = sky.add(body: 1, nights: [0, 2, 4, 6])
    let few = sky.add(body: 2, nights: [1, 3])
    let outcome = try #require(
      sky.resolve(linkages: [known.prefix(2) + few], objects: [77: known]).first)
    #expect(outcome.changed.isEmpty)
    #expect(outcome.unchanged == 1)
  }

  @Test func groupsAreTheConnectedOnes() {
    let groups = ObjectGroup.groups(
      linkages: [[1, 2], [3, 4], [5, 6], [7]], owner: [2: 20, 3: 30, 5: 20, 6: 30])
    #expect(groups.map(\.linkages) == [[0, 1, 2], [3]])
    #expect(groups.map(\.objects) == [[20, 30], []])
  }
}

extension ObjectResolverTests {
  /// Four detections go with the larger half of an object: no orbit holds both halves any more.
  @Test func anObjectThatWasTwoIsParted() throws {
    var sky = MadeUpSky()
    let one = sky.add(body: 1, nights: [0, 3, 6, 8])
    let two = sky.add(body: 2, nights: [1, 4, 7])
    let new = sky.add(body: 1, nights: [10, 11])
    let resolver = sky.resolver(linkages: [], objects: [77: one + two])
    let parts = resolver.extendOrSplit(77, with: sky.table.rows(of: new), start: nil)
    #expect(parts.map(\.ssObjectId) == [77, nil])
    #expect(parts.map { sky.members($0) } == [Set(one + new), Set(two)])
    let named = resolver.part(
      77, strangers: sky.table.rows(of: two), with: sky.table.rows(of: new), start: nil)
    #expect(named.map { sky.members($0) } == [Set(one + new), Set(two)])
  }

  /// Detections that go with neither half, or a rest that is no object: nothing changes.
  @Test func whatIsNotTwoIsLeft() throws {
    var sky = MadeUpSky()
    let one = sky.add(body: 1, nights: [0, 3, 6, 8])
    let few = sky.add(body: 2, nights: [1, 4])
    let new = sky.add(body: 3, nights: [10, 11])
    let resolver = sky.resolver(linkages: [], objects: [77: one, 78: one + few])
    #expect(resolver.extendOrSplit(77, with: sky.table.rows(of: new), start: nil).isEmpty)
    #expect(
      resolver.part(78, strangers: sky.table.rows(of: few), with: [], start: nil).isEmpty)
    // The number does not go with less than half.
    let many = sky.add(body: 4, nights: [0, 1, 2, 3, 4, 5])
    let other = sky.resolver(linkages: [], objects: [79: one + many])
    #expect(
      other.part(79, strangers: sky.table.rows(of: many), with: [], start: nil).isEmpty)
  }
}
