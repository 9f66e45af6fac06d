import Alerts
import Astro
import Astrometry
import Foundation

/// An alert in words.
enum AlertText {
  static func describe(_ alert: AvroValue, _ packet: AlertPacket) -> String {
    let detection = packet.detection
    var lines = ["alert \(detection.diaSourceId)"]
    func add(_ name: String, _ text: String?) {
      guard let text else { return }
      lines.append("  " + name.padding(toLength: 14, withPad: " ", startingAt: 0) + text)
    }
    let utc = LeapSeconds.erfa.utc(detection.midpoint)
    add(
      "mid-exposure",
      "\(utc.iso8601(decimals: 3)) (MJD \(fixed(detection.midpoint.mjd, 6)) TAI), "
        + "\(detection.observatory)\(detection.visit.map { ", visit \($0)" } ?? "")")
    let errors = zip([detection.raErrDeg, detection.decErrDeg], ["RA", "dec"]).compactMap {
      error, axis in error.map { "\(fixed($0 * 3600, 3))\" in \(axis)" }
    }
    add(
      "place",
      "RA \(fixed(detection.raDeg, 7)) dec \(fixed(detection.decDeg, 7)) deg"
        + (errors.isEmpty ? "" : ", good to " + errors.joined(separator: ", ")))
    add(
      "brightness",
      detection.mag.map { mag in
        fixed(mag, 2) + (detection.magErr.map { " ± \(fixed($0, 2))" } ?? "") + " mag"
          + (detection.band.map { " in \($0)" } ?? "") + (packet.isNegative ? ", negative" : "")
      })
    add(
      "trail",
      detection.trailLengthArcsec.map { length in
        fixed(length, 2) + "\""
          + (detection.trailAngleDeg.map { " at \(fixed($0, 1)) deg" } ?? "")
      })
    add("reliability", packet.reliability.map { fixed($0, 3) })
    add("solar system", solarSystem(alert, packet))
    add("orbit", orbit(alert["mpc_orbits"]))
    add("fixed object", packet.isStationary ? "yes (diaObject)" : nil)
    add("history", history(alert))
    add("stamps", stamps(alert))
    return lines.joined(separator: "\n") + "\n"
  }

  private static func solarSystem(_ alert: AvroValue, _ packet: AlertPacket) -> String? {
    if let source = alert["ssSource"], !source.isNull {
      func number(_ field: String, _ decimals: Int) -> String? {
        source[field]?.number.map { fixed($0, decimals) }
      }
      let name = source["designation"]?.text ?? "without designation"
      let parts = [
        packet.ssObjectId.map { "ssObjectId \($0)" },
        number("ephOffset", 3).map { "\($0)\" from its predicted place" },
        number("ephRate", 4).map { "moving \($0) deg/d" },
        number("ephVmag", 2).map { "V \($0)" },
        number("topoRange", 4).map { "\($0) au away" },
      ].compactMap { $0 }
      return ([name] + parts).joined(separator: ", ")
    }
    if let candidate = alert["candidate"] {
      guard let distance = candidate["ssdistnr"]?.number, distance >= 0 else { return nil }
      let name = candidate["ssnamenr"]?.text ?? "unnamed"
      return "\(name), \(fixed(distance, 0))\" away"
    }
    return nil
  }

  private static func orbit(_ orbit: AvroValue?) -> String? {
    guard let orbit, !orbit.isNull else { return nil }
    let fields = [
      ("a", 4), ("e", 4), ("i", 2), ("node", 2), ("argperi", 2), ("epoch_mjd", 1), ("h", 2),
    ]
    return fields.compactMap { name, decimals in
      orbit[name]?.number.map { "\(name) \(fixed($0, decimals))" }
    }.joined(separator: ", ")
  }

  private static func history(_ alert: AvroValue) -> String {
    let names = [
      ("prvDiaSources", "earlier detections"), ("prvDiaForcedSources", "forced measurements"),
      ("prv_candidates", "earlier detections"), ("fp_hists", "forced measurements"),
    ]
    let parts = names.compactMap { field, words in
      alert[field]?.items.map { "\($0.count) \(words)" }
    }
    return parts.isEmpty ? "none" : parts.joined(separator: ", ")
  }

  private static func stamps(_ alert: AvroValue) -> String? {
    guard case .record(let record) = alert else { return nil }
    let parts = record.fields.compactMap { field -> String? in
      guard field.key.hasPrefix("cutout"),
        let octets = field.value.octets ?? field.value["stampData"]?.octets
      else { return nil }
      return "\(field.key) \(octets.count) bytes"
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  private static func fixed(_ value: Double, _ decimals: Int) -> String {
    String(format: "%.\(decimals)f", value)
  }
}
