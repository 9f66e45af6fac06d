import Astrometry
import Dynamics
import Exchange
import OrbitFit

/// The formats of `fit --residuals`, by the file's name.
enum ResidualFormat {
  case csv
  case ades(ObservationFormat)

  init(path: String) {
    switch path.split(separator: ".").last?.lowercased() {
    case "psv": self = .ades(.adesPSV)
    case "xml": self = .ades(.adesXML)
    default: self = .csv
    }
  }
}

extension ObservedArc {
  /// Observations of one observatory after the other, with what the fit leaves of them.
  func records(_ fit: FitResult) -> [ObservationRecord] {
    let hasOrbit = fit.orbit != nil
    return observations.indices
      .sorted {
        let (a, b) = (
          detections[$0].observatory.description, detections[$1].observatory.description
        )
        return a != b ? a < b : $0 < $1
      }
      .map { k in
        var record = ObservationRecord(detection: detections[k], object: designation)
        guard hasOrbit else { return record }
        record.residualRaArcsec = fit.residualsRaArcsec[k]
        record.residualDecArcsec = fit.residualsDecArcsec[k]
        record.sigmaRaArcsec = fit.sigmasRaArcsec[k]
        record.sigmaDecArcsec = fit.sigmasDecArcsec[k]
        record.used = fit.used[k]
        return record
      }
  }

  func radarRecords(_ fit: FitResult) -> [RadarRecord] {
    zip(radarMeasured, fit.radar).map { measurement, residual in
      let known = residual.value.isFinite
      return RadarRecord(
        measurement: measurement, residual: known ? residual.value : nil,
        sigma: known ? residual.sigma : nil, used: residual.used)
    }
  }
}
