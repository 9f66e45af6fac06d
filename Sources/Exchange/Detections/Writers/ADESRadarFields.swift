import Astro
public import Astrometry
import Dynamics

/// A radar measurement with what an orbit leaves of it.
public struct RadarRecord: Sendable {
  public var measurement: RadarMeasurement
  /// Observed minus computed and the error that it was weighed with, [s] or [Hz].
  public var residual: Double?
  public var sigma: Double?
  public var used: Bool

  public init(measurement: RadarMeasurement, residual: Double?, sigma: Double?, used: Bool) {
    self.measurement = measurement
    self.residual = residual
    self.sigma = sigma
    self.used = used
  }
}

/// One radar measurement as fields of ADES 2022 in the schema's order; nil where there is nothing
/// to say.
struct ADESRadarFields {
  static let names = [
    "permID", "provID", "trkSub", "obsID", "trx", "rcv", "obsTime", "delay", "rmsDelay", "doppler",
    "rmsDoppler", "com", "frq", "orbProd", "orbID", "resDelay", "selDelay", "sigDelay",
    "resDoppler", "selDoppler", "sigDoppler",
  ]

  let values: [String?]

  init(_ record: RadarRecord) {
    let m = record.measurement
    var fields = [String: String]()
    ADESFields.identify(m.designation ?? "radar", &fields)
    fields["obsID"] = m.sourceId
    fields["trx"] = m.transmitter.description
    fields["rcv"] = m.receiver.description
    fields["obsTime"] = LeapSeconds.erfa.utc(m.received).iso8601(decimals: 3)
    fields["com"] = m.reflection == .centerOfMass ? "1" : "0"
    fields["frq"] = ADESFields.decimal(m.frequencyMHz, 6, width: 20)
    let isDelay = m.quantity == .delay
    // Delays are seconds, everything else of them microseconds.
    let (name, unit) = isDelay ? ("Delay", 1e6) : ("Doppler", 1)
    fields[isDelay ? "delay" : "doppler"] = ADESFields.decimal(
      m.value, isDelay ? 12 : 6, width: 25)
    fields["rms" + name] = ADESFields.decimal(m.sigma * unit, 9, width: 25)
    if let residual = record.residual, let sigma = record.sigma {
      fields["orbProd"] = "ecliptic"
      fields["orbID"] = String((m.designation ?? "1").prefix(25))
      fields["res" + name] = ADESFields.decimal(residual * unit, 6, width: 25)
      fields["sel" + name] = record.used ? "A" : "D"
      fields["sig" + name] = ADESFields.decimal(sigma * unit, 9, width: 25)
    }
    values = Self.names.map { fields[$0] }
  }
}
