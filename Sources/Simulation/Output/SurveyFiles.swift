public import Foundation

import Astro
import Dynamics

/// The files of a simulated survey: `detections.csv`, `visits.csv`, `truth.csv`.
public enum SurveyFiles {
  /// Writes the three files into a folder, which is made when it is missing. Each file is complete
  /// or not there.
  public static func write(_ survey: SimulatedSurvey, to folder: URL) throws(SimulationError) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw .cannotWrite(file: folder.path, reason: error.localizedDescription)
    }
    try write(detections(survey), to: folder.appending(path: "detections.csv"))
    try write(visits(survey), to: folder.appending(path: "visits.csv"))
    try write(truth(survey), to: folder.appending(path: "truth.csv"))
  }

  /// LSST CSV, without a hint of the truth. Places to 1e-7° (0.4 mas, a twenty-fifth of the best
  /// measurement's error), times to 0.1 ms.
  static func detections(_ survey: SimulatedSurvey) -> TextBuffer {
    var text = TextBuffer()
    text.append(
      "diaSourceId,visit,detector,midpointMjdTai,ra,dec,raErr,decErr,psfFlux,psfFluxErr,snr,"
        + "trailLength,trailAngle,band,obscode\n")
    let observatory = survey.observatory.description
    for detection in survey.detections {
      let visit = survey.visits[Int(detection.visit)]
      text.append(detection.diaSourceId)
      text.comma()
      text.append(visit.id)
      text.comma()
      text.append(Int64(detection.detector))
      text.comma()
      text.append(visit.midpoint.mjd, upToDecimals: 9)
      text.comma()
      // 359.99999999 must not be printed as 360.
      text.append(detection.raDeg < 359.999_999_95 ? detection.raDeg : 0, decimals: 7)
      text.comma()
      text.append(detection.decDeg, decimals: 7)
      text.comma()
      text.appendScientific(detection.errorDeg)
      text.comma()
      text.appendScientific(detection.errorDeg)
      text.comma()
      text.append(detection.psfFlux, decimals: 1)
      text.comma()
      text.append(detection.psfFluxErr, decimals: 1)
      text.comma()
      text.append(detection.snr, decimals: 1)
      text.comma()
      if detection.trailLengthArcsec > 0 {
        text.append(detection.trailLengthArcsec, decimals: 2)
        text.comma()
        text.append(detection.trailAngleDeg, decimals: 1)
      } else {
        text.comma()
      }
      text.comma()
      text.append(visit.band)
      text.comma()
      text.append(observatory)
      text.newline()
    }
    return text
  }

  static func visits(_ survey: SimulatedSurvey) -> TextBuffer {
    var text = TextBuffer()
    text.append(
      "visit,midpointMjdTai,ra,dec,rotation,band,fiveSigmaDepth,seeing,exposureTime\n")
    for visit in survey.visits {
      text.append(visit.id)
      text.comma()
      text.append(visit.midpoint.mjd, upToDecimals: 9)
      for (value, decimals) in [(visit.raDeg, 7), (visit.decDeg, 7), (visit.rotationDeg, 4)] {
        text.comma()
        text.append(value, upToDecimals: decimals)
      }
      text.comma()
      text.append(visit.band)
      for value in [visit.fiveSigmaDepth, visit.seeingArcsec, visit.exposureSeconds] {
        text.comma()
        text.append(value, upToDecimals: 4)
      }
      text.newline()
    }
    return text
  }

  /// One row a detection; a false one has neither designation nor class.
  static func truth(_ survey: SimulatedSurvey) -> TextBuffer {
    let classes = survey.objects.map { OrbitClass($0.orbit).rawValue }
    var text = TextBuffer()
    text.append("diaSourceId,designation,class\n")
    for detection in survey.detections {
      text.append(detection.diaSourceId)
      text.comma()
      if detection.object >= 0 {
        text.append(field: survey.objects[Int(detection.object)].designation)
        text.comma()
        text.append(classes[Int(detection.object)])
      } else {
        text.comma()
      }
      text.newline()
    }
    return text
  }

  static func write(_ text: TextBuffer, to file: URL) throws(SimulationError) {
    do {
      try Data(text.bytes).write(to: file, options: .atomic)
    } catch {
      throw .cannotWrite(file: file.path, reason: error.localizedDescription)
    }
  }
}
