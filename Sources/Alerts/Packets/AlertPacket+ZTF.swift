import Astro
import Astrometry
import Dynamics

extension AlertPacket {
  /// ZTF packets of old schema versions don't say how long the exposure was; the survey's was 30 s.
  private static let usualExposureSeconds = 30.0
  /// `ssdistnr` up to this is a match, as Fink takes it [arcsec]; 0 is one too, -999 is none.
  private static let matchRadiusArcsec = 5.0

  /// From a walked ZTF packet. `jd` is UTC at the START of the exposure: half of it is added.
  init(
    ztf view: AlertView, observatory: ObservatoryCode,
    leapSeconds: LeapSeconds
  ) throws(BadField) {
    func slot(_ field: ZTFField) -> AvroSlot { view.slots[field.rawValue] }
    func finite(_ field: ZTFField) -> Double? {
      slot(field).double.flatMap { $0.isFinite ? $0 : nil }
    }
    guard let id = slot(.topCandid).integer ?? slot(.candid).integer else {
      throw BadField(field: ZTFField.candid.path, reason: "is null; an alert needs its id")
    }
    let jd = try Self.checked(
      slot(.jd).double, ZTFField.jd.path, in: 2_430_000.5...2_510_000.5,
      meaning: "a Julian Date (UTC)")
    let ra = try Self.checked(
      slot(.ra).double, ZTFField.ra.path, in: 0...360, meaning: "degrees, 0 to 360")
    let dec = try Self.checked(
      slot(.dec).double, ZTFField.dec.path, in: -90...90, meaning: "degrees, -90 to 90")
    let exposure = finite(.exptime).flatMap { $0 > 0 ? $0 : nil } ?? Self.usualExposureSeconds
    let start = Epoch<UTC>(
      mjdDay: jd.rounded(.down) - 2_400_001, fraction: 0.5 + jd - jd.rounded(.down))
    var detection = Detection(
      diaSourceId: id,
      midpoint: leapSeconds.tai(start).adding(days: exposure / 2 / Constants.secondsPerDay),
      raDeg: ra == 360 ? 0 : ra, decDeg: dec, observatory: observatory)
    detection.mag = finite(.magpsf)
    detection.magErr = finite(.sigmapsf)
    detection.band = slot(.fid).integer.flatMap { ["g", "r", "i"][checked: Int($0) &- 1] }
    let distance = finite(.ssdistnr) ?? -999
    let isMatched = distance >= 0 && distance < Self.matchRadiusArcsec
    if isMatched, let name = slot(.ssnamenr).text(in: view.bytes), name != "null" {
      detection.designation = name
    }
    let sign = slot(.isdiffpos).text(in: view.bytes)
    self.init(
      location: view.location, detection: detection, reliability: finite(.drb) ?? finite(.rb),
      isNegative: sign == "f" || sign == "0", isSolarSystem: isMatched, isStationary: false,
      ssObjectId: nil)
  }
}

extension Array {
  fileprivate subscript(checked index: Int) -> Element? {
    indices.contains(index) ? self[index] : nil
  }
}
