public import Astro
import Astrometry
public import Dynamics
import Foundation

extension NightTable {
  /// Objects this far outside of a field are found too, unless told otherwise [rad].
  public static let defaultMargin = 10 * Angle.arcsecond

  /// The objects of a field.
  ///
  /// - Parameters:
  ///   - epoch: mid-exposure, in the table's night.
  ///   - observatory: where from; any on the Earth or near to it.
  ///   - marginRad: objects this far outside are taken too.
  /// - Returns: by place on the sky, those whose place is in the field, or within the margin or
  ///   three of their standard deviations of it, their `orbit` being the index in the table; and
  ///   those near the field whose motion ended before.
  /// - Throws: ``PredictionError``: no such observatory, a time that the table doesn't hold,
  ///   a damaged file.
  /// - Complexity: 0.1 µs an object found.
  public func objects(
    in field: SkyField, at epoch: Epoch<TDB>, observatory: ObservatoryCode,
    solarSystem: SolarSystem, marginRad: Double = defaultMargin
  ) throws(PredictionError) -> (objects: [PredictedObject], ended: [EndedOrbit]) {
    guard covers(epoch) else {
      throw .table(path: name, reason: "doesn't hold MJD \(epoch.mjd) TDB")
    }
    let moment = try Predictor.Moment(epoch, observatory, solarSystem)
    var objects: [PredictedObject] = []
    try scan(field, moment, solarSystem, marginRad, expecting: { objects.reserveCapacity($0) }) {
      objects.append($0)
    }
    return (objects, ended(field, moment, marginRad))
  }

  /// All objects at one moment, one after the other.
  package func forEachObject(
    at epoch: Epoch<TDB>, observatory: ObservatoryCode, solarSystem: SolarSystem,
    _ body: (PredictedObject) -> Void
  ) throws(PredictionError) {
    let moment = try Predictor.Moment(epoch, observatory, solarSystem)
    let sky = SkyField(centre: Vector3(1, 0, 0), radiusRad: .pi)
    try scan(sky, moment, solarSystem, 0, expecting: { _ in }, body)
  }

  @inline(__always)
  private func scan(
    _ field: SkyField, _ moment: Predictor.Moment, _ solarSystem: SolarSystem,
    _ marginRad: Double, expecting: (Int) -> Void, _ body: (PredictedObject) -> Void
  ) throws(PredictionError) {
    let radius = min(.pi, field.radiusRad + marginRad)
    let isWhole = radius >= .pi
    let farOff = try isFarOff(moment, solarSystem)
    let blocks =
      farOff ? Array(0..<blockCount) : self.blocks(near: field.centre, radius: radius)
    expecting(8 * blocks.count)
    let fraction = min(1, max(0, moment.epoch.days(since: start) / days))
    let chord = 2 * sin(0.5 * radius)
    for block in blocks {
      guard
        memory.load(UInt64.self, at: offset(block) + BlockLayout.checksum)
          == Self.checksum(memory, sections, block)
      else { throw .table(path: name, reason: "block \(block) is damaged") }
      scan(
        block,
        BlockPlaces(
          memory, offset(block), fraction: fraction, days: days, moment: moment), moment,
        SearchCircle(centre: field.centre, radius: radius, chord: isWhole ? 3 : chord), body)
    }
  }

  private func offset(_ block: Int) -> Int { sections.blocks + BlockLayout.size * block }

  /// Whether the observer is further from the Earth than the index reckons with.
  private func isFarOff(
    _ moment: Predictor.Moment, _ solarSystem: SolarSystem
  ) throws(PredictionError) -> Bool {
    do throws(DynamicsError) {
      let earth = try solarSystem.ephemeris.state(of: .earth, at: moment.epoch)
      return (moment.observer.position - earth.position).norm > PieceFit.farthestObserver
    } catch {
      throw .observer(error)
    }
  }

  /// A field with its margin; its chord is over 2 for the whole sky.
  private struct SearchCircle {
    var centre: Vector3
    var radius: Double
    var chord: Double
  }

  @inline(__always)
  private func scan(
    _ block: Int, _ places: BlockPlaces, _ moment: Predictor.Moment, _ circle: SearchCircle,
    _ body: (PredictedObject) -> Void
  ) {
    let at = offset(block)
    let codes = memory.load(SIMD8<UInt8>.self, at: at + BlockLayout.sigma)
    var reach = Lanes(repeating: circle.chord)
    if codes != .zero {
      for lane in 0..<8 {
        reach[lane] += PieceFit.reachSigmas * Double(SigmaCode.table[Int(codes[lane])])
      }
    }
    let direction = places.offset * (1 / places.range)
    let chords = (direction - Lanes3(circle.centre)).squaredNorm
    let inside = places.valid .& (chords .<= reach * reach)
    guard any(inside) else { return }
    let magnitudes = places.magnitudes(memory, at)
    let partials = places.partials
    let covarianceMask = memory.load(UInt8.self, at: at + BlockLayout.covarianceMask)
    let first = Int(memory.load(UInt32.self, at: at + BlockLayout.firstCovariance))
    let sunOffset = moment.sun.position - moment.observer.position
    for lane in 0..<8 where inside[lane] {
      let place = PredictedPlace(
        offset: places.offset[lane], offsetRate: places.offsetRate[lane],
        heliocentric: places.heliocentric[lane], sunOffset: sunOffset,
        retardedVelocity: places.velocity[lane], lightTimeDays: places.lightTime[lane])
      var covariance: SkyCovariance?
      if covarianceMask >> UInt8(lane) & 1 == 1 {
        let before = (covarianceMask & (1 << UInt8(lane) &- 1)).nonzeroBitCount
        covariance = skyCovariance(
          first + before, partials.ra[lane], partials.dec[lane], places.fromMiddle[lane])
      }
      if chords[lane] > circle.chord * circle.chord {
        let sigma = covariance?.ellipse.major ?? 0
        guard circle.centre.angle(to: place.offset) <= circle.radius + 3 * sigma else { continue }
      }
      let magnitude = magnitude(at, lane, place, magnitudes[lane])
      body(
        PredictedObject(
          orbit: Int(memory.load(UInt32.self, at: at + BlockLayout.object + 4 * lane)),
          place: place, observer: moment.observer, sun: moment.sun, covariance: covariance,
          magnitudeV: magnitude))
    }
  }

  /// - Parameter value: by H and G, not a number where there is no H.
  @inline(__always)
  private func magnitude(
    _ at: Int, _ lane: Int, _ place: PredictedPlace, _ value: Double
  ) -> Double? {
    guard memory.load(Int16.self, at: at + BlockLayout.slope + 2 * lane) == BlockLayout.otherLaw
    else { return value.isNaN ? nil : value }
    let index = Int(memory.load(UInt32.self, at: at + BlockLayout.magnitude + 4 * lane))
    guard index < lawCount else { return nil }
    return PhotometricModel(memory, at: sections.laws + LawLayout.size * index)?
      .magnitude(
        heliocentricAU: place.heliocentricAU, topocentricAU: place.topocentricAU,
        phaseAngleRad: place.phaseAngleRad)
  }

  /// As ``CovarianceFactor/sky(_:days:)``, six columns at a time, in floats as they are stored.
  @inline(__always)
  private func skyCovariance(
    _ index: Int, _ ra: Vector3, _ dec: Vector3, _ days: Double
  ) -> SkyCovariance {
    let at = sections.covariances + CovarianceLayout.size * index
    let t = Float(days)
    // Rows of the triangle stand one after the other: what is loaded beyond a row's end belongs
    // to others (after the last one to the index), is finite, and is taken away.
    @inline(__always)
    func row(_ start: Int, _ mask: SIMD8<Float>) -> SIMD8<Float> {
      memory.load(SIMD8<Float>.self, at: at &+ 4 &* start) * mask
    }
    let x = row(0, SIMD8(1, 0, 0, 0, 0, 0, 0, 0)) + t * row(6, SIMD8(1, 1, 1, 1, 0, 0, 0, 0))
    let y = row(1, SIMD8(1, 1, 0, 0, 0, 0, 0, 0)) + t * row(10, SIMD8(1, 1, 1, 1, 1, 0, 0, 0))
    let z = row(3, SIMD8(1, 1, 1, 0, 0, 0, 0, 0)) + t * row(15, SIMD8(1, 1, 1, 1, 1, 1, 0, 0))
    let a = Float(ra.x) * x + Float(ra.y) * y + Float(ra.z) * z
    let d = Float(dec.x) * x + Float(dec.y) * y + Float(dec.z) * z
    @inline(__always)
    func sum(_ v: SIMD8<Float>) -> Double {
      let halves = v.lowHalf + v.highHalf
      return Double((halves.x + halves.z) + (halves.y + halves.w))
    }
    return SkyCovariance(ra: sum(a * a), dec: sum(d * d), raDec: sum(a * d))
  }

  /// Orbits whose motion is over, where two-body motion would have them near the field.
  private func ended(
    _ field: SkyField, _ moment: Predictor.Moment, _ marginRad: Double
  ) -> [EndedOrbit] {
    (0..<endedCount).compactMap { index in
      guard
        let motion = EndedMotion(
          memory, at: sections.ended + EndedLayout.size * index, objectCount: objectCount),
        motion.isOver(at: moment.epoch)
      else { return nil }
      let entry = CatalogOrbit(designation: "", orbit: motion.orbit)
      let isNear = OrbitTable(single: entry, sun: moment.sun).candidates(
        in: 0..<1, field: field, at: moment.epoch,
        observer: moment.observer.position - moment.sun.position, marginRad: marginRad)
      return isNear.isEmpty ? nil : EndedOrbit(orbit: motion.object, verdict: motion.verdict)
    }
  }
}
