extension TableColumn {
  static let ssObject: [TableColumn] =
    [
      .init("ssObjectId", .int64, ucd: "meta.id;meta.main", "Identifier of the object"),
      .init("designation", .text, ucd: "meta.id;src", "Readable designation of the object"),
      .init("nObs", .int32, ucd: "meta.number;obs", "Detections of the object"),
      .init("arc", .float64, unit: "d", ucd: "time.duration", "First to last detection"),
      .init(
        "firstObservationMjdTai", .float64, unit: "d", ucd: "time.start;obs",
        "Time of the first detection, MJD, TAI"),
      .init(
        "MOIDEarth", .float64, unit: "AU", ucd: "pos.distance;stat.min",
        "Least distance of the orbit from that of the Earth"),
      .init(
        "MOIDEarthDeltaV", .float64, unit: "km/s", ucd: "phys.veloc",
        "Speed relative to the Earth where the orbits are nearest"),
      .init(
        "MOIDEarthEclipticLongitude", .float64, unit: "deg", ucd: "pos.ecliptic.lon",
        "Longitude on the orbit of the Earth where the orbits are nearest"),
      .init(
        "MOIDEarthTrueAnomaly", .float64, unit: "deg", ucd: "src.orbital",
        "True anomaly of the Earth where the orbits are nearest"),
      .init(
        "MOIDEarthTrueAnomalyObject", .float64, unit: "deg", ucd: "src.orbital",
        "True anomaly of the object where the orbits are nearest"),
      .init(
        "tisserand_J", .float64, ucd: "src.orbital.TissJ",
        "Tisserand parameter with respect to Jupiter"),
      .init(
        "extendednessMax", .float64, ucd: "src.morph.param;stat.max", "Largest extendedness"),
      .init(
        "extendednessMedian", .float64, ucd: "src.morph.param;stat.median", "Median extendedness"),
      .init(
        "extendednessMin", .float64, ucd: "src.morph.param;stat.min", "Smallest extendedness"),
    ] + ["u", "g", "r", "i", "z", "y"].flatMap(phaseCurve)

  private static func phaseCurve(_ band: String) -> [TableColumn] {
    [
      .init("\(band)_nObs", .int32, ucd: "meta.number;obs", "Detections in \(band)"),
      .init(
        "\(band)_H", .float64, unit: "mag", ucd: "phys.magAbs", "Absolute magnitude in \(band)"),
      .init(
        "\(band)_HErr", .float64, unit: "mag", ucd: "stat.error;phys.magAbs",
        "Standard deviation of \(band)_H"),
      .init("\(band)_G12", .float64, ucd: "stat.fit.param", "Slope G12 in \(band)"),
      .init(
        "\(band)_G12Err", .float64, ucd: "stat.error;stat.fit.param",
        "Standard deviation of \(band)_G12"),
      .init(
        "\(band)_H_\(band)_G12_Cov", .float64, unit: "mag", ucd: "stat.covariance",
        "Covariance of \(band)_H with \(band)_G12"),
      .init(
        "\(band)_nObsUsed", .int32, ucd: "meta.number;obs",
        "Detections that the phase curve in \(band) was fitted to"),
      .init(
        "\(band)_Chi2", .float64, ucd: "stat.fit.chi2", "Chi square of the phase curve in \(band)"),
      .init(
        "\(band)_phaseAngleMin", .float64, unit: "deg", ucd: "pos.phaseAng;stat.min",
        "Smallest phase angle in \(band)"),
      .init(
        "\(band)_phaseAngleMax", .float64, unit: "deg", ucd: "pos.phaseAng;stat.max",
        "Largest phase angle in \(band)"),
      .init(
        "\(band)_slope_fit_failed", .boolean, ucd: "meta.code.error",
        "The slope in \(band) was assumed, not fitted"),
    ]
  }
}
