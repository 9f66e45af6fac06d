public import Astro

/// Partial derivatives of a predicted place, (RA × cos(dec), dec) [rad], with respect to the
/// object's state at the moment of observation [au, au/d]. The Sun's pull within one light time
/// is left out: relative 1e-8.
@frozen
public struct PlacePartials: Sendable {
  /// ∂(RA cos dec)/∂position [rad/au].
  public let raByPosition: Vector3
  /// ∂dec/∂position [rad/au].
  public let decByPosition: Vector3
  /// ∂/∂velocity = −τ × ∂/∂position [rad d/au].
  public let lightTimeDays: Double

  @inlinable @inline(__always)
  public init(raByPosition: Vector3, decByPosition: Vector3, lightTimeDays: Double) {
    self.raByPosition = raByPosition
    self.decByPosition = decByPosition
    self.lightTimeDays = lightTimeDays
  }

  @inlinable public var raByVelocity: Vector3 { raByPosition * -lightTimeDays }
  @inlinable public var decByVelocity: Vector3 { decByPosition * -lightTimeDays }
}

extension PredictedPlace {
  /// Partials of RA × cos(dec) and of dec with respect to the state at t.
  @inlinable public var partials: PlacePartials {
    let (east, north) = tangents
    return partials(east: east, north: north)
  }

  /// Partials of the angles along two unit vectors across the line of sight.
  ///
  /// The position at t − τ moves with τ, and τ with the position: a factor of (1 + v/c) that
  /// matters to nobody but costs nothing.
  @inlinable @inline(__always)
  public func partials(east: Vector3, north: Vector3) -> PlacePartials {
    let scale = 1 / topocentricAU
    let sight = offset * scale
    let drag = 1 / (Constants.lightSpeedAUPerDay + sight.dot(retardedVelocity))
    let ra = (east - sight * (east.dot(retardedVelocity) * drag)) * scale
    let dec = (north - sight * (north.dot(retardedVelocity) * drag)) * scale
    return PlacePartials(raByPosition: ra, decByPosition: dec, lightTimeDays: lightTimeDays)
  }
}
