public import Foundation

import Astro
import Dynamics

extension SurveyFiles {
  /// Writes `orbits.csv`: the objects' orbits as they went into the survey, orbit CSV with elements.
  /// Orbits that have none (not about the Sun, or straight lines) are left out.
  public static func writeOrbits(
    _ survey: SimulatedSurvey, to folder: URL
  ) throws(SimulationError) {
    var text = TextBuffer()
    text.append("designation,epochMjdTdb,q,e,incl,node,argPeri,tPeriMjdTdb,H,G\n")
    for object in survey.objects {
      guard let elements = KeplerianElements(object.orbit) else { continue }
      text.append(field: object.designation)
      let values = [
        elements.epoch.mjd, elements.perihelionAU, elements.eccentricity,
        elements.inclinationRad / Angle.degree, elements.nodeRad / Angle.degree,
        elements.argPeriRad / Angle.degree, elements.perihelionTime.mjd,
      ]
      for value in values { text.append(",\(value)") }
      text.append(",\(object.absoluteMagnitude.map { "\($0)" } ?? "")")
      text.append(",\(object.slope.map { "\($0)" } ?? "")\n")
    }
    try write(text, to: folder.appending(path: "orbits.csv"))
  }
}
