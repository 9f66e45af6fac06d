import Astro
import Astrometry
import Dynamics
import Foundation

/// One observation as fields of ADES 2022 (general.xsd of IAU-ADES/ADES-Master), in its order:
/// texts that fit the schema's widths and patterns; nil where there is nothing to say.
struct ADESFields {
  static let names = [
    "permID", "provID", "trkSub", "obsID", "obsSubID", "mode", "stn", "sys", "ctr", "pos1", "pos2",
    "pos3", "obsTime", "ra", "dec", "rmsRA", "rmsDec", "rmsCorr", "astCat", "mag", "rmsMag", "band",
  ]
  static let residualNames = ["orbProd", "orbID", "resRA", "resDec", "selAst", "sigRA", "sigDec"]

  private(set) var values: [String?]
  /// Residuals of the orbit, all or none.
  private(set) var residuals: [String]?

  /// - Parameter header: says how it was observed and against what stars, which catalogs do not keep.
  init(_ record: ObservationRecord, _ header: ADESHeader, _ losses: inout LossCounter) {
    let detection = record.detection
    var fields = [String: String]()
    Self.identify(record, &fields, &losses)
    fields["mode"] = header.knownMode ?? "UNK"
    fields["astCat"] = header.astCat ?? "UNK"
    if header.knownMode == nil {
      losses.add("observations have the mode UNK, which the data does not say (--ades-mode)")
    }
    if header.astCat == nil {
      losses.add("observations have the astCat UNK, which the data does not say (--ades-astcat)")
    }
    fields["stn"] = detection.observatory.description
    fields["obsTime"] =
      LeapSeconds.erfa.utc(detection.midpoint).iso8601(decimals: 6)
    let ra = Self.decimal(detection.raDeg, 9, width: 14)
    fields["ra"] = ra == "360" ? "0" : ra
    fields["dec"] = Self.decimal(detection.decDeg, 9, width: 14)
    let (rmsRA, rmsDec) = (
      detection.raErrDeg.map { $0 * 3600 }, detection.decErrDeg.map { $0 * 3600 }
    )
    fields["rmsRA"] = rmsRA.flatMap { Self.positive($0, width: 7) }
    fields["rmsDec"] = rmsDec.flatMap { Self.positive($0, width: 7) }
    if let ra = detection.raErrDeg, let dec = detection.decErrDeg,
      let covariance = detection.raDecCovDeg2, abs(covariance) < ra * dec
    {
      let text = Self.decimal(covariance / (ra * dec), 11, width: 15)
      // Strictly within ±1 in the schema, after rounding too.
      fields["rmsCorr"] = text == "1" || text == "-1" ? nil : text
    }
    Self.photometry(detection, &fields, &losses)
    if let place = detection.observerGeocentricKm {
      fields["sys"] = "ICRF_KM"
      fields["ctr"] = "399"
      for (name, value) in [("pos1", place.x), ("pos2", place.y), ("pos3", place.z)] {
        fields[name] = Self.decimal(value, 6, width: 14)
      }
    }
    values = Self.names.map { fields[$0] }
    residuals = Self.residuals(record, fields)
  }

  private static func identify(
    _ record: ObservationRecord, _ fields: inout [String: String], _ losses: inout LossCounter
  ) {
    let name = record.object ?? record.detection.designation
    identify(name ?? String(record.detection.diaSourceId, radix: 36, uppercase: true), &fields)
    if fields["trkSub"] != nil, let name, name.count > 8 {
      losses.add("names of objects are cut to their last 8 letters, a trkSub's width in ADES")
    }
    let id = record.detection.sourceId ?? String(record.detection.diaSourceId)
    if id.utf8.count <= 25, !id.isEmpty, !id.contains(where: { $0 == "|" || $0.isNewline }) {
      fields["obsSubID"] = id
    } else {
      losses.add("identifiers are longer than an obsSubID of ADES, and left out")
    }
  }

  /// A designation of the MPC's, or our own name as a trkSub.
  static func identify(_ name: String, _ fields: inout [String: String]) {
    switch Designation(name) {
    case .number(let number)?: fields["permID"] = "\(number)"
    case .numberedComet?: fields["permID"] = name
    case .provisional?, .survey?, .comet?: fields["provID"] = name
    default: break
    }
    if fields["permID"] == nil && fields["provID"] == nil {
      // Our own names are longer than a trkSub: their last eight letters are the unique part.
      let plain = name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
      fields["trkSub"] = String(plain.suffix(8))
    }
  }

  private static func photometry(
    _ detection: Detection, _ fields: inout [String: String], _ losses: inout LossCounter
  ) {
    guard let mag = detection.mag else { return }
    guard let band = detection.band, (1...3).contains(band.utf8.count),
      band.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }),
      (-5...35).contains(mag)
    else {
      losses.add("magnitudes without a band of at most 3 letters, or out of range, left out")
      return
    }
    fields["band"] = band
    fields["mag"] = decimal(mag, 5, width: 8)
    fields["rmsMag"] = detection.magErr.flatMap { positive($0, width: 6) }
  }

  private static func residuals(
    _ record: ObservationRecord, _ fields: [String: String]
  ) -> [String]? {
    guard let ra = record.residualRaArcsec, let dec = record.residualDecArcsec,
      let sigmaRA = record.sigmaRaArcsec.map({ positive($0, width: 7) }) ?? fields["rmsRA"],
      let sigmaDec = record.sigmaDecArcsec.map({ positive($0, width: 7) }) ?? fields["rmsDec"],
      let resRA = decimal(ra, 4, width: 7), let resDec = decimal(dec, 4, width: 7)
    else { return nil }
    let orbit = String((record.object ?? "").prefix(25))
    return [
      "ecliptic", orbit.isEmpty ? "1" : orbit, resRA, resDec, record.used ? "A" : "D", sigmaRA,
      sigmaDec,
    ]
  }

  /// As many decimals as fit, `decimals` at most; nil when not even the whole number does.
  /// - Parameter width: characters, the sign among them.
  static func decimal(_ value: Double, _ decimals: Int, width: Int) -> String? {
    for places in stride(from: decimals, through: 0, by: -1) {
      var text = String(format: "%.\(places)f", value)
      if places > 0 {
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
      }
      if text == "-0" { text = "0" }
      // The sign has a place of its own.
      if text.utf8.count <= width - (value < 0 ? 0 : 1) { return text }
    }
    return nil
  }

  /// A standard deviation; nil when it is not positive in the digits that there are.
  static func positive(_ value: Double, width: Int) -> String? {
    guard value > 0, value < 1e5, let text = decimal(value, width - 2, width: width + 1),
      let read = Double(text), read > 0
    else { return nil }
    return text
  }
}
