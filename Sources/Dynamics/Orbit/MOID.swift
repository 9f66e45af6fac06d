import Foundation

public import Astro

/// The Minimum Orbit Intersection Distance: how near two conics about the Sun come to each other,
/// wherever on them the bodies are.
public struct MOID: Hashable, Sendable {
  /// The distance [au].
  public let distanceAU: Double
  /// True anomaly of the nearest point on the first orbit [rad], -π…π.
  public let trueAnomalyRad: Double

  /// - Parameters:
  ///   - orbit: any conic.
  ///   - planet: an ellipse of small eccentricity (tested to Pluto's).
  /// - Accuracy: 1e-9 au. For each of 720 points of the orbit the nearest point of the planet's
  ///   ellipse is found by Newton's method; the minima of this distance are then refined.
  /// - Complexity: about 100 µs.
  /// - Returns: nil when the planet's orbit is no ellipse.
  public init?(_ orbit: KeplerianElements, _ planet: KeplerianElements) {
    guard planet.eccentricity < 0.3, planet.perihelionAU > 0, orbit.perihelionAU > 0 else {
      return nil
    }
    var search = MOIDSearch(orbit, planet)
    (distanceAU, trueAnomalyRad) = search.minimum()
  }
}

/// Both orbits in the frame of the planet's: its perihelion is x, its pole z.
private struct MOIDSearch {
  /// Of the planet's ellipse.
  private let a: Double
  private let b: Double
  private let focus: Double
  /// Perihelion direction of the orbit and the direction 90° ahead, in the planet's frame.
  private let toward: Vector3
  private let ahead: Vector3
  private let latusRectum: Double
  private let e: Double
  private let reach: Double
  /// Eccentric anomaly of the nearest point that was found last: the next one is not far.
  private var anomaly = 0.0

  private static let points = 720

  init(_ orbit: KeplerianElements, _ planet: KeplerianElements) {
    a = planet.semiMajorAxisAU
    b = a * (1 - planet.eccentricity * planet.eccentricity).squareRoot()
    focus = a * planet.eccentricity
    let (p, q) = orbit.perifocalAxes
    let (planetP, planetQ) = planet.perifocalAxes
    let frame = Matrix3(planetP, planetQ, planetP.cross(planetQ))
    toward = frame * p
    ahead = frame * q
    latusRectum = orbit.perihelionAU * (1 + orbit.eccentricity)
    e = orbit.eccentricity
    // Beyond this no point can be nearer than the perihelion is to the ellipse.
    let nearest = orbit.perihelionAU + a + focus
    let far = a + focus + nearest
    let cosine = (latusRectum / far - 1) / max(e, 1e-300)
    reach = cosine <= -1 ? .pi : acos(min(1, cosine))
  }

  /// Distance of a point of the orbit from the planet's ellipse.
  private mutating func distance(_ f: Double) -> Double {
    let c = cos(f)
    let r = latusRectum / (1 + e * c)
    let point = toward * (r * c) + ahead * (r * sin(f))
    let x = point.x + focus
    for _ in 0..<30 {
      let (s, k) = (sin(anomaly), cos(anomaly))
      // Half the derivative of the squared distance, and the derivative of that.
      let slope = (x - a * k) * a * s + (b * s - point.y) * b * k
      let bend = a * a * s * s + (x - a * k) * a * k + b * b * k * k - (b * s - point.y) * b * s
      let change = bend > 0 ? slope / bend : (slope > 0 ? 0.5 : -0.5)
      anomaly -= min(max(change, -0.5), 0.5)
      if abs(change) < 1e-12 { break }
    }
    let (dx, dy) = (x - a * cos(anomaly), point.y - b * sin(anomaly))
    return (dx * dx + dy * dy + point.z * point.z).squareRoot()
  }

  mutating func minimum() -> (distance: Double, anomaly: Double) {
    let isClosed = reach >= .pi
    let count = MOIDSearch.points
    let step = 2 * reach / Double(count)
    anomaly = start(-reach)
    var values: [Double] = []
    var anomalies: [Double] = []
    values.reserveCapacity(count + 1)
    anomalies.reserveCapacity(count + 1)
    for k in 0...count {
      values.append(distance(-reach + Double(k) * step))
      anomalies.append(anomaly)
    }
    let lowest = values.min() ?? .infinity
    var best = (distance: Double.infinity, anomaly: 0.0)
    for k in 0...count {
      let before = k > 0 ? values[k - 1] : isClosed ? values[count - 1] : .infinity
      let after = k < count ? values[k + 1] : isClosed ? values[1] : .infinity
      guard values[k] <= before, values[k] <= after else { continue }
      // Between samples the distance can fall by less than one spacing of them.
      let f = -reach + Double(k) * step
      let r = latusRectum / (1 + e * cos(f))
      let slant = r * e * sin(f) / latusRectum
      let spacing = 2 * r * (1 + slant * slant).squareRoot() * step
      guard values[k] - spacing <= lowest else { continue }
      anomaly = anomalies[k]
      let found = refine(f, step)
      if found.distance < best.distance { best = found }
    }
    return (best.distance, Angle.wrapSigned(best.anomaly))
  }

  /// Longitude of a point of the orbit, as a first anomaly on the planet's nearly round ellipse.
  private func start(_ f: Double) -> Double {
    let point = toward * cos(f) + ahead * sin(f)
    return atan2(point.y, point.x)
  }

  /// Golden section between the neighbours of a sample.
  private mutating func refine(_ f: Double, _ step: Double) -> (distance: Double, anomaly: Double) {
    let ratio = 0.6180339887498949
    var (low, high) = (f - step, f + step)
    var (x1, x2) = (high - ratio * (high - low), low + ratio * (high - low))
    var (y1, y2) = (distance(x1), distance(x2))
    for _ in 0..<45 {
      if y1 < y2 {
        (high, x2, y2) = (x2, x1, y1)
        x1 = high - ratio * (high - low)
        y1 = distance(x1)
      } else {
        (low, x1, y1) = (x1, x2, y2)
        x2 = low + ratio * (high - low)
        y2 = distance(x2)
      }
    }
    return y1 < y2 ? (y1, x1) : (y2, x2)
  }
}

extension KeplerianElements {
  /// Unit vectors to the perihelion and 90° ahead of it in the plane of the orbit, ecliptic J2000.
  var perifocalAxes: (toward: Vector3, ahead: Vector3) {
    let (sinNode, cosNode) = (sin(nodeRad), cos(nodeRad))
    let (sinPeri, cosPeri) = (sin(argPeriRad), cos(argPeriRad))
    let (sinIncl, cosIncl) = (sin(inclinationRad), cos(inclinationRad))
    return (
      Vector3(
        cosNode * cosPeri - sinNode * sinPeri * cosIncl,
        sinNode * cosPeri + cosNode * sinPeri * cosIncl, sinPeri * sinIncl),
      Vector3(
        -cosNode * sinPeri - sinNode * cosPeri * cosIncl,
        -sinNode * sinPeri + cosNode * cosPeri * cosIncl, cosPeri * sinIncl)
    )
  }
}

extension Ephemeris {
  /// The osculating orbit of a planet about the Sun; that of the Earth is the one of the
  /// Earth-Moon barycentre, since the monthly swing is not the orbit.
  public func elements(
    of body: Body, at epoch: Epoch<TDB>, gravity: GravityConstants
  ) throws(DynamicsError) -> KeplerianElements? {
    let moving = body == .earth ? Body.earthMoonBarycenter : body
    let state = try state(of: moving, at: epoch) - state(of: .sun, at: epoch)
    return KeplerianElements(
      Orbit(epoch: epoch, state: state, origin: .sun),
      gm: gravity.gm(of: .sun) + gravity.gm(of: moving))
  }
}
