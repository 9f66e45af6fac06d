public import Astro
public import Dynamics

/// One radar measurement ready for computing: nothing in it needs a table any more.
public struct RadarObservation: Sendable {
  public var quantity: RadarMeasurement.Quantity
  /// Reduced to the centre of mass, [s] or [Hz], and one standard deviation.
  public var value: Double
  public var sigma: Double
  /// Carrier [Hz].
  public var frequencyHz: Double
  /// When the echo was heard.
  public var epoch: Epoch<TDB>
  /// The receiver and the Sun at that moment, barycentric ICRF [au, au/d].
  public var receiver: StateVector
  public var sun: StateVector
  /// Where the transmitter is about that moment.
  public var transmitter: RadarStation
  /// The receiver's place with respect to the Earth's centre [au, au/d].
  public var receiverFromEarth: StateVector
  /// d(TDB − TT)/dt at the Earth's centre.
  public var clockRate: Double

  public init(
    quantity: RadarMeasurement.Quantity, value: Double, sigma: Double, frequencyHz: Double,
    epoch: Epoch<TDB>, receiver: StateVector, sun: StateVector, transmitter: RadarStation,
    receiverFromEarth: StateVector, clockRate: Double
  ) {
    self.quantity = quantity
    self.value = value
    self.sigma = sigma
    self.frequencyHz = frequencyHz
    self.epoch = epoch
    self.receiver = receiver
    self.sun = sun
    self.transmitter = transmitter
    self.receiverFromEarth = receiverFromEarth
    self.clockRate = clockRate
  }

  public var isUsable: Bool {
    value.isFinite && sigma.isFinite && sigma > 0 && frequencyHz > 0 && epoch.mjd.isFinite
      && receiver.position.isFinite && sun.position.isFinite
  }
}

/// A station on the Earth within an hour of a moment: the Earth's centre on a cubic, the station
/// turning about the pole. Good to centimetres, without a table.
public struct RadarStation: Sendable {
  /// The Earth's centre at the moment, barycentric ICRF, with its acceleration and jerk
  /// [au, au/d, au/d², au/d³].
  public var earth: StateVector
  public var acceleration: Vector3
  public var jerk: Vector3
  /// The station from the Earth's centre at the moment, ICRF [au].
  public var site: Vector3
  /// The axis that the Earth turns about, ICRF.
  public var pole: Vector3

  public init(
    earth: StateVector, acceleration: Vector3, jerk: Vector3, site: Vector3, pole: Vector3
  ) {
    self.earth = earth
    self.acceleration = acceleration
    self.jerk = jerk
    self.site = site
    self.pole = pole
  }

  /// Barycentric state, and the part of it that is from the Earth's centre, so many days after the
  /// moment [au, au/d].
  func state(days t: Double) -> (barycentric: StateVector, fromEarth: StateVector) {
    let angle = EarthOrientation.rotationRateRadPerDay * t
    let (sine, cosine) = sineCosine(angle)
    let along = pole * pole.dot(site)
    let across = site - along
    let turned = along + across * cosine + pole.cross(across) * sine
    let fromEarth = StateVector(
      position: turned, velocity: pole.cross(turned) * EarthOrientation.rotationRateRadPerDay)
    let place =
      earth.position + (earth.velocity + (acceleration + jerk * (t / 3)) * (0.5 * t)) * t
    let speed = earth.velocity + (acceleration + jerk * (0.5 * t)) * t
    return (
      StateVector(position: place + turned, velocity: speed + fromEarth.velocity), fromEarth
    )
  }
}
