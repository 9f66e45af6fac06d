import Foundation

/// Angles as factors and helpers. Inside the program angles are radians; degrees, arcseconds
/// and hours stand at the edge and in names.
public enum Angle {
  /// One degree in radians.
  public static let degree = Double.pi / 180
  /// One arcsecond in radians.
  public static let arcsecond = Double.pi / (180 * 3600)

  /// Wraps an angle into [0, 2π).
  public static func wrapPositive(_ rad: Double) -> Double {
    let w = rad - (rad / (2 * .pi)).rounded(.down) * (2 * .pi)
    return w >= 2 * .pi ? 0 : w
  }

  /// Wraps an angle into [-π, π).
  public static func wrapSigned(_ rad: Double) -> Double { wrapPositive(rad + .pi) - .pi }
}

func sine(_ rad: Double) -> Double { sin(rad) }
func cosine(_ rad: Double) -> Double { cos(rad) }

extension Vector3 {
  /// The unit vector of a direction.
  ///
  /// - Parameters:
  ///   - raRad: right ascension [rad], any turn.
  ///   - decRad: declination [rad], -π/2…π/2.
  public init(raRad: Double, decRad: Double) {
    let c = cos(decRad)
    self.init(c * cos(raRad), c * sin(raRad), sin(decRad))
  }

  /// Longitude in [0, 2π) and latitude of this direction [rad]; the length is irrelevant.
  public var longitudeLatitude: (lon: Double, lat: Double) {
    let lon = atan2(y, x)
    return (lon < 0 ? lon + 2 * .pi : lon, atan2(z, (x * x + y * y).squareRoot()))
  }

  /// The angle between two directions [rad], accurate at all separations.
  public func angle(to other: Vector3) -> Double {
    atan2(cross(other).norm, dot(other))
  }
}
