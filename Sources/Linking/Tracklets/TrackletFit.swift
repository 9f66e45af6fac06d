import Astro
import Foundation

/// The line through detections of one night: position, rate and (bounded) acceleration in an
/// equidistant projection about their mean direction, where a great circle at constant rate is a
/// straight line.
struct TrackletFit {
  let tracklet: Tracklet
  /// Largest residual of a detection [standard deviations], and which one it is.
  let worst: Double
  let worstMember: Int

  /// - Parameters:
  ///   - members: at least two detections of different times, ascending in time.
  /// - Returns: nil when all times are equal.
  init?(_ members: [Int32], _ detections: SortedDetections) {
    var weightSum = 0.0
    var time = 0.0
    var mean = Vector3.zero
    for m in members {
      let i = Int(m)
      let w = 1 / (detections.sigma[i] * detections.sigma[i])
      weightSum += w
      time += w * detections.time[i]
      mean += w * detections.direction[i]
    }
    guard let first = members.first, let last = members.last,
      detections.time[Int(last)] > detections.time[Int(first)], mean.squaredNorm > 0
    else { return nil }
    time /= weightSum
    let plane = TangentPlane(at: mean.unit)
    let separation = detections.direction[Int(first)].angle(to: detections.direction[Int(last)])
    let span = detections.time[Int(last)] - detections.time[Int(first)]
    let limit = TrackletFit.accelerationLimit(rate: separation / span)

    guard let line = LineOperator(members, detections, time, accelerationSigma: limit / 2)
    else { return nil }
    var coefficients = (x: Vector3.zero, y: Vector3.zero)
    var observer = Vector3.zero
    var observerVelocity = Vector3.zero
    for m in members {
      let i = Int(m)
      let c = line.weights(detections.time[i] - time, detections.sigma[i])
      let (x, y) = plane.project(detections.direction[i])
      coefficients.x += c * x
      coefficients.y += c * y
      observer += c.x * detections.observer[i]
      observerVelocity += c.y * detections.observer[i]
    }
    var worst = -1.0
    var worstMember = 0
    for (k, m) in members.enumerated() {
      let i = Int(m)
      let tau = detections.time[i] - time
      let shape = Vector3(1, tau, tau * tau / 2)
      let (x, y) = plane.project(detections.direction[i])
      let dx = x - coefficients.x.dot(shape)
      let dy = y - coefficients.y.dot(shape)
      let normalised = (dx * dx + dy * dy).squareRoot() / detections.sigma[i]
      if normalised > worst {
        worst = normalised
        worstMember = k
      }
    }
    self.worst = worst
    self.worstMember = worstMember
    let direction = plane.direction(coefficients.x.x, coefficients.y.x)
    let rate = coefficients.x.y * plane.east + coefficients.y.y * plane.north
    tracklet = Tracklet(
      time: time, direction: direction, rate: rate - direction * rate.dot(direction),
      observer: observer, observerVelocity: observerVelocity,
      sigmaDirection: line.sigmaPosition, sigmaRate: line.sigmaRate, firstMember: 0,
      memberCount: Int32(members.count), night: Int32(clamping: detections.night[Int(first)]))
  }

  /// Largest angular acceleration that an object of this rate may show [rad/d²].
  ///
  /// The observer's rotation gives 8.8″/ρ × (2π/d)² = 347″/ρ a day², and an object at ρ au moves
  /// by about 0.005/ρ rad a day or more: 0.34 a day times the rate. Near the Earth the direction's
  /// own turning adds about the square of the rate.
  static func accelerationLimit(rate: Double) -> Double {
    0.34 * max(rate, 4e-4) + rate * rate
  }
}

/// Weighted least squares for position, rate and acceleration, the same for each coordinate; the
/// acceleration has a prior of zero, so that two detections give their chord.
private struct LineOperator {
  private let row0: Vector3
  private let row1: Vector3
  private let row2: Vector3
  var sigmaPosition: Double { row0.x.squareRoot() }
  var sigmaRate: Double { row1.y.squareRoot() }

  init?(
    _ members: [Int32], _ detections: SortedDetections, _ time: Double, accelerationSigma: Double
  ) {
    var s0 = 0.0
    var s1 = 0.0
    var s2 = 0.0
    var s3 = 0.0
    var s4 = 0.0
    for m in members {
      let i = Int(m)
      let tau = detections.time[i] - time
      let w = 1 / (detections.sigma[i] * detections.sigma[i])
      s0 += w
      s1 += w * tau
      s2 += w * tau * tau
      s3 += w * tau * tau * tau / 2
      s4 += w * tau * tau * tau * tau / 4
    }
    let half = s2 / 2
    s4 += 1 / (accelerationSigma * accelerationSigma)
    // Inverse of the symmetric matrix by cofactors.
    let c00 = s2 * s4 - s3 * s3
    let c01 = s3 * half - s1 * s4
    let c02 = s1 * s3 - s2 * half
    let determinant = s0 * c00 + s1 * c01 + half * c02
    guard determinant > 0, determinant.isFinite else { return nil }
    let k = 1 / determinant
    let c11 = s0 * s4 - half * half
    let c12 = s1 * half - s0 * s3
    let c22 = s0 * s2 - s1 * s1
    row0 = Vector3(c00 * k, c01 * k, c02 * k)
    row1 = Vector3(c01 * k, c11 * k, c12 * k)
    row2 = Vector3(c02 * k, c12 * k, c22 * k)
    guard row0.x > 0, row1.y > 0 else { return nil }
  }

  /// What one detection contributes to position, rate and acceleration, times its coordinate.
  func weights(_ tau: Double, _ sigma: Double) -> Vector3 {
    let shape = Vector3(1, tau, tau * tau / 2) * (1 / (sigma * sigma))
    return Vector3(row0.dot(shape), row1.dot(shape), row2.dot(shape))
  }
}

/// The equidistant projection about a direction.
struct TangentPlane {
  let centre: Vector3
  let east: Vector3
  let north: Vector3

  init(at centre: Vector3) {
    self.centre = centre
    // Any axis across will do; the one least along the direction is safe at the poles.
    let axis = abs(centre.z) < 0.9 ? Vector3(0, 0, 1) : Vector3(1, 0, 0)
    east = axis.cross(centre).unit
    north = centre.cross(east)
  }

  func project(_ direction: Vector3) -> (Double, Double) {
    let x = direction.dot(east)
    let y = direction.dot(north)
    let sine = (x * x + y * y).squareRoot()
    guard sine > 1e-9 else { return (x, y) }
    let k = atan2(sine, direction.dot(centre)) / sine
    return (x * k, y * k)
  }

  func direction(_ x: Double, _ y: Double) -> Vector3 {
    (centre + east * x + north * y).unit
  }
}
