extension TableColumn {
  static let diaSource: [TableColumn] = [
    .init("diaSourceId", .int64, ucd: "meta.id;meta.main", "Identifier of the detection"),
    .init("linkId", .int64, ucd: "meta.id", "Object that the detection belongs to"),
    .init("visit", .int64, ucd: "meta.id;obs", "Exposure that the detection came from"),
    .init("detector", .int16, ucd: "meta.id;instr.det", "Detector of the camera"),
    .init(
      "ssObjectId", .int64, ucd: "meta.id.parent", "Object that the detection belongs to, if any"),
    .init(
      "midpointMjdTai", .float64, unit: "d", ucd: "time.epoch;obs.exposure",
      "Middle of the exposure, MJD, TAI"),
    .init("ra", .float64, unit: "deg", ucd: "pos.eq.ra;meta.main", "Right ascension, ICRS"),
    .init(
      "raErr", .float64, unit: "deg", ucd: "stat.error;pos.eq.ra",
      "Standard deviation of RA times cos(dec)"),
    .init("dec", .float64, unit: "deg", ucd: "pos.eq.dec;meta.main", "Declination, ICRS"),
    .init(
      "decErr", .float64, unit: "deg", ucd: "stat.error;pos.eq.dec",
      "Standard deviation of declination"),
    .init(
      "ra_dec_Cov", .float64, unit: "deg**2", ucd: "stat.covariance",
      "Covariance of RA times cos(dec) with declination"),
    .init(
      "psfFlux", .float64, unit: "nJy", ucd: "phot.flux.density",
      "Flux of a point source on the difference image"),
    .init(
      "psfFluxErr", .float64, unit: "nJy", ucd: "stat.error;phot.flux.density",
      "Standard deviation of psfFlux"),
    .init("snr", .float64, ucd: "stat.snr", "Signal to noise of the detection"),
    .init(
      "trailLength", .float64, unit: "arcsec", ucd: "phys.angSize", "Length of a trailed image"),
    .init(
      "trailAngle", .float64, unit: "deg", ucd: "pos.posAng", "Position angle of a trailed image"),
    .init(
      "extendedness", .float64, ucd: "src.morph.param", "Near 0 for a point, near 1 for extended"),
    .init(
      "reliability", .float64, ucd: "stat.probability", "Probability that the source is real"),
    .init("band", .text, ucd: "instr.bandpass", "Photometric band"),
    .init("observatory", .text, ucd: "meta.id;instr.obsty", "MPC observatory code"),
    .init("obscode", .text, ucd: "meta.id;instr.obsty", "MPC observatory code"),
    .init(
      "night", .int32, unit: "d", ucd: "time.epoch", "MJD of the evening, local noon to noon"),
    .init("mag", .float64, unit: "mag", ucd: "phot.mag", "Magnitude in band"),
    .init("magErr", .float64, unit: "mag", ucd: "stat.error;phot.mag", "Standard deviation of mag"),
    .init("sourceId", .text, ucd: "meta.id", "Identifier in the file, where it was a text"),
    .init("obs_id", .text, ucd: "meta.id", "Identifier as it came in"),
    .init("designation", .text, ucd: "meta.id;src", "What the file called the object"),
    .init(
      "observerX", .float64, unit: "km", ucd: "pos.cartesian.x;instr.obsty",
      "Observer's geocentric place, ICRF x"),
    .init(
      "observerY", .float64, unit: "km", ucd: "pos.cartesian.y;instr.obsty",
      "Observer's geocentric place, ICRF y"),
    .init(
      "observerZ", .float64, unit: "km", ucd: "pos.cartesian.z;instr.obsty",
      "Observer's geocentric place, ICRF z"),
  ]

  static let visits: [TableColumn] = [
    .init("visit", .int64, ucd: "meta.id;obs;meta.main", "Identifier of the exposure"),
    .init("observatory", .text, ucd: "meta.id;instr.obsty", "MPC observatory code"),
    .init(
      "night", .int32, unit: "d", ucd: "time.epoch", "MJD of the evening, local noon to noon"),
    .init(
      "midpointMjdTai", .float64, unit: "d", ucd: "time.epoch;obs.exposure",
      "Middle of the exposure, MJD, TAI"),
    .init("band", .text, ucd: "instr.bandpass", "Photometric band"),
    .init("nDiaSources", .int32, ucd: "meta.number", "Detections of the exposure"),
    .init(
      "knownLeftOut", .boolean, ucd: "meta.code.status",
      "Detections that their sender gave to known objects were left out"),
  ]

  /// Tables of the program's own housekeeping.
  static let bookkeeping: [TableColumn] = [
    .init("quarantineId", .int64, ucd: "meta.id;meta.main", "Number of the record"),
    .init("file", .text, ucd: "meta.id;meta.file", "File that was read"),
    .init("line", .int64, "Line of the file, from 1"),
    .init("byteOffset", .int64, unit: "byte", "Place in a binary file"),
    .init("field", .text, "Field that is at fault"),
    .init("reason", .text, ucd: "meta.note", "What is wrong, and what to do"),
    .init("record", .text, "The record as it stood"),
    .init("runId", .int64, ucd: "meta.id", "Number of the nightly run"),
    .init("stage", .text, ucd: "meta.id", "Stage of the run"),
    .init("night", .int32, unit: "d", ucd: "time.epoch", "MJD of the evening"),
    .init("seconds", .float64, unit: "s", ucd: "time.duration", "How long it took"),
    .init("startedAt", .text, ucd: "time.start", "When it began, UTC"),
    .init("ingestedAt", .text, ucd: "time.creation", "When the file was read, UTC"),
    .init("rows", .int64, ucd: "meta.number", "Records of the file"),
    .init("added", .int64, ucd: "meta.number", "Records that were new"),
    .init("quarantined", .int64, ucd: "meta.number", "Records that were refused"),
    .init("ssObjectId", .int64, ucd: "meta.id;meta.main", "Identifier that is no longer used"),
    .init("designation", .text, ucd: "meta.id;src", "Its designation"),
    .init("mergedInto", .int64, ucd: "meta.id", "Object that it turned out to be a part of"),
  ]
}
