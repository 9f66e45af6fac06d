import Astro
import Astrometry
import Dynamics

/// A field's value that can't be right.
struct BadField: Error {
  var field: String
  var reason: String
}

extension AlertPacket {
  /// From a walked LSST packet. `midpointMjdTai` is TAI; places and errors are in degrees.
  init(lsst view: AlertView, observatory: ObservatoryCode) throws(BadField) {
    func slot(_ field: LSSTField) -> AvroSlot { view.slots[field.rawValue] }
    func finite(_ field: LSSTField) -> Double? {
      slot(field).double.flatMap { $0.isFinite ? $0 : nil }
    }
    guard let id = slot(.diaSourceId).integer else {
      throw BadField(field: LSSTField.diaSourceId.path, reason: "is null; an alert needs its id")
    }
    let mjd = try Self.checked(
      slot(.midpointMjdTai).double, LSSTField.midpointMjdTai.path, in: 30_000...110_000,
      meaning: "a Modified Julian Date (TAI)")
    let ra = try Self.checked(
      slot(.ra).double, LSSTField.ra.path, in: 0...360, meaning: "degrees, 0 to 360")
    let dec = try Self.checked(
      slot(.dec).double, LSSTField.dec.path, in: -90...90, meaning: "degrees, -90 to 90")
    let flux = finite(.psfFlux)
    var detection = Detection(
      diaSourceId: id, midpoint: Epoch<TAI>(mjd: mjd), raDeg: ra == 360 ? 0 : ra, decDeg: dec,
      observatory: observatory)
    func error(_ field: LSSTField) throws(BadField) -> Double? {
      guard let value = finite(field), value > 0 else { return finite(field) }
      return try Self.checked(
        value, field.path, in: AstrometricErrorModel.errorLimitsDeg,
        meaning: "the error of a position in degrees, at most 1")
    }
    detection.raErrDeg = try error(.raErr)
    detection.decErrDeg = try error(.decErr)
    detection.raDecCovDeg2 = finite(.raDecCov)
    let errorWasImpossible = detection.dropImpossibleErrors()
    detection.mag = flux.flatMap { Detection.magnitude(fluxNJy: $0) }
    if let flux, flux > 0, let error = finite(.psfFluxErr) {
      detection.magErr = 1.0857362047581296 * error / flux  // 2.5 / ln 10
    }
    detection.band = slot(.band).text(in: view.bytes)
    detection.visit = slot(.visit).integer
    detection.trailLengthArcsec = finite(.trailLength)
    detection.trailAngleDeg = finite(.trailAngle)
    detection.extendedness = finite(.extendedness)
    let hasSSSource = slot(.ssSource).state == .present
    detection.designation = slot(.ssSourceDesignation).text(in: view.bytes)
    let ssObjectId = slot(.ssSourceObjectId).integer ?? slot(.ssObjectId).integer
    self.init(
      location: view.location, detection: detection, reliability: finite(.reliability),
      isNegative: slot(.isNegative).boolean ?? ((flux ?? 0) < 0),
      isSolarSystem: hasSSSource || (ssObjectId ?? 0) != 0,
      isStationary: slot(.diaObject).state == .present,
      ssObjectId: ssObjectId.flatMap { $0 == 0 ? nil : $0 })
    if let ra = finite(.ephRa), let dec = finite(.ephDec) { sentEphemeris = (ra, dec) }
    errorTakenAsMissing = errorWasImpossible
    if view.range == view.bytes.indices { sites = TagSites(view) }
  }

  static func checked(
    _ value: Double?, _ field: String, in range: ClosedRange<Double>, meaning: String
  ) throws(BadField) -> Double {
    guard let value else { throw BadField(field: field, reason: "is null; expected \(meaning)") }
    guard value.isFinite, range.contains(value) else {
      throw BadField(field: field, reason: "is \(value); expected \(meaning)")
    }
    return value
  }
}
