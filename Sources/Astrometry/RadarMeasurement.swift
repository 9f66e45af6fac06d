public import Astro
public import Dynamics

/// One radar measurement as it came in: the time from sending to hearing an echo, or the shift of
/// its frequency.
public struct RadarMeasurement: Hashable, Sendable {
  public enum Quantity: Hashable, Sendable {
    /// Round-trip time [s].
    case delay
    /// Received minus sent frequency [Hz].
    case doppler
  }

  /// What the measurement was reduced to.
  public enum Reflection: Hashable, Sendable {
    case centerOfMass
    /// The echo's peak of power, taken as a point one radius before the centre of mass.
    case surface
  }

  public var quantity: Quantity
  /// [s] or [Hz], and one standard deviation in the same unit.
  public var value: Double
  public var sigma: Double
  /// Carrier [MHz].
  public var frequencyMHz: Double
  /// When the echo was heard.
  public var received: Epoch<TAI>
  public var transmitter: ObservatoryCode
  public var receiver: ObservatoryCode
  public var reflection: Reflection
  /// The object that the file names.
  public var designation: String?
  /// The identifier as the file had it.
  public var sourceId: String?

  /// Longest delay [s]: some 10 au there and back.
  public static let largestDelaySeconds = 1e4
  public static let frequencyLimitsMHz = 10.0...100_000.0

  public init(
    quantity: Quantity, value: Double, sigma: Double, frequencyMHz: Double, received: Epoch<TAI>,
    transmitter: ObservatoryCode, receiver: ObservatoryCode, reflection: Reflection = .centerOfMass,
    designation: String? = nil, sourceId: String? = nil
  ) {
    self.quantity = quantity
    self.value = value
    self.sigma = sigma
    self.frequencyMHz = frequencyMHz
    self.received = received
    self.transmitter = transmitter
    self.receiver = receiver
    self.reflection = reflection
    self.designation = designation
    self.sourceId = sourceId
  }
}
