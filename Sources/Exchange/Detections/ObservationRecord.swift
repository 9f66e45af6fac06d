public import Astrometry

/// An observation in a catalog with what its object's orbit says of it.
public struct ObservationRecord: Sendable {
  public var detection: Detection
  /// Designation of the object that it belongs to: an MPC designation, or our own.
  public var object: String?
  /// Observed minus predicted place in RA × cos(dec) and in declination [arcsec].
  public var residualRaArcsec: Double?
  public var residualDecArcsec: Double?
  /// What the observation was weighed with; nil: its own errors.
  public var sigmaRaArcsec: Double?
  public var sigmaDecArcsec: Double?
  /// Whether the orbit was fitted to it.
  public var used = true

  public init(
    detection: Detection, object: String? = nil, residualRaArcsec: Double? = nil,
    residualDecArcsec: Double? = nil
  ) {
    self.detection = detection
    self.object = object
    self.residualRaArcsec = residualRaArcsec
    self.residualDecArcsec = residualDecArcsec
  }
}

/// The formats that observations are written in.
public enum ObservationFormat: String, CaseIterable, Sendable {
  case adesPSV = "ades-psv"
  case adesXML = "ades-xml"
  case obs80

  /// Some observations, in the order of observatories: each observatory is a block.
  public func writer(header: ADESHeader) -> ObservationWriter {
    ObservationWriter(format: self, header: header)
  }
}
