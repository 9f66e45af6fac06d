import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation
import OrbitFit

/// An orbit that `fit` is given to begin from.
struct PreviousOrbit: Sendable {
  var orbit: CatalogOrbit
  /// Of the observations that it was fitted to; nil when the file does not say.
  var fingerprint: String?
  /// The line that says so, when it is one of ours, to be written again as it is.
  var line: String?
}

/// What became of an arc.
enum FitOutcome: Sendable {
  case fitted(FitResult)
  /// Same observations, same options: the orbit stays.
  case unchanged(PreviousOrbit)
}

/// Orbits of an earlier run by designation.
enum PreviousOrbits {
  static let header = String(OrbitCSV.header.dropLast()) + ",fingerprint\n"

  static func line(_ orbit: CatalogOrbit, fingerprint: String) -> String {
    OrbitCSV.line(orbit).dropLast() + ",\(fingerprint)\n"
  }

  /// Any orbit file; one that `fit` wrote has fingerprints.
  static func read(_ path: String) throws -> (orbits: [String: PreviousOrbit], batch: OrbitBatch) {
    let batch = try OrbitFile.readAll(path)
    var orbits: [String: PreviousOrbit] = [:]
    for orbit in batch.orbits { orbits[orbit.designation] = PreviousOrbit(orbit: orbit) }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8), text.hasPrefix(header)
    else { return (orbits, batch) }
    for line in text.split(separator: "\n").dropFirst() {
      // Designations are never quoted in what we write unless they hold a comma: those are fitted anew.
      guard !line.hasPrefix("\""), let end = line.firstIndex(of: ","),
        let last = line.lastIndex(of: ",")
      else { continue }
      let name = String(line[..<end])
      orbits[name]?.fingerprint = String(line[line.index(after: last)...])
      orbits[name]?.line = String(line) + "\n"
    }
    return (orbits, batch)
  }
}

extension ObservedArc {
  /// Changes with any observation (not with their order) and with the options of the fit.
  func fingerprint(_ options: FitOptions) -> String {
    var sum: UInt64 = 0
    for o in observations {
      var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
      let shared = o.shared
      for value in [
        o.epoch.day, o.epoch.fraction, o.raRad, o.decRad, o.sigmaRaRad, o.sigmaDecRad,
        o.correlation, o.observer.position.x, o.observer.position.y, o.observer.position.z,
        Double(shared.night), Double(shared.field), Double(shared.source),
      ] {
        hash = mixed(hash ^ value.bitPattern)
      }
      sum &+= hash
    }
    for r in radar {
      var hash: UInt64 = 0x5241_4441_5220_7631
      let receiver = r.receiver.position
      let site = r.transmitter.site
      for value in [
        r.quantity == .delay ? 1 : 2, r.epoch.day, r.epoch.fraction, r.value, r.sigma,
        r.frequencyHz, receiver.x, receiver.y, receiver.z, site.x, site.y, site.z,
      ] {
        hash = mixed(hash ^ value.bitPattern)
      }
      sum &+= hash
    }
    let settings =
      "\(options.forces) \(options.rejection) \(options.rejectAbove) \(options.prior)"
      + " \(String(describing: options.nonGravitational)) \(options.transverseOnly)"
    for byte in settings.utf8 { sum = mixed(sum ^ UInt64(byte)) }
    return String(sum, radix: 16)
  }

  /// The finaliser of SplitMix64 (Steele et al. 2014).
  private func mixed(_ x: UInt64) -> UInt64 {
    var z = x &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
