import Astro
import Dynamics

/// Pairs of detections of one night by two observatories: tracklets where neither site has one alone.
///
/// Direction and observer go through one linear operator (``TrackletFit``), and so the way from one
/// site to the other is part of such a tracklet as the observer's motion is: near objects show their
/// distance by it.
struct CrossSitePairs {
  private let frames: [Frame]
  private let search: PairSearch
  private let detections: SortedDetections
  /// Partners of a detection, the slowest.
  private static let mostPartners = 2

  /// - Parameter frames: as the search has them.
  init(_ search: PairSearch) {
    frames = search.frames
    detections = search.detections
    self.search = search
  }

  /// Adds tracklets of two detections, at least one of which is in none so far.
  func add(to table: inout TrackletTable) {
    var isFree = [Bool](repeating: true, count: detections.count)
    for m in table.members { isFree[Int(m)] = false }
    let order = frames.indices.sorted { (frames[$0].time, $0) < (frames[$1].time, $1) }
    for (place, first) in order.enumerated() {
      var found: [(rate2: Double, pair: (first: Int32, second: Int32))] = []
      for second in order[(place + 1)...] {
        guard frames[second].time - frames[first].time <= search.options.maximumTrackletDays
        else { break }
        guard site(first) != site(second) else { continue }
        found += search.pairs(from: frames[first], to: frames[second]) {
          isFree[Int($0)] || isFree[Int($1)]
        }
      }
      found.sort {
        ($0.pair.first, $0.rate2, $0.pair.second) < ($1.pair.first, $1.rate2, $1.pair.second)
      }
      var count = 0
      for (k, entry) in found.enumerated() {
        count = k > 0 && found[k - 1].pair.first == entry.pair.first ? count + 1 : 0
        let members = [entry.pair.first, entry.pair.second]
        guard count < CrossSitePairs.mostPartners, let fit = TrackletFit(members, detections)
        else { continue }
        var tracklet = fit.tracklet
        tracklet.isOfTwoSites = true
        table.add(tracklet, members)
      }
    }
  }

  private func site(_ frame: Int) -> UInt32 {
    detections.observatory[Int(frames[frame].detections[0])].packed
  }
}

extension PairSearch {
  /// Two sites see what is near at different places [rad].
  private static let parallax = 0.1 * Angle.degree

  /// Pairs of two frames whatever their observatories, as far as fewer are expected by chance than
  /// the options say, with the square of their rate [rad²/d²].
  func pairs(
    from frame: Frame, to other: Frame, where isWanted: (Int32, Int32) -> Bool
  ) -> [(rate2: Double, pair: (first: Int32, second: Int32))] {
    let days = other.time - frame.time
    guard days >= PairSearch.minimumDays else { return [] }
    let reach = min(
      options.maximumRateDegPerDay * Angle.degree * days + PairSearch.parallax,
      chanceRadius(other))
    guard frame.centre.angle(to: other.centre) <= frame.radius + other.radius + reach else {
      return []
    }
    var found: [(rate2: Double, pair: (first: Int32, second: Int32))] = []
    var hits: [Int32] = []
    for detection in frame.detections {
      hits.removeAll(keepingCapacity: true)
      let here = detections.direction[Int(detection)]
      other.collect(within: reach, of: here, detections, into: &hits)
      for hit in hits where isWanted(detection, hit) && agree(Int(detection), Int(hit)) {
        let way2 = (detections.direction[Int(hit)] - here).squaredNorm
        found.append((way2 / (days * days), (detection, hit)))
      }
    }
    return found
  }
}
