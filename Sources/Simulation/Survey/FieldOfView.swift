package import Astro
import Foundation

/// The camera's field: LSSTCam's 189 detectors (21 rafts of 3 × 3), clipped to a circle.
///
/// Raft pitch 127 mm, detector pitch 42.25 mm, light-sensitive area 40.96 × 40.04 mm, 20″ a mm. The
/// gaps take about a tenth of the circle. Distortion is left out: this is about who falls into a gap.
package struct FieldOfView: Sendable {
  /// Radius of the circle.
  package static let radiusRad = 1.75 * Angle.degree
  private static let mmPerRad = 1 / (20 * Angle.arcsecond)
  private static let raftPitch = 127.0
  private static let detectorPitch = 42.25
  private static let halfWidth = 20.48
  private static let halfHeight = 20.02

  /// Centre of the field and, perpendicular to it, the camera's x and y axes on the sky.
  let center: Vector3
  let xAxis: Vector3
  let yAxis: Vector3

  package init(_ visit: Visit) {
    let ra = visit.raDeg * Angle.degree
    let dec = visit.decDeg * Angle.degree
    let turn = visit.rotationDeg * Angle.degree
    center = Vector3(raRad: ra, decRad: dec)
    // Written with RA and not with the cross product, which the poles have not.
    let east = Vector3(-sin(ra), cos(ra), 0)
    let north = center.cross(east)
    xAxis = east * cos(turn) - north * sin(turn)
    yAxis = east * sin(turn) + north * cos(turn)
  }

  /// A place on a detector.
  package struct Pixel: Hashable, Sendable {
    /// 0…188, raft by raft.
    package var detector: Int
    /// From the detector's lower left corner [pixel of 10 µm].
    package var x: Double
    package var y: Double
  }

  /// Where a direction falls on a detector; nil in a gap or outside.
  package func pixel(_ direction: Vector3) -> Pixel? {
    let depth = direction.dot(center)
    guard depth > Self.cosRadius else { return nil }
    guard
      let across = Self.slot(
        direction.dot(xAxis) / depth * Self.mmPerRad, half: Self.halfWidth),
      let up = Self.slot(direction.dot(yAxis) / depth * Self.mmPerRad, half: Self.halfHeight)
    else { return nil }
    let raftColumn = across.index / 3
    let raftRow = up.index / 3
    let outerRow = raftRow == 0 || raftRow == 4
    if outerRow && (raftColumn == 0 || raftColumn == 4) { return nil }
    // Rows hold 3, 5, 5, 5, 3 rafts; the first and last begin at the second column.
    let before = [0, 3, 8, 13, 18][raftRow]
    let raft = before + raftColumn - (outerRow ? 1 : 0)
    return Pixel(
      detector: raft * 9 + up.index % 3 * 3 + across.index % 3, x: across.offset * 100,
      y: up.offset * 100)
  }

  static let cosRadius = cos(radiusRad)

  /// The place 0…14 of a coordinate [mm] in the row of detectors along one axis, and how far it is
  /// from that detector's edge [mm].
  private static func slot(_ mm: Double, half: Double) -> (index: Int, offset: Double)? {
    let raft = (mm / raftPitch).rounded()
    let place = ((mm - raft * raftPitch) / detectorPitch).rounded()
    let within = mm - raft * raftPitch - place * detectorPitch
    guard abs(raft) <= 2, abs(place) <= 1, abs(within) <= half else { return nil }
    return ((Int(raft) + 2) * 3 + Int(place) + 1, within + half)
  }
}
