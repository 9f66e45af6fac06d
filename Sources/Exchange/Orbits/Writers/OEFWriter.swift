import Astro
import Dynamics
import Foundation

/// Writes OrbFit's orbital element files, version OEF2.0, records of several lines (`ML`): Cartesian
/// state (`CAR`) in the ecliptic of J2000 with its covariance, epoch in TT (`TDT`).
///
/// OrbFit: Milani & Gronchi 2010, Theory of Orbit Determination; http://adams.dm.unipi.it/orbfit.
/// The Cartesian set holds every conic, and its covariance is regular for circles too.
enum OEFWriter {
  static let header = """
    format  = 'OEF2.0'       ! file format
    rectype = 'ML'           ! record type (1L/ML)
    refsys  = ECLM J2000     ! default reference system
    END_OF_HEADER

    """

  static func add(_ record: OrbitRecord, to text: inout OrbitText) -> Bool {
    let orbit = record.orbit
    guard orbit.orbit.origin == .sun else {
      text.lossCounter.add("orbits left out: OEF has heliocentric orbits only")
      return false
    }
    var lines = name(orbit.designation) + "\n"
    let p = Frames.equatorialToEcliptic * orbit.orbit.state.position
    let v = Frames.equatorialToEcliptic * orbit.orbit.state.velocity
    lines += "! Cartesian position and velocity vectors [au, au/d]\n"
    lines += " CAR " + [p.x, p.y, p.z, v.x, v.y, v.z].map(number).joined(separator: " ") + "\n"
    lines += " MJD \(date(orbit.orbit.epoch.tt)) TDT\n"
    if let h = orbit.absoluteMagnitude {
      lines += " MAG \(h) \(orbit.slope ?? Photometry.defaultSlope)\n"
      if orbit.slope == nil {
        text.lossCounter.add("magnitudes without a slope have G = 0.15: OEF needs both")
      }
    }
    lines += "! Non-grav parameters: model used, actual number in use, dimension\n"
    if let model = dynamics(orbit) {
      lines += " LSP \(model.number) \(model.parameters.count) 6\n"
      lines +=
        model.number == 1
        ? "! A/M [m^2/t], A2 [1E-10 au/d^2]\n" : "! A1 A2 A3 [au/d^2], delay [d]\n"
      lines += " NGR " + model.parameters.map(number).joined(separator: " ") + "\n"
    } else {
      lines += " LSP 0 0 6\n"
    }
    if let covariance = orbit.covariance { lines += self.covariance(covariance) }
    text.bytes += lines.utf8
    addLosses(orbit, to: &text.lossCounter)
    return true
  }

  private static func addLosses(_ orbit: CatalogOrbit, to losses: inout LossCounter) {
    if orbit.nonGravitational != nil, dynamics(orbit) == nil {
      losses.add(
        "non-gravitational parameters left out: OEF has neither A3 of asteroids nor their law")
    }
    if orbit.hasLawBesideHG {
      losses.add("laws of brightness other than H, G left out: OEF has none")
    }
    if orbit.quality.observationCount != nil || orbit.quality.arcDays != nil {
      losses.add("counts and arcs of observations left out: OEF has none")
    }
  }

  private static func dynamics(_ orbit: CatalogOrbit) -> OEFDynamics.Model? {
    guard let a = orbit.nonGravitational else { return nil }
    let usual = NonGravitational.Law.usual(of: Designation(orbit.designation))
    return OEFDynamics.model(a, orbit.nonGravitationalLaw ?? usual)
  }

  /// Designations have no blanks in OrbFit's files: `2008YC3`.
  private static func name(_ designation: String) -> String {
    Designation(designation) == nil ? designation : designation.replacing(" ", with: "")
  }

  private static func covariance(_ covariance: OrbitCovariance) -> String {
    let c = CovarianceFrame.rotate(covariance.covariance, by: Frames.equatorialToEcliptic)
    var text = "! RMS " + (0..<6).map { number(c[7 * $0].squareRoot()) }.joined(separator: " ")
    var terms: [Double] = []
    for i in 0..<6 { for j in i..<6 { terms.append(c[6 * i + j]) } }
    text += "\n"
    for first in stride(from: 0, to: 21, by: 3) {
      text += " COV " + terms[first..<first + 3].map(number).joined(separator: " ") + "\n"
    }
    return text
  }

  /// 17 digits, as Fortran reads them.
  private static func number(_ value: Double) -> String { String(format: "%24.16E", value) }

  /// Day and fraction apart, so that no digit is lost.
  private static func date(_ epoch: Epoch<TT>) -> String {
    var day = (epoch.day + epoch.fraction).rounded(.down)
    var fraction = epoch.day - day + epoch.fraction
    if fraction >= 1 - 5e-16 { (day, fraction) = (day + 1, 0) }
    return "\(Int(day))" + String(format: "%.15f", max(0, fraction)).dropFirst()
  }
}
