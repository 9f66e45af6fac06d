import Astro
import Astrometry
import Dynamics
import OrbitFit

/// Looks along an arc's orbit for further detections of the object: other nights, other
/// observatories, nights with a single detection.
struct ArcExtender {
  private let detections: SortedDetections
  private let table: TrackletTable
  private let sky: SkyIndex
  private var judge: ArcJudge
  private let forces: ArcForces?
  private var hits: [Int32] = []
  private var near: [Int32] = []

  /// Largest χ² (two degrees of freedom) of a detection to be tried.
  private static let gate = 16.0
  /// A single detection is tried where fewer than this many would be there by chance, one that has
  /// a tracklet behind it where fewer than the second.
  private static let chanceSingle = 0.02
  private static let chanceTracklet = 3.0
  /// An orbit that leaves the place open by more predicts nothing [rad].
  private static let largestSigma = 0.5 * Angle.degree

  struct Result: Sendable {
    var arc: Arc
    /// Detections of other arcs where this one's orbit predicts them.
    var foreign: [Int32] = []
  }

  init(
    _ detections: SortedDetections, _ table: TrackletTable, _ sky: SkyIndex, _ judge: ArcJudge,
    _ forces: ArcForces?
  ) {
    self.forces = forces
    self.detections = detections
    self.table = table
    self.sky = sky
    self.judge = judge
  }

  private struct Found {
    /// Detections to add together.
    var sets: [(chance: Double, members: [Int32])] = []
    var foreign: [Int32] = []
  }

  /// - Parameter owner: by detection the arc that has it, −1 for none.
  mutating func extend(_ arc: Arc, owner: [Int32]) -> Result {
    var best = arc
    var tried: Set<[Int32]> = []
    var foreign: [Int32] = []
    for _ in 0..<8 {
      var found = lookUp(best, owner: owner)
      foreign = found.foreign
      found.sets.removeAll { tried.contains($0.members) }
      let sure = found.sets.filter { $0.chance < ArcExtender.chanceSingle }
      if !sure.isEmpty {
        for set in sure { tried.insert(set.members) }
        let union = Set(best.members).union(sure.flatMap(\.members)).sorted()
        if let larger = judge.judge(union, start: best.fit.orbit), isBetter(larger, best) {
          best = larger
          continue
        }
      }
      // One unsure set at a time: each narrows the prediction for the rest.
      found.sets.sort {
        $0.chance != $1.chance
          ? $0.chance < $1.chance
          : $0.members.lexicographicallyPrecedes($1.members)
      }
      var grown = false
      for set in found.sets.prefix(6) where tried.insert(set.members).inserted || !sure.isEmpty {
        let union = Set(best.members).union(set.members).sorted()
        if let larger = judge.judge(union, start: best.fit.orbit), isBetter(larger, best) {
          best = larger
          grown = true
          break
        }
      }
      if !grown { break }
    }
    return Result(arc: best, foreign: foreign)
  }

  /// Larger, and it still holds nearly all of what it held.
  private func isBetter(_ new: Arc, _ old: Arc) -> Bool {
    guard new.members.count > old.members.count, new.score > old.score else { return false }
    let kept = Set(new.members).intersection(old.members).count
    return 10 * kept >= 9 * old.members.count
  }

  private mutating func lookUp(_ arc: Arc, owner: [Int32]) -> Found {
    var found = Found()
    let own = Set(arc.members)
    let fitDays = arc.fit.orbit.epoch.days(since: detections.reference)
    let ownIndex = owner[Int(arc.members[0])]
    let track = arc.underAllForces ? forces?.track(of: arc.fit.orbit, sky) : nil
    for (index, block) in sky.blocks.enumerated() {
      let moved: (state: StateVector, transition: StateTransitionMatrix)
      if let track {
        guard let (state, transition) = track[index] else { continue }
        moved = (state, transition)
      } else {
        moved = TwoBody.propagateWithTransition(arc.fit.orbit.state, days: block.time - fitDays)
      }
      let expected = ExpectedPlace(arc, moved, observer: block.observer, sun: block.sun)
      let sigma = expected.largestSigma
      guard sigma < ArcExtender.largestSigma else { continue }
      var inBlock: [(chance: Double, detection: Int32)] = []
      let motion = expected.place.offsetRate.norm / expected.place.topocentricAU
      let reach = 4 * sigma + 1e-5
      near.removeAll(keepingCapacity: true)
      sky.collect(
        block, within: reach + motion * block.halfDays * 1.5 + 0.002,
        of: expected.place.direction, into: &near)
      for index in near {
        let frame = sky.frames[Int(index)]
        let gap = abs(frame.time - block.time)
        let coarse = frame.radius + reach + motion * gap * 1.5 + 0.002
        let chord = (frame.centre - expected.place.direction).squaredNorm
        guard chord < coarse * coarse else { continue }
        search(
          frame, expected, block, reach: reach, own: own, owner: owner, ownIndex: ownIndex,
          &inBlock, &found.foreign)
      }
      group(inBlock, &found)
    }
    return found
  }

  private mutating func search(
    _ frame: Frame, _ expected: ExpectedPlace, _ block: SkyBlock, reach: Double,
    own: Set<Int32>, owner: [Int32], ownIndex: Int32,
    _ inBlock: inout [(chance: Double, detection: Int32)], _ foreign: inout [Int32]
  ) {
    let first = detections.observation(Int(frame.detections[0]))
    let moved = expected.state.movedShortArc(days: frame.time - block.time)
    let place = PredictedPlace(
      object: moved + first.sun, sun: first.sun, observer: first.observer)
    // From the block's time to the frame's the way is that about the Sun.
    let bend = EarthPull.bend(
      days: frame.time - block.time, range: expected.place.topocentricAU)
    hits.removeAll(keepingCapacity: true)
    frame.collect(within: reach + 4 * bend, of: place.direction, detections, into: &hits)
    guard !hits.isEmpty else { return }
    let radius = max(frame.radius, 0.5 * Angle.degree)
    let density = Double(frame.detections.count) / (.pi * radius * radius)
    for hit in hits where !own.contains(hit) {
      let i = Int(hit)
      let sigma = detections.sigma[i] + bend
      let chi = expected.chiSquare(detections.direction[i] - place.direction, sigma: sigma)
      guard chi < ArcExtender.gate else { continue }
      let chance = .pi * ArcExtender.gate * expected.area(sigma: sigma) * density
      if owner[i] >= 0 && owner[i] != ownIndex {
        if chance < 1 { foreign.append(hit) }
      } else {
        inBlock.append((chance, hit))
      }
    }
  }

  /// Sure detections alone; unsure ones by the tracklets that are wholly there.
  private func group(_ hits: [(chance: Double, detection: Int32)], _ found: inout Found) {
    guard !hits.isEmpty else { return }
    let there = Set(hits.map(\.detection))
    var seen: Set<Int32> = []
    for hit in hits {
      if hit.chance < ArcExtender.chanceSingle {
        found.sets.append((hit.chance, [hit.detection]))
      } else if hit.chance < ArcExtender.chanceTracklet {
        for tracklet in sky.tracklets(of: hit.detection) where seen.insert(tracklet).inserted {
          let members = Array(table.members(of: Int(tracklet)))
          guard members.allSatisfy({ there.contains($0) }) else { continue }
          found.sets.append((hit.chance, members))
        }
      }
    }
  }
}
