public import Astro
import Astrometry
public import Dynamics
import Foundation

/// Where an object may be at one moment: not an ellipse, but the places of all its likely orbits, and
/// what lies near enough to them.
///
/// A place belongs to the region of a probability when its fifth nearest sample is no farther than that
/// of so many of the samples themselves. If the truth is one more sample, it lies within with that
/// probability, whatever the region's shape (conformal prediction: Lei & Wasserman 2014, J. R. Stat.
/// Soc. B 76, 71).
public struct SkyRegion: Sendable {
  public let epoch: Epoch<TDB>
  /// Directions of equally likely orbits, ICRF.
  public let directions: [Vector3]
  /// The middle: the direction with the least sum of distances, of the samples'.
  public let centre: Vector3
  /// Samples in units of the region's width in two axes.
  private let east: [Double]
  private let north: [Double]
  private let frame: Frame
  /// Rising: distances of samples to their fifth nearest.
  private let spacings: [Double]
  static let neighbour = 5

  private struct Frame: Sendable {
    var east: Vector3
    var north: Vector3
    var centre: Vector3
    /// Rotation to the long axis, and widths along and across [rad].
    var c: Double
    var s: Double
    var long: Double
    var short: Double

    func scaled(_ u: Vector3) -> (Double, Double) {
      let depth = max(u.dot(centre), 0.05)
      let (x, y) = (u.dot(east) / depth, u.dot(north) / depth)
      return ((c * x + s * y) / long, (c * y - s * x) / short)
    }
  }

  /// - Parameter directions: unit vectors, at least ten.
  public init?(epoch: Epoch<TDB>, directions: [Vector3]) {
    guard directions.count >= 10 else { return nil }
    self.epoch = epoch
    self.directions = directions
    centre = SkyRegion.middle(directions)
    frame = SkyRegion.frame(directions, centre)
    let places = directions.map(frame.scaled)
    east = places.map(\.0)
    north = places.map(\.1)
    var found: [Double] = []
    found.reserveCapacity(directions.count)
    for k in directions.indices {
      found.append(SkyRegion.spacing(east, north, places[k].0, places[k].1, skipping: k))
    }
    spacings = found.sorted()
  }

  /// The least probability of a region that holds a place.
  public func level(of direction: Vector3) -> Double {
    let (x, y) = frame.scaled(direction)
    let d = SkyRegion.spacing(east, north, x, y, skipping: -1)
    var (low, high) = (0, spacings.count)
    while low < high {
      let middle = (low + high) / 2
      if spacings[middle] < d { low = middle + 1 } else { high = middle }
    }
    return Double(low) / Double(spacings.count + 1)
  }

  /// Radius of the circle about the centre that holds this part of the samples [rad].
  public func radius(_ part: Double) -> Double {
    let angles = directions.map { $0.angle(to: centre) }.sorted()
    let index = Int((part * Double(angles.count)).rounded(.up)) - 1
    return angles[max(0, min(angles.count - 1, index))]
  }

  /// Semi-axes that hold two thirds of the samples each way [rad], and the position angle of the long
  /// one [rad].
  public var axes: (long: Double, short: Double, angle: Double) {
    (
      frame.long, frame.short,
      Angle.wrapPositive(atan2(frame.c, frame.s)).truncatingRemainder(dividingBy: .pi)
    )
  }

  static func middle(_ directions: [Vector3]) -> Vector3 {
    let sum = directions.reduce(Vector3.zero, +)
    guard let first = directions.first else { return Vector3(1, 0, 0) }
    var u = sum.norm > 0 ? sum.unit : first
    // Weiszfeld's iteration: not drawn by the far tail.
    for _ in 0..<12 {
      var total = Vector3.zero
      for d in directions { total += d * (1 / max((d - u).norm, 1e-7)) }
      guard total.norm > 0 else { break }
      u = total.unit
    }
    return u
  }

  private static func frame(_ directions: [Vector3], _ centre: Vector3) -> Frame {
    let pole = abs(centre.z) < 0.999 ? Vector3(0, 0, 1) : Vector3(1, 0, 0)
    let east = pole.cross(centre).unit
    let north = centre.cross(east)
    var frame = Frame(
      east: east, north: north, centre: centre, c: 1, s: 0, long: 1, short: 1)
    let plain = directions.map(frame.scaled)
    // Principal axes, each sample with a weight that falls with its distance.
    let scale = plain.map { ($0.0 * $0.0 + $0.1 * $0.1).squareRoot() }.sorted()[plain.count / 2]
    var (xx, xy, yy) = (0.0, 0.0, 0.0)
    for (x, y) in plain {
      let w = 1 / (1 + (x * x + y * y) / max(scale * scale, 1e-20))
      xx += w * x * x
      xy += w * x * y
      yy += w * y * y
    }
    let angle = 0.5 * atan2(2 * xy, xx - yy)
    (frame.c, frame.s) = (cos(angle), sin(angle))
    let turned = directions.map(frame.scaled)
    func width(_ values: [Double]) -> Double {
      // At least a hundredth of an arcsecond: all samples may coincide.
      max(values.map { abs($0) }.sorted()[values.count * 2 / 3], 0.01 * Angle.arcsecond)
    }
    (frame.long, frame.short) = (width(turned.map(\.0)), width(turned.map(\.1)))
    return frame
  }

  /// Distance to the fifth nearest sample.
  private static func spacing(
    _ east: [Double], _ north: [Double], _ x: Double, _ y: Double, skipping: Int
  ) -> Double {
    var nearest = SIMD8<Double>(repeating: .infinity)
    for k in east.indices where k != skipping {
      let (dx, dy) = (east[k] - x, north[k] - y)
      let d = dx * dx + dy * dy
      guard d < nearest[neighbour - 1] else { continue }
      var place = neighbour - 1
      while place > 0, nearest[place - 1] > d {
        nearest[place] = nearest[place - 1]
        place -= 1
      }
      nearest[place] = d
    }
    return nearest[neighbour - 1]
  }
}

/// Carries equally likely orbits to places on the sky: about the Sun alone, which is good to a part of the
/// region for months, unless the Earth is passed within its sphere of influence.
public struct RegionForecaster: Sendable {
  private let solarSystem: SolarSystem

  public init(_ solarSystem: SolarSystem) { self.solarSystem = solarSystem }

  /// - Parameter orbits: from ``Ranger/orbits(of:count:)``.
  /// - Throws: ``DynamicsError`` for an unknown observatory or a moment outside the ephemerides.
  public func region(
    _ orbits: [RangedOrbit], observatory: ObservatoryCode, at epoch: Epoch<TDB>
  ) throws(DynamicsError) -> SkyRegion? {
    let observer = try solarSystem.observer(observatory, at: epoch)
    let sun = try solarSystem.ephemeris.state(of: .sun, at: epoch)
    return SkyRegion(epoch: epoch, directions: directions(orbits, observer, sun, at: epoch))
  }

  func directions(
    _ orbits: [RangedOrbit], _ observer: StateVector, _ sun: StateVector, at epoch: Epoch<TDB>
  ) -> [Vector3] {
    var result: [Vector3] = []
    result.reserveCapacity(orbits.count)
    for orbit in orbits {
      let state = TwoBody.propagate(orbit.orbit.state, days: epoch.days(since: orbit.orbit.epoch))
      let place = PredictedPlace(object: state + sun, sun: sun, observer: observer)
      if place.direction.isFinite { result.append(place.direction) }
    }
    return result
  }
}
