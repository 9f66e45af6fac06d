import Astro
import Testing

/// The authority is the definition: every point compared with the centre, one by one.
struct KDTreeTests {
  private func bruteForce(_ points: [Vector3], _ radius: Double, _ centre: Vector3) -> [Int] {
    points.indices.filter { (points[$0] - centre).squaredNorm <= radius * radius }
  }

  private func sphere(_ count: Int, seed: UInt64) -> [Vector3] {
    var random = SplitMix(state: seed)
    return (0..<count).map { _ in
      Vector3(raRad: random.uniform() * 2 * .pi, decRad: asineOfUniform(&random))
    }
  }

  private func asineOfUniform(_ random: inout SplitMix) -> Double {
    // Uniform on the sphere without trigonometry: latitude by rejection from a cube's points.
    while true {
      let v = Vector3(
        2 * random.uniform() - 1, 2 * random.uniform() - 1, 2 * random.uniform() - 1)
      if v.squaredNorm <= 1 && v.squaredNorm > 1e-6 { return v.longitudeLatitude.lat }
    }
  }

  @Test(arguments: [0, 1, 2, 15, 16, 17, 33, 1000, 20_000])
  func agreesWithBruteForce(count: Int) {
    let points = sphere(count, seed: UInt64(count) + 7)
    let tree = KDTree(points)
    #expect(tree.count == count)
    for (k, centre) in sphere(40, seed: 99).enumerated() {
      let radius = [0.0, 1e-3, 0.02, 0.3, 2.5][k % 5]
      #expect(tree.indices(within: radius, of: centre) == bruteForce(points, radius, centre))
    }
  }

  /// The ranges of tree order hold every hit, ascend, do not touch, and add less than two leaves for
  /// each range's ends.
  @Test(arguments: [0, 1, 16, 17, 33, 1000, 20_000])
  func rangesHoldAllHits(count: Int) {
    let points = sphere(count, seed: UInt64(count) + 11)
    let tree = KDTree(points)
    #expect(tree.order.map(Int.init).sorted() == Array(0..<count))
    for (k, centre) in sphere(40, seed: 98).enumerated() {
      let radius = [0.0, 1e-3, 0.02, 0.3, 2.5][k % 5]
      var ranges: [Range<Int>] = []
      tree.collectRanges(within: radius, of: centre, into: &ranges)
      let found = Set(ranges.joined().map { Int(tree.order[$0]) })
      #expect(found.count == ranges.reduce(0) { $0 + $1.count })
      #expect(found.isSuperset(of: bruteForce(points, radius, centre)))
      for (a, b) in zip(ranges, ranges.dropFirst()) { #expect(a.upperBound < b.lowerBound) }
      if radius > 2 { #expect(ranges == (count == 0 ? [] : [0..<count])) }
      // What is smaller than a leaf of 16 points (and the one between leaves) touches eight at most.
      if count == 20_000, radius <= 1e-3 { #expect(found.count <= 8 * 17) }
    }
  }

  @Test func findsAcrossTheSeamAndAtThePoles() {
    let places: [(Double, Double)] = [
      (359.9, 10), (0.1, 10), (0, 89.99), (180, 89.99), (90, -89.99), (270, -89.99), (180, 10),
    ]
    let tree = KDTree(
      places.map { Vector3(raRad: $0.0 * Angle.degree, decRad: $0.1 * Angle.degree) })
    let seam = Vector3(raRad: 0, decRad: 10 * Angle.degree)
    #expect(tree.indices(within: 0.2 * Angle.degree, of: seam) == [0, 1])
    #expect(tree.indices(within: 0.03 * Angle.degree, of: Vector3(0, 0, 1)) == [2, 3])
    #expect(tree.indices(within: 0.03 * Angle.degree, of: Vector3(0, 0, -1)) == [4, 5])
  }

  @Test func equalPointsAreAllFound() {
    // Deep drilling puts thousands of detections at one place.
    let points = [Vector3](repeating: Vector3(0, 1, 0), count: 5000) + [Vector3(1, 0, 0)]
    let tree = KDTree(points)
    #expect(tree.indices(within: 0, of: Vector3(0, 1, 0)).count == 5000)
    #expect(tree.indices(within: 1e-9, of: Vector3(1, 0, 0)) == [5000])
    #expect(tree.indices(within: 0.5, of: Vector3(0, 0, 1)).isEmpty)
  }
}

/// Steele et al. 2014, doi:10.1145/2714064.2660195: a small generator with a fixed seed.
private struct SplitMix {
  var state: UInt64

  mutating func uniform() -> Double {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return Double((z ^ z >> 31) >> 11) * 0x1p-53
  }
}
