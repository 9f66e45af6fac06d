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

/// Orbits in flat arrays, with what they weigh.
struct SampleArrays {
  var logDistance: [Double] = []
  var speedPart: [Double] = []
  var distance: [Double] = []
  var radialSpeed: [Double] = []
  var eastRate: [Double] = []
  var northRate: [Double] = []
  var h: [Double] = []
  var weight: [Double] = []
  var chiSquare: [Double] = []
  var perihelion: [Double] = []
  var kind: [UInt8] = []

  mutating func removeAll() {
    logDistance.removeAll(keepingCapacity: true)
    speedPart.removeAll(keepingCapacity: true)
    distance.removeAll(keepingCapacity: true)
    radialSpeed.removeAll(keepingCapacity: true)
    eastRate.removeAll(keepingCapacity: true)
    northRate.removeAll(keepingCapacity: true)
    h.removeAll(keepingCapacity: true)
    weight.removeAll(keepingCapacity: true)
    chiSquare.removeAll(keepingCapacity: true)
    perihelion.removeAll(keepingCapacity: true)
    kind.removeAll(keepingCapacity: true)
  }

  var count: Int { weight.count }
}
