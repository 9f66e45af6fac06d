import Foundation

public import Astro

/// The Minimum Orbit Intersection Distance: how near two conics about the Sun come to each other,
/// wherever on them the bodies are.
public struct MOID: Hashable, Sendable {
  /// The distance [au].
  public let distanceAU: Double
  /// True anomaly of the nearest point on the first orbit [rad], -π…π.
  public let trueAnomalyRad: Double
  /// True anomaly of the nearest point on the second orbit [rad], -π…π.
  public let otherTrueAnomalyRad: Double

  /// Both conics are cut into arcs; two arcs are at least as far apart as their chords less how far
  /// the arcs bulge over them. Pairs that can't hold the least distance are dropped, the others
  /// halved, until nothing nearer by more than 1e-9 au than what Newton's method found can exist:
  /// no critical point is missed, however close two of them lie.
  ///
  /// - Parameters:
  ///   - orbit: any conic.
  ///   - other: an ellipse; any conic if `orbit` is an ellipse.
  /// - Accuracy: 1e-9 au by construction, usually rounding.
  /// - Complexity: 10 to 30 µs; a few milliseconds for orbits that stay at one distance all along.
  /// - Returns: nil when both are open, or one is not finite or has q ≤ 0 or e < 0.
  public init?(_ orbit: KeplerianElements, _ other: KeplerianElements) {
    guard orbit.isConic, other.isConic, min(orbit.eccentricity, other.eccentricity) < 1 else {
      return nil
    }
    var search = MOIDSearch(orbit, other)
    let found = search.minimum()
    distanceAU = found.distance
    trueAnomalyRad = search.first.trueAnomaly(at: found.s1)
    otherTrueAnomalyRad = search.second.trueAnomaly(at: found.s2)
  }
}

extension KeplerianElements {
  /// Whether the elements describe a conic at all.
  public var isConic: Bool {
    perihelionAU > 0 && perihelionAU.isFinite && eccentricity >= 0 && eccentricity.isFinite
      && inclinationRad.isFinite && nodeRad.isFinite && argPeriRad.isFinite
  }

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
  /// The osculating orbit of a planet about the Sun, by the Sun's mass alone and with the Earth
  /// for itself, not its barycentre with the Moon: the orbits that JPL's Small-Body Database takes
  /// for MOIDs. The Earth's carries its monthly swing (12 m/s); one by the barycentre would give
  /// MOIDs that differ by up to 1e-3 au.
  public func elements(
    of body: Body, at epoch: Epoch<TDB>, gravity: GravityConstants
  ) throws(DynamicsError) -> KeplerianElements? {
    let state = try state(of: body, at: epoch) - state(of: .sun, at: epoch)
    return KeplerianElements(
      Orbit(epoch: epoch, state: state, origin: .sun), gm: gravity.gm(of: .sun))
  }
}
