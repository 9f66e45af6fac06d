import Astro
import Astrometry
import Dynamics
import Foundation

/// Systematic ranging: every orbit that a tracklet may have, weighed by how many bodies there are of
/// it.
///
/// At each distance and radial speed the observations fix place and motion on the sky within their
/// errors (Milani et al. 2004, A&A 428, 737; Farnocchia, Chesley & Micheli 2015, Icarus 258, 18). The
/// weight of an orbit is the density of bodies in phase space at its (q, e, i, H)
/// (``PopulationModel``), times the volume of phase space that a grid point stands for (ρ⁴ dρ dρ̇ by
/// the square of the errors of motion), times exp(−χ²/2) of the observations, in which curvature and
/// parallax within the arc tell near from far. So the sums of weights are posterior probabilities.
///
/// The grid is laid twice or more often: evenly first, then finer where the first found weight. Errors
/// of motion are sampled by a low-discrepancy sequence: same observations, same bits.
/// - Complexity: about 6,000 orbits, 0.5 ms, for a tracklet of four observations.
public struct Ranger {
  let model: PopulationModel
  var samples: [RangingSample] = []
  /// Which cells and bins of H were reached, by the number of the tracklet that reached them last.
  var visited: [Int32]
  var generation: Int32 = 0
  /// Sums of score values reached: of all, and of near-Earth ones.
  var scoreAll = 0.0
  var scoreNear = 0.0
  /// Of the last grid.
  var leastChiSquare = 0.0

  public init(model: PopulationModel) {
    self.model = model
    visited = Array(repeating: 0, count: model.scoreValues.count)
  }

  static let nearest = log(2e-5)
  static let farthest = log(120.0)
  static let bins = 64
  /// Orbits of the first grid and of the finer ones: distances, speeds at each.
  private static let coarse = (56, 24)
  private static let fine = (112, 32)
  /// With a narrow ridge at most; where the points have weight at once.
  private static let mostRounds = 14
  private static let plainRounds = 3
  /// Enough independent orbits for the probabilities' second digit.
  private static let enough = 100.0

  /// What a tracklet is. One that has no motion has a verdict and no probabilities.
  public mutating func assess(_ tracklet: Tracklet) -> Assessment {
    var frame = TrackletFrame(tracklet)
    guard frame.hasMotion else {
      return Assessment(
        tracklet, verdict: .noMotion(observations: tracklet.observations.count))
    }
    range(&frame, magnitude: tracklet.magnitudeV)
    return Assessment(tracklet, frame: frame, samples: samples, score: score)
  }

  /// 100 × near-Earth over all, by the square roots of counts in the cells that orbits reach.
  private var score: Double { scoreAll > 0 ? 100 * scoreNear / scoreAll : 0 }

  mutating func range(_ frame: inout TrackletFrame, magnitude: Double?) {
    var distances = Proposal(Ranger.nearest, Ranger.farthest, bins: Ranger.bins)
    var speeds = Proposal(0, 1, bins: Ranger.bins)
    beginScore()
    var temperature = layGrid(frame, magnitude, distances, speeds, Ranger.coarse, Slant())
    for round in 1..<Ranger.mostRounds {
      let slant = Slant(samples)
      let (d, v) = refinedRanges(slant)
      if temperature == 1 { frame.rescale(leastChiSquare) }
      distances = Proposal(
        d.0, d.1, bins: Ranger.bins, samples: samples, coordinate: .logDistance, even: 0.2)
      speeds = Proposal(
        v.0, v.1, bins: Ranger.bins, samples: samples, coordinate: .speedPart(slant), even: 0.2)
      // A narrow ridge: what earlier rounds reached is not what the observations allow.
      if round > 1 { beginScore() }
      temperature = layGrid(frame, magnitude, distances, speeds, Ranger.fine, slant)
      if temperature == 1, effectiveCount >= Ranger.enough { break }
      if temperature == 1, round >= Ranger.plainRounds { break }
    }
  }

  /// The parts of distances and of speeds about a slant that hold all weight, with a step more on either side.
  private func refinedRanges(_ slant: Slant) -> ((Double, Double), (Double, Double)) {
    let total = samples.totalWeight
    var d = (Double.infinity, -Double.infinity)
    var v = (Double.infinity, -Double.infinity)
    for k in samples.indices where samples[k].weight > 1e-8 * total {
      let s = samples[k]
      d.0 = min(d.0, s.logDistance - 1.2 * s.distanceSpacing)
      d.1 = max(d.1, s.logDistance + 1.2 * s.distanceSpacing)
      let part = s.speedPart - slant.value(s.logDistance)
      v.0 = min(v.0, part - 1.2 * s.speedSpacing)
      v.1 = max(v.1, part + 1.2 * s.speedSpacing)
    }
    guard d.0 < d.1, v.0 < v.1 else { return ((Ranger.nearest, Ranger.farthest), (0, 1)) }
    return ((max(Ranger.nearest, d.0), min(Ranger.farthest, d.1)), v)
  }

  /// Kish's effective number of samples.
  var effectiveCount: Double {
    var (sum, squares) = (0.0, 0.0)
    for k in samples.indices {
      let w = samples[k].weight
      sum += w
      squares += w * w
    }
    return squares > 0 ? sum * sum / squares : 0
  }

  mutating func beginScore() {
    generation &+= 1
    scoreAll = 0
    scoreNear = 0
  }
}
