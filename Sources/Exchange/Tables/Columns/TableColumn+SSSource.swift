extension TableColumn {
  static let ssSource: [TableColumn] =
    [
      .init("diaSourceId", .int64, ucd: "meta.id;meta.main", "Identifier of the detection"),
      .init("ssObjectId", .int64, ucd: "meta.id.parent", "Object that the detection belongs to"),
      .init("designation", .text, ucd: "meta.id;src", "Designation of the object"),
      .init("obs_id", .text, ucd: "meta.id", "Identifier of the detection as it came in"),
      .init(
        "eclLambda", .float64, unit: "deg", ucd: "pos.ecliptic.lon", "Observed ecliptic longitude"),
      .init(
        "eclBeta", .float64, unit: "deg", ucd: "pos.ecliptic.lat", "Observed ecliptic latitude"),
      .init(
        "galLon", .float64, unit: "deg", ucd: "pos.galactic.lon", "Observed galactic longitude"),
      .init("galLat", .float64, unit: "deg", ucd: "pos.galactic.lat", "Observed galactic latitude"),
      .init(
        "elongation", .float64, unit: "deg", ucd: "pos.angDistance", "Angle between Sun and object"),
      .init(
        "phaseAngle", .float64, unit: "deg", ucd: "pos.phaseAng",
        "Angle at the object between Sun and observer"),
      .init(
        "topoRange", .float64, unit: "AU", ucd: "pos.distance", "Distance from the observer"),
      .init(
        "topoRangeRate", .float64, unit: "km/s", ucd: "phys.veloc",
        "Change of topoRange as the observer sees it (deldot); topo_v has no change of light time"),
      .init(
        "helioRange", .float64, unit: "AU", ucd: "pos.distance;pos.heliocentric",
        "Distance from the Sun"),
      .init(
        "helioRangeRate", .float64, unit: "km/s", ucd: "phys.veloc;pos.heliocentric",
        "Change of helioRange"),
      .init("ephRa", .float64, unit: "deg", ucd: "pos.eq.ra", "Predicted right ascension, ICRS"),
      .init("ephDec", .float64, unit: "deg", ucd: "pos.eq.dec", "Predicted declination, ICRS"),
      .init("ephVmag", .float64, unit: "mag", ucd: "phot.mag;em.opt.V", "Predicted V magnitude"),
      .init("ephRate", .float64, unit: "deg/d", ucd: "pos.pm", "Predicted motion on the sky"),
      .init(
        "ephRateRa", .float64, unit: "deg/d", ucd: "pos.pm;pos.eq.ra",
        "Predicted motion in RA times cos(dec)"),
      .init(
        "ephRateDec", .float64, unit: "deg/d", ucd: "pos.pm;pos.eq.dec",
        "Predicted motion in declination"),
      .init(
        "ephOffset", .float64, unit: "arcsec", ucd: "pos.angDistance",
        "Distance of the observed from the predicted place"),
      .init(
        "ephOffsetRa", .float64, unit: "arcsec", ucd: "pos.eq.ra;arith.diff",
        "Observed minus predicted place in RA times cos(dec)"),
      .init(
        "ephOffsetDec", .float64, unit: "arcsec", ucd: "pos.eq.dec;arith.diff",
        "Observed minus predicted place in declination"),
      .init(
        "ephOffsetAlongTrack", .float64, unit: "arcsec", ucd: "pos.angDistance;arith.diff",
        "Observed minus predicted place along the motion"),
      .init(
        "ephOffsetCrossTrack", .float64, unit: "arcsec", ucd: "pos.angDistance;arith.diff",
        "Observed minus predicted place across the motion"),
    ]
    + vectors("helio", "heliocentric", ucd: ";pos.heliocentric")
    + vectors("topo", "topocentric", ucd: "")
    + [
      .init(
        "diaDistanceRank", .int16, ucd: "meta.code",
        "Rank of the detection among those near the predicted place")
    ]

  private static func vectors(_ prefix: String, _ word: String, ucd: String) -> [TableColumn] {
    let axes = ["x", "y", "z"]
    return axes.map {
      TableColumn(
        "\(prefix)_\($0)", .float64, unit: "AU", ucd: "pos.cartesian.\($0)\(ucd)",
        "\(word) place when the light left, ICRF \($0)")
    }
      + axes.map {
        TableColumn(
          "\(prefix)_v\($0)", .float64, unit: "km/s", ucd: "phys.veloc\(ucd)",
          "\(word) velocity when the light left, ICRF \($0)")
      }
      + [
        TableColumn(
          "\(prefix)_vtot", .float64, unit: "km/s", ucd: "phys.veloc\(ucd)", "\(word) speed")
      ]
  }
}
