import Astro
import Foundation

/// Pairs of detections that may be one moving object: every detection of one frame with its
/// possible partners in the later frames of the night.
struct FramePairs: Sendable {
  /// Detection of the frame, and its partner; by detection, then partner.
  var pairs: [(first: Int32, second: Int32)] = []
  /// Detections that a tracklet that begins in this frame must have. Where one field is exposed
  /// over and over, two detections on a line prove nothing and real objects show many.
  var minimumLength = 2
  /// Partners that were left out because nearer ones were enough.
  var leftOut = 0

  /// Each detection with the range of its pairs.
  func forEachDetection(_ body: (Int, Range<Int>) -> Void) {
    var start = 0
    while start < pairs.count {
      var end = start
      while end < pairs.count && pairs[end].first == pairs[start].first { end += 1 }
      body(Int(pairs[start].first), start..<end)
      start = end
    }
  }
}

struct PairSearch: Sendable {
  let frames: [Frame]
  let detections: SortedDetections
  let options: LinkingOptions

  /// Frames of nearly the same field that are looked at; with more, evenly chosen ones.
  private static let partnerFrames = 12
  /// Partners of a detection that are kept in one frame: in a crowd, where all are chance, pairs
  /// would go with the square of the detections.
  private static let partnersPerFrame = 12
  /// And in all frames together.
  private static let mostPartners = 72
  /// Partners of a detection on the average of all: what bounds the memory whatever the input.
  private static let meanPartners = 6
  /// Shorter separations say nothing about motion [d].
  static let minimumDays = 15 / Constants.secondsPerDay

  /// - Complexity: (later frames within reach) × (detections) × log(detections).
  func pairs(ofFrame index: Int) -> FramePairs {
    let frame = frames[index]
    let (partners, repeats) = laterFrames(index)
    var result = FramePairs()
    result.minimumLength = repeats <= 6 ? 2 : repeats <= 12 ? 3 : 4
    var hits: [Int32] = []
    for detection in frame.detections {
      let i = Int(detection)
      let start = result.pairs.count
      for partner in partners {
        let other = frames[partner]
        hits.removeAll(keepingCapacity: true)
        other.collect(
          within: searchRadius(from: frame, to: other) + 3 * detections.sigma[i],
          of: detections.direction[i], detections, into: &hits)
        hits.removeAll { !agree(i, Int($0)) }
        result.leftOut += keepNearest(of: i, &hits)
        for hit in hits { result.pairs.append((detection, hit)) }
      }
      result.leftOut += keepSlowest(
        PairSearch.mostPartners, of: i, &result.pairs, from: start..<result.pairs.count)
    }
    return result
  }

  /// Leaves each detection so many partners, the slowest, that all together have no more than six
  /// times the detections: in crowds only.
  func bound(_ frames: inout [FramePairs]) {
    var counts = [Int](repeating: 0, count: PairSearch.mostPartners + 1)
    for frame in frames { frame.forEachDetection { _, range in counts[range.count] += 1 } }
    func total(_ most: Int) -> Int {
      counts.indices.reduce(0) { $0 + counts[$1] * min($1, most) }
    }
    let budget = PairSearch.meanPartners * detections.count
    guard total(PairSearch.mostPartners) > budget else { return }
    var most = PairSearch.mostPartners
    while most > 1, total(most) > budget { most -= 1 }
    for k in frames.indices {
      var kept = FramePairs()
      kept.minimumLength = frames[k].minimumLength
      kept.leftOut = frames[k].leftOut
      frames[k].forEachDetection { detection, range in
        let start = kept.pairs.count
        kept.pairs += frames[k].pairs[range]
        kept.leftOut += keepSlowest(
          most, of: detection, &kept.pairs, from: start..<kept.pairs.count)
      }
      frames[k] = kept
    }
  }

  /// Keeps the partners to which the motion is slowest, in the same order: what bounds the memory
  /// where many fields overlap and all of them are crowded.
  ///
  /// - Returns: how many were left out.
  private func keepSlowest(
    _ most: Int, of i: Int, _ pairs: inout [(first: Int32, second: Int32)],
    from range: Range<Int>
  ) -> Int {
    let start = range.lowerBound
    let excess = range.count - most
    guard excess > 0 else { return 0 }
    let (here, now) = (detections.direction[i], detections.time[i])
    let ranked = pairs[start...].map { pair in
      let j = Int(pair.second)
      let days = detections.time[j] - now
      return (
        rate2: (detections.direction[j] - here).squaredNorm / (days * days), pair: pair.second
      )
    }.sorted { ($0.rate2, $0.pair) < ($1.rate2, $1.pair) }
    let kept = Set(ranked.prefix(most).map(\.pair))
    let rest = pairs[start...].filter { kept.contains($0.second) }
    pairs.replaceSubrange(start..., with: rest)
    return excess
  }

  /// Keeps the nearest partners, ascending; of equally near ones those of the lower index.
  ///
  /// - Returns: how many were left out.
  private func keepNearest(of i: Int, _ hits: inout [Int32]) -> Int {
    let excess = hits.count - PairSearch.partnersPerFrame
    guard excess > 0 else { return 0 }
    let here = detections.direction[i]
    var nearest: [(distance: Double, hit: Int32)] = []
    for hit in hits {
      let entry = (distance: (detections.direction[Int(hit)] - here).squaredNorm, hit: hit)
      if nearest.count == PairSearch.partnersPerFrame {
        guard entry < nearest[nearest.count - 1] else { continue }
        nearest.removeLast()
      }
      nearest.insert(entry, at: nearest.partitioningIndex { entry < $0 })
    }
    hits = nearest.map(\.hit).sorted()
    return excess
  }

  /// The frames to search, and how many exposures of nearly the same field there are in reach.
  private func laterFrames(_ index: Int) -> ([Int], Int) {
    let frame = frames[index]
    var partners: [Int] = []
    var same: [Int] = []
    var k = index + 1
    while k < frames.count, frames[k].group == frame.group,
      frames[k].time - frame.time <= options.maximumTrackletDays
    {
      defer { k += 1 }
      let other = frames[k]
      guard other.time - frame.time >= PairSearch.minimumDays else { continue }
      let separation = frame.centre.angle(to: other.centre)
      let reach = frame.radius + other.radius + searchRadius(from: frame, to: other)
      guard separation <= reach else { continue }
      if separation < 0.5 * max(frame.radius, other.radius) {
        same.append(k)
      } else {
        partners.append(k)
      }
    }
    let repeats = same.count
    if repeats > PairSearch.partnerFrames {
      same = (0..<PairSearch.partnerFrames).map { step in
        same[(step + 1) * repeats / PairSearch.partnerFrames - 1]
      }
    }
    return ((partners + same).sorted(), repeats)
  }

  /// How far an object may have moved, less where chance partners would be many [rad].
  private func searchRadius(from frame: Frame, to other: Frame) -> Double {
    let days = abs(other.time - frame.time)
    let fastest = options.maximumRateDegPerDay * Angle.degree * days
    let sure = options.crowdedRateDegPerDay * Angle.degree * days
    return min(fastest, max(sure, chanceRadius(other)))
  }

  /// How far around a place as many detections of a frame are expected by chance as the options say
  /// [rad]: one detection alone, about which the frame was made, says nothing of others.
  func chanceRadius(_ frame: Frame) -> Double {
    guard frame.detections.count > 1 else { return .infinity }
    // Few detections tell nothing of the field's size: a degree is taken.
    let radius = max(frame.radius, 0.5 * Angle.degree)
    let others = Double(frame.detections.count - 1)
    return radius * (options.chancePartners / others).squareRoot()
  }

  func agree(_ i: Int, _ j: Int) -> Bool {
    let difference = abs(detections.magnitude[i] - detections.magnitude[j])
    guard !(difference > options.maximumMagnitudeDifference) else { return false }
    return detections.trail.isEmpty || TrailTest.agree(i, j, detections)
  }
}
