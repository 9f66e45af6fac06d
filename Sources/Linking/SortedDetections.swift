import Astro
import Astrometry
import Dynamics

/// The input in a fixed order (time, observatory, place), with what the kernels need as flat
/// columns. Everything inside the room counts detections in this order; ``original`` leads back.
struct SortedDetections: Sendable {
  /// Times are days since this epoch.
  let reference: Epoch<TDB>
  private let given: [AstrometricObservation]
  /// Detections that were given; fewer are here where some came twice.
  let inputCount: Int
  /// Index in the caller's order.
  let original: [Int]
  /// TDB [d] since ``reference``.
  let time: [Double]
  let direction: [Vector3]
  /// Observer minus Sun [au].
  let observer: [Vector3]
  /// One standard deviation in each coordinate (quadratic mean of both) [rad].
  let sigma: [Double]
  let magnitude: [Double]
  let observatory: [ObservatoryCode]
  let night: [Int]
  let label: [String?]
  /// Trails; empty when no detection shows one.
  let trail: [DetectionTrail?]
  /// Linkages of earlier runs, each ascending.
  let known: [[Int32]]

  var count: Int { time.count }

  func observation(_ index: Int) -> AstrometricObservation { given[original[index]] }

  init(_ input: LinkingInput) throws(LinkingError) {
    let n = input.observations.count
    let complete = try Self.order(of: input)
    let all = input.observations
    // A detection that came twice, under whatever identifier, is one: the first counts.
    var order: [Int] = []
    var first = [Int](0..<n)
    for i in complete {
      if let last = order.last, Self.isSame(input, last, i) {
        first[i] = last
      } else {
        order.append(i)
      }
    }
    inputCount = n
    original = order
    // A copy of all would be 170 bytes each: the caller's own are read.
    given = all
    let reference: Epoch<TDB> =
      order.isEmpty
      ? Epoch(mjd: Constants.mjdJ2000)
      : Epoch(
        mjd: ((all[order[0]].epoch.mjd + all[order[order.count - 1]].epoch.mjd) / 2).rounded())
    self.reference = reference
    time = order.map { all[$0].epoch.days(since: reference) }
    direction = order.map { Vector3(raRad: all[$0].raRad, decRad: all[$0].decRad) }
    observer = order.map { all[$0].observer.position - all[$0].sun.position }
    sigma = order.map { i in
      let (ra, dec) = (all[i].sigmaRaRad, all[i].sigmaDecRad)
      return ((ra * ra + dec * dec) / 2).squareRoot()
    }
    magnitude = order.map { input.magnitudes[$0] ?? .nan }
    observatory = order.map { input.observatories[$0] }
    night = order.map { input.nights[$0] }
    label = order.map { input.trackletLabels[$0] }
    let hasTrails = input.trails.contains { $0 != nil }
    var place = [Int32](repeating: 0, count: n)
    for (k, i) in order.enumerated() { place[i] = Int32(k) }
    known = input.known.map { members in Set(members.map { place[first[$0]] }).sorted() }
    trail = hasTrails ? order.map { input.trails[$0] } : []
  }

  /// All detections in the order that is used here.
  static func order(of input: LinkingInput) throws(LinkingError) -> [Int] {
    let n = input.observations.count
    guard
      input.magnitudes.count == n, input.observatories.count == n, input.nights.count == n,
      input.trackletLabels.count == n, input.trails.count == n
    else {
      throw .columnLengths(
        "\(n) observations, \(input.magnitudes.count) magnitudes, \(input.observatories.count) "
          + "observatories, \(input.nights.count) nights, \(input.trackletLabels.count) labels, "
          + "\(input.trails.count) trails")
    }
    for (i, o) in input.observations.enumerated() { try check(o, i) }
    if let wrong = input.known.joined().first(where: { !(0..<n).contains($0) }) {
      throw .observation(index: wrong, reason: "a known linkage has it, but there are only \(n)")
    }
    let all = input.observations
    return (0..<n).sorted { i, j in
      let (a, b) = (all[i], all[j])
      if a.epoch != b.epoch { return a.epoch < b.epoch }
      if input.observatories[i] != input.observatories[j] {
        return input.observatories[i] < input.observatories[j]
      }
      if a.raRad != b.raRad { return a.raRad < b.raRad }
      if a.decRad != b.decRad { return a.decRad < b.decRad }
      return i < j
    }
  }

  private static func isSame(_ input: LinkingInput, _ i: Int, _ j: Int) -> Bool {
    let (a, b) = (input.observations[i], input.observations[j])
    return a.epoch == b.epoch && a.raRad == b.raRad && a.decRad == b.decRad
      && input.observatories[i] == input.observatories[j]
  }

  private static func check(_ o: AstrometricObservation, _ index: Int) throws(LinkingError) {
    guard
      o.raRad.isFinite, abs(o.decRad) <= .pi / 2, o.epoch.mjd.isFinite,
      o.observer.position.isFinite, o.sun.position.isFinite
    else { throw .observation(index: index, reason: "a value is not finite or no direction") }
    guard o.sigmaRaRad > 0, o.sigmaDecRad > 0, (o.sigmaRaRad + o.sigmaDecRad).isFinite else {
      throw .observation(index: index, reason: "its uncertainty is not a positive number")
    }
  }
}
