import Astro
import Astrometry
import Foundation

/// Matches the detections of one exposure to the objects predicted for it, by covariance.
///
/// A pair is a candidate within a radius and a χ² limit. Its weight against the detection being
/// something else is p_d N(offset; 0, C) / ρ times the likelihood of its magnitude
/// (``MagnitudeModel``). That is the prior: an object is detected with p_d, and detections that
/// are no known object have the density ρ, that of this exposure's or ``leastDensity``. C holds the
/// orbit's covariance, the bending of a wide one (``curvature``), and the detection's own. The
/// probability lets detections compete for an object and objects for a detection (Fitzgerald 1986,
/// "Development of practical PDA logic for multitarget tracking by microprocessor", American
/// Control Conference: w_ij / (Σ_i w + Σ_j w − w_ij + 1)).
public struct Matcher: Sendable {
  /// Candidates are no further from the predicted place than this, or than five standard
  /// deviations of it up to ``widestRad`` [rad].
  public var radiusRad = 10 * Angle.arcsecond
  public var widestRad = 300 * Angle.arcsecond
  /// Nor at a χ² over this: 25 leaves out 4 in a million true ones.
  public var chi2Limit = 25.0
  /// What a predicted place without covariance is taken to be good for, one σ in each axis [rad].
  public var sigmaWithoutCovarianceRad = 1 * Angle.arcsecond
  /// Added to every pair: time stamps, star catalog, light curve centre [rad].
  public var floorRad = 0.05 * Angle.arcsecond
  /// How far the line of an object's possible places bends away from a great circle [1/rad]: a
  /// small circle at 45° from its pole has 1. An offset of σ along the line is ½ κ σ² off it, which
  /// the covariance, being linear, doesn't know.
  public var curvature = 1.0
  /// That an object which should be there is detected.
  public var detectionProbability = 0.9
  /// How magnitudes differ from predicted ones.
  public var magnitudes = MagnitudeModel()
  /// Unrelated detections are at least this dense [1/sr]: an exposure may have been picked over.
  /// 1000 a square degree is an LSST visit's 10,000 alerts.
  public var leastDensity = 1_000 / (Angle.degree * Angle.degree)
  /// Fewer detections than a field's say nothing about density: those of one LSST detector [sr].
  private let leastArea = 0.05 * Angle.degree * Angle.degree

  public init() {}

  /// - Parameters:
  ///   - detections: of one exposure.
  ///   - objects: predicted for the same moment.
  ///   - fieldAreaSr: sky that the detections lie in, for their density.
  /// - Returns: for each detection its candidates, most probable first.
  /// - Complexity: pairs are found by declination, then right ascension: near O(n log n).
  public func match(
    _ detections: [MatchInput], _ objects: [PredictedObject], fieldAreaSr: Double
  ) -> [[Association]] {
    var pairs: [[Association]] = Array(repeating: [], count: detections.count)
    // Few objects have wide reaches: apart, they don't make the search wide for all others.
    let reaches = objects.map(reach)
    let narrow = HeightIndex(objects, objects.indices.filter { reaches[$0] <= radiusRad }, reaches)
    let wide = HeightIndex(objects, objects.indices.filter { reaches[$0] > radiusRad }, reaches)
    for (index, detection) in detections.enumerated() {
      for order in [narrow, wide] {
        order.forEachNear(detection.direction) { object in
          let pair = associate(detection, objects[object], object)
          if pair.chi2 <= chi2Limit { pairs[index].append(pair) }
        }
      }
    }
    rankDistances(&pairs, objectCount: objects.count)
    weigh(&pairs, detections, objects, fieldAreaSr: fieldAreaSr)
    for index in pairs.indices {
      pairs[index].sort { ($0.probability, -$0.chi2) > ($1.probability, -$1.chi2) }
      for rank in pairs[index].indices { pairs[index][rank].rank = rank + 1 }
    }
    return pairs
  }

  private func reach(_ object: PredictedObject) -> Double {
    let sigma = object.covariance?.ellipse.major ?? 0
    return max(radiusRad, min(widestRad, 5 * sigma))
  }

  private func associate(
    _ detection: MatchInput, _ object: PredictedObject, _ index: Int
  ) -> Association {
    let (east, north) = object.place.tangents
    // Gnomonic at the predicted place: offsets of arcseconds are exact to 1e-9 of themselves.
    let scale = 1 / detection.direction.dot(object.place.direction)
    let dRa = detection.direction.dot(east) * scale
    let dDec = detection.direction.dot(north) * scale
    let covariance = combined(detection, object)
    let motion = object.motionDirection
    return Association(
      object: index, offsetRa: dRa, offsetDec: dDec,
      along: dRa * motion.east + dDec * motion.north,
      across: dDec * motion.east - dRa * motion.north,
      sigmaAlong: covariance.variance(east: motion.east, north: motion.north).squareRoot(),
      sigmaAcross: covariance.variance(east: -motion.north, north: motion.east).squareRoot(),
      chi2: covariance.chi2(ra: dRa, dec: dDec),
      magnitudeOffset: detection.magnitudeV.flatMap { measured in
        object.magnitudeV.map { measured - $0 }
      })
  }

  private func combined(_ detection: MatchInput, _ object: PredictedObject) -> SkyCovariance {
    let predicted = object.covariance ?? .round(sigmaRad: sigmaWithoutCovarianceRad)
    // ⟨(½ κ x²)²⟩ of a normal x is ¾ κ² σ⁴: nothing for a known orbit (1 mas at 100″), a minute of
    // arc for one lost by a degree, so that a stale object doesn't claim all along a thin line.
    let major = predicted.ellipse.major
    let bend = 0.75.squareRoot() * curvature * major * major
    return detection.covariance + .round(sigmaRad: (floorRad * floorRad + bend * bend).squareRoot())
      + predicted
  }

  private func rankDistances(_ pairs: inout [[Association]], objectCount: Int) {
    var separations: [[Double]] = Array(repeating: [], count: objectCount)
    for list in pairs { for pair in list { separations[pair.object].append(pair.separation) } }
    for index in pairs.indices {
      for entry in pairs[index].indices {
        let pair = pairs[index][entry]
        pairs[index][entry].distanceRank =
          1 + separations[pair.object].count { $0 < pair.separation }
      }
    }
  }

  /// Detections that are no object's candidates, for each steradian. Candidates count for nothing
  /// here: near the ecliptic most detections are asteroids.
  private func unrelatedDensity(_ pairs: [[Association]], _ fieldAreaSr: Double) -> Double {
    let unrelated = pairs.count { $0.isEmpty }
    return max(leastDensity, Double(unrelated) / max(fieldAreaSr, leastArea))
  }

  private func weigh(
    _ pairs: inout [[Association]], _ detections: [MatchInput], _ objects: [PredictedObject],
    fieldAreaSr: Double
  ) {
    let density = unrelatedDensity(pairs, fieldAreaSr)
    var ofObject = Array(repeating: 0.0, count: objects.count)
    for index in pairs.indices {
      for entry in pairs[index].indices {
        let pair = pairs[index][entry]
        let det = combined(detections[index], objects[pair.object]).determinant
        let weight =
          detectionProbability * exp(-0.5 * pair.chi2) / (2 * .pi * det.squareRoot()) / density
          * magnitudes.likelihoodRatio(
            offset: pair.magnitudeOffset, sigma: detections[index].magnitudeSigma)
        pairs[index][entry].probability = weight
        ofObject[pair.object] += weight
      }
    }
    for index in pairs.indices {
      let ofDetection = pairs[index].reduce(0) { $0 + $1.probability }
      for entry in pairs[index].indices {
        let weight = pairs[index][entry].probability
        let rivals = ofDetection + ofObject[pairs[index][entry].object] - weight
        pairs[index][entry].probability = weight / (1 + rivals)
      }
    }
  }
}

/// Objects by the z of their direction: those near a place are found by halving.
private struct HeightIndex {
  private let objects: [Int]
  private let directions: [Vector3]
  /// Squared chord of each object's reach.
  private let limits: [Double]
  private let longest: Double

  init(_ all: [PredictedObject], _ chosen: [Int], _ reaches: [Double]) {
    let all = all.map(\.place.direction)
    objects = chosen.sorted { (all[$0].z, $0) < (all[$1].z, $1) }
    directions = objects.map { all[$0] }
    limits = objects.map { index in
      let chord = 2 * sin(0.5 * min(.pi, reaches[index]))
      return chord * chord
    }
    // The z of unit vectors closer than a reach differs by less than it.
    longest = objects.reduce(0) { max($0, reaches[$1]) }
  }

  func forEachNear(_ place: Vector3, _ body: (Int) -> Void) {
    var at = lowerBound(of: place.z - longest)
    while at < objects.count, directions[at].z <= place.z + longest {
      if (directions[at] - place).squaredNorm <= limits[at] { body(objects[at]) }
      at += 1
    }
  }

  /// Index of the first direction whose z is not below a value.
  private func lowerBound(of value: Double) -> Int {
    var low = 0
    var high = directions.count
    while low < high {
      let middle = (low + high) / 2
      if directions[middle].z < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
