public import Dynamics

/// One orbit that a tracklet may have.
public struct RangedOrbit: Sendable {
  /// Heliocentric, at the tracklet's epoch less the light time.
  public var orbit: Orbit
  /// From the observer [au], and its rate [au/d].
  public var distanceAU: Double
  public var radialSpeed: Double
  public var absoluteMagnitude: Double
  public var objectClass: ObjectClass
  /// Share of the probability; all together are 1.
  public var probability: Double
}

/// One point of the grid: an orbit in the numbers that ranging has of it, and what it weighs.
struct RangingSample {
  var logDistance: Double
  /// Coordinate of the radial speed, 0…1.
  var speedPart: Double
  var distance: Double
  var radialSpeed: Double
  var eastRate: Double
  var northRate: Double
  /// Place at the epoch, from the reference observation [rad].
  var eastPlace: Double
  var northPlace: Double
  var h: Double
  var weight: Double
  var chiSquare: Double
  /// To the neighbours in distance and speed.
  var distanceSpacing: Double
  var speedSpacing: Double
  var kind: ObjectClass
}

extension [RangingSample] {
  var totalWeight: Double {
    var sum = 0.0
    for k in indices { sum += self[k].weight }
    return sum
  }
}
