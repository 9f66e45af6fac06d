import Astro
import Dynamics
import Foundation

/// Whether tracklets are where a pair's orbit goes, as far as its two ranges leave the place open:
/// eight at a time in single precision with some margin.
struct PlaceTest {
  /// Margins on χ², and on how much the open ranges spread the places of the slice.
  private static let limit = Float(1.3 * PairGrower.joinLimit)
  private static let spread = 1.2

  /// Object minus the slice's observer, its motion, and half of the Sun's pull.
  private let position: EightVectors
  private let velocity: EightVectors
  private let halfPull: EightVectors
  private let centre: EightVectors
  /// Axes of the ellipse that the ranges leave open, its variances along them and the variance
  /// beside it [rad²].
  private let long: EightVectors
  private let short: EightVectors
  private let longVariance: Float
  private let shortVariance: Float
  private let variance: Float

  /// - Parameters:
  ///   - base: the orbit at the slice's time, less the light's.
  ///   - direction: where it is seen then.
  ///   - byFirst, bySecond: change of the direction with each range's standard deviation.
  ///   - sigma: other errors of the place [rad].
  init(
    _ slice: TrackletSlice, _ base: StateVector, direction: Vector3, byFirst: Vector3,
    bySecond: Vector3, sigma: Double
  ) {
    let r2 = base.position.squaredNorm
    position = EightVectors(base.position - slice.observer)
    velocity = EightVectors(base.velocity)
    halfPull = EightVectors(
      base.position * (-0.5 * GravitationalParameter.sun / (r2 * r2.squareRoot())))
    centre = EightVectors(slice.centre)
    let plane = TangentPlane(at: direction)
    let (e1, n1) = (byFirst.dot(plane.east), byFirst.dot(plane.north))
    let (e2, n2) = (bySecond.dot(plane.east), bySecond.dot(plane.north))
    let angle =
      0.5 * atan2(2 * (e1 * n1 + e2 * n2), e1 * e1 + e2 * e2 - n1 * n1 - n2 * n2)
    let axis = cos(angle) * plane.east + sin(angle) * plane.north
    let aside = direction.cross(axis)
    func spread(_ axis: Vector3) -> Float {
      let (a, b) = (byFirst.dot(axis), bySecond.dot(axis))
      return Float(PlaceTest.spread * (a * a + b * b))
    }
    long = EightVectors(axis)
    short = EightVectors(aside)
    longVariance = spread(axis)
    shortVariance = spread(aside)
    variance = Float(sigma * sigma + 1e-14)
  }

  /// Those of eight that may be there.
  @inline(__always)
  func mayBelong(_ b: SliceMotions.Eight) -> SIMDMask<SIMD8<Int32>> {
    let way = position + (velocity + halfPull * b.time) * b.time - b.observer
    let range = way.dot(way).squareRoot()
    let offset = b.direction - (way * (1 / range) - centre)
    let along = offset.dot(long)
    let across = offset.dot(short)
    let own = variance + b.directionVariance
    let squares =
      along * along / (own + longVariance) + across * across / (own + shortVariance)
    return squares .<= PlaceTest.limit
  }
}
