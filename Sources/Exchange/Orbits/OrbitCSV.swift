import Astro
public import Dynamics
import Foundation

/// The orbit CSV that we write: heliocentric or barycentric state and elements side by side.
///
/// Numbers have the fewest digits (up to 17) that read back as the same double; epochs keep both
/// of their parts. The header and each line end in a line feed.
public enum OrbitCSV {
  /// The line of names.
  public static let header =
    ([
      "designation", "epochMjdTdb", "origin", "frame", "x", "y", "z", "vx", "vy", "vz", "q", "e",
      "incl", "node", "argPeri", "tPeriMjdTdb", "a", "meanAnomaly", "H", "G", "A1", "A2", "A3",
      "rms", "nobs", "nobsUsed", "arcDays", "converged", "determined",
    ] + covarianceNames + PhotometryFields.names + ["gLaw"]).joined(separator: ",") + "\n"

  /// `cov_0_0` … `cov_5_5`, upper triangle by rows: x, y, z [au], vx, vy, vz [au/d].
  static let covarianceNames = (0..<6).flatMap { i in (i..<6).map { "cov_\(i)_\($0)" } }

  /// One orbit. Elements are empty for a barycentric orbit: they are heliocentric by definition.
  public static func line(_ orbit: CatalogOrbit) -> String {
    var line = CSVLine()
    let state = orbit.orbit.state
    line.add(orbit.designation)
    line.add(orbit.orbit.epoch)
    line.add(orbit.orbit.origin.rawValue)
    line.add("ICRF")
    for v in [state.position, state.velocity] {
      line.add(v.x)
      line.add(v.y)
      line.add(v.z)
    }
    addElements(KeplerianElements(orbit.orbit), to: &line)
    line.add(orbit.absoluteMagnitude)
    line.add(orbit.slope)
    line.add(orbit.nonGravitational?.x)
    line.add(orbit.nonGravitational?.y)
    line.add(orbit.nonGravitational?.z)
    line.add(orbit.quality.rmsArcsec)
    line.add(orbit.quality.observationCount.map(Int64.init))
    line.add(orbit.quality.observationsUsed.map(Int64.init))
    line.add(orbit.quality.arcDays)
    line.add(orbit.quality.converged.map { "\($0)" })
    line.add(orbit.quality.determined.map { "\($0)" })
    let covariance = orbit.covariance?.covariance
    for i in 0..<6 { for j in i..<6 { line.add(covariance.map { $0[6 * i + j] }) } }
    let law = orbit.photometry.map(PhotometryFields.values) ?? [:]
    for name in PhotometryFields.names { line.add(law[name]) }
    line.add(
      NonGravitational.Law.named.first { $0.value == orbit.nonGravitationalLaw }?.key)
    return line.text
  }

  private static func addElements(_ elements: KeplerianElements?, to line: inout CSVLine) {
    guard let elements else {
      for _ in 0..<8 { line.add(nil as Double?) }
      return
    }
    let isParabola = elements.eccentricity == 1
    line.add(elements.perihelionAU)
    line.add(elements.eccentricity)
    line.add(elements.inclinationRad / Angle.degree)
    line.add(elements.nodeRad / Angle.degree)
    line.add(elements.argPeriRad / Angle.degree)
    line.add(elements.perihelionTime)
    line.add(isParabola ? nil : elements.semiMajorAxisAU)
    line.add(isParabola ? nil : elements.meanAnomalyRad() / Angle.degree)
  }
}
