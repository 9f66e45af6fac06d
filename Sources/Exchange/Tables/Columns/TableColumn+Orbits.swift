extension TableColumn {
  static let mpcOrbits: [TableColumn] =
    [
      .init("id", .int64, ucd: "meta.id;meta.main", "Number of the row"),
      .init("designation", .text, ucd: "meta.id;src", "Readable designation"),
      .init(
        "packed_primary_provisional_designation", .text, ucd: "meta.id;src", "Packed designation"),
      .init(
        "unpacked_primary_provisional_designation", .text, ucd: "meta.id;src",
        "Readable designation"),
      .init("mpc_orb_jsonb", .text, "The solution as mpc_orb JSON"),
      .init("created_at", .text, ucd: "time.creation", "When the row was made, UTC"),
      .init("updated_at", .text, ucd: "time.processing", "When the row was changed, UTC"),
      .init("fitting_datetime", .text, ucd: "time.processing", "When the orbit was fitted, UTC"),
      .init("orbit_type_int", .int32, ucd: "meta.code.class", "Kind of orbit"),
      .init("u_param", .int32, ucd: "meta.code.qual", "Uncertainty parameter U of the MPC, 0 to 9"),
      .init("nopp", .int32, ucd: "meta.number", "Oppositions"),
      .init(
        "arc_length_total", .float64, unit: "d", ucd: "time.duration", "Arc of all observations"),
      .init(
        "arc_length_sel", .float64, unit: "d", ucd: "time.duration", "Arc of those that were used"),
      .init("nobs_total", .int32, ucd: "meta.number;obs", "Observations"),
      .init("nobs_total_sel", .int32, ucd: "meta.number;obs", "Observations that were used"),
      .init("epoch_mjd", .float64, unit: "d", ucd: "time.epoch", "Epoch of the orbit, MJD, TDB"),
      .init("h", .float64, unit: "mag", ucd: "phys.magAbs", "Absolute magnitude H"),
      .init("g", .float64, ucd: "stat.fit.param", "Slope G"),
      .init(
        "not_normalized_rms", .float64, unit: "arcsec", ucd: "stat.fit.residual",
        "Root mean square of the residuals"),
      .init(
        "normalized_rms", .float64, ucd: "stat.fit.residual",
        "Root mean square of the residuals over their standard deviations"),
      .init(
        "earth_moid", .float64, unit: "AU", ucd: "pos.distance;stat.min",
        "Least distance of the orbit from that of the Earth"),
      .init("dt", .float64, "Delay of the non-gravitational forces"),
      .init("dt_unc", .float64, ucd: "stat.error", "Standard deviation of dt"),
      .init("ssObjectId", .int64, ucd: "meta.id;src", "Identifier of the object"),
      .init("solutionId", .int64, ucd: "meta.id", "Row of orbitSolutions with all digits"),
    ]
    + elements.flatMap { name, unit, ucd, text in
      [
        TableColumn(name, .float64, unit: unit, ucd: ucd, text),
        TableColumn(
          name + "_unc", .float64, unit: unit, ucd: ucd.map { "stat.error;\($0)" },
          "Standard deviation of \(name)"),
      ]
    }

  /// Name, unit, UCD, description.
  private static let elements: [(String, String?, String?, String)] = [
    ("a", "AU", "phys.size.smajAxis;src.orbital", "Semi-major axis"),
    ("q", "AU", "src.orbital.periastron;pos.distance", "Perihelion distance"),
    ("e", nil, "src.orbital.eccentricity", "Eccentricity"),
    ("i", "deg", "src.orbital.inclination", "Inclination"),
    ("node", "deg", "src.orbital.node", "Longitude of the ascending node"),
    ("argperi", "deg", "src.orbital.periastron", "Argument of perihelion"),
    ("peri_time", "d", "time.epoch;src.orbital.periastron", "Time of perihelion, MJD, TDB"),
    ("mean_anomaly", "deg", "src.orbital.meanAnomaly", "Mean anomaly at the epoch"),
    ("period", "d", "time.period;src.orbital", "Period"),
    ("mean_motion", "deg/d", "src.orbital.meanMotion", "Mean motion"),
    ("yarkovsky", nil, nil, "Yarkovsky acceleration [1e-10 AU/d**2]"),
    ("srp", nil, nil, "Solar radiation pressure [m**2/t]"),
    ("a1", nil, nil, "Radial non-gravitational parameter [m**2/t]"),
    ("a2", nil, nil, "Transverse non-gravitational parameter [m**2/t]"),
    ("a3", nil, nil, "Normal non-gravitational parameter [m**2/t]"),
  ]

  static let orbitSolutions: [TableColumn] =
    [
      .init("solutionId", .int64, ucd: "meta.id;meta.main", "Number of the solution"),
      .init("ssObjectId", .int64, ucd: "meta.id;src", "Identifier of the object"),
      .init("designation", .text, ucd: "meta.id;src", "Readable designation"),
      .init("source", .text, ucd: "meta.id;meta.file", "What made it: ecliptic, or a file"),
      .init("epochMjdTdb", .float64, unit: "d", ucd: "time.epoch", "Epoch, MJD, TDB"),
      .init("origin", .text, ucd: "meta.code", "SUN, or SSB for the barycentre"),
      .init(
        "squareRootInformation", .bytes,
        "Square-root information R, 36 doubles by rows, little-endian"),
      .init("chiSquare", .float64, ucd: "stat.fit.chi2", "Chi square of the fit"),
      .init("degreesOfFreedom", .int32, ucd: "stat.fit.dof", "Degrees of freedom of the fit"),
      .init("nObs", .int32, ucd: "meta.number;obs", "Observations"),
      .init("nObsUsed", .int32, ucd: "meta.number;obs", "Observations that were used"),
      .init("nOppositions", .int32, ucd: "meta.number", "Oppositions"),
      .init("arcDays", .float64, unit: "d", ucd: "time.duration", "Observed arc"),
      .init(
        "rmsArcsec", .float64, unit: "arcsec", ucd: "stat.fit.residual",
        "Root mean square of the residuals"),
      .init("converged", .boolean, ucd: "meta.code.status", "The fit ended at a minimum"),
      .init(
        "determined", .boolean, ucd: "meta.code.status", "The observations determine the orbit"),
      .init(
        "uncertaintyParameter", .int32, ucd: "meta.code.qual",
        "Uncertainty parameter U of the MPC, 0 to 9"),
      .init("remark", .text, ucd: "meta.note", "Why the fit is what it is"),
      .init(
        "priorSolutionId", .int64, ucd: "meta.id",
        "The solution known before, which new detections improved"),
      .init(
        "brightnessLaw", .text, ucd: "meta.code.class",
        "Law of the brightness where it is another than H, G: its name and parameters"),
      .init(
        "nonGravitationalLaw", .text, ucd: "meta.code.class",
        "How A1, A2, A3 fall with the distance from the Sun: asteroid (1/r2), comet (water ice)"),
      .init(
        "observedUntilMjdTai", .float64, unit: "d", ucd: "time.end",
        "No later observation is in the orbit as its source gave it, MJD TAI"),
    ] + state + photometry

  private static let state: [TableColumn] = ["x", "y", "z"].flatMap { axis in
    [
      TableColumn(
        axis, .float64, unit: "AU", ucd: "pos.cartesian.\(axis)", "Place, ICRF \(axis)"),
      TableColumn(
        "v\(axis)", .float64, unit: "AU/d", ucd: "phys.veloc;pos.cartesian.\(axis)",
        "Velocity, ICRF \(axis)"),
    ]
  }

  private static let photometry: [TableColumn] =
    [
      .init("H", .float64, unit: "mag", ucd: "phys.magAbs", "Absolute magnitude H"),
      .init("G", .float64, ucd: "stat.fit.param", "Slope G"),
    ]
    + [("A1", "radial"), ("A2", "transverse"), ("A3", "normal")].map {
      TableColumn(
        $0, .float64, unit: "AU/d**2", ucd: "phys.acceleration",
        "Non-gravitational acceleration, \($1)")
    }

  /// Parameters of laws of brightness other than H, G.
  private static let brightness: [TableColumn] = [
    .init("G12", .float64, ucd: "stat.fit.param", "Slope G12 (Penttila et al. 2016)"),
    .init("G12_2010", .float64, ucd: "stat.fit.param", "Slope G12 (Muinonen et al. 2010)"),
    .init("G1", .float64, ucd: "stat.fit.param", "Slope G1 (Muinonen et al. 2010)"),
    .init("G2", .float64, ucd: "stat.fit.param", "Slope G2 (Muinonen et al. 2010)"),
    .init("M1", .float64, unit: "mag", ucd: "phys.magAbs", "Absolute magnitude of a comet"),
    .init("K1", .float64, ucd: "stat.fit.param", "M1 + 5 log delta + K1 log r"),
    .init("M2", .float64, unit: "mag", ucd: "phys.magAbs", "Absolute magnitude of a nucleus"),
    .init("K2", .float64, ucd: "stat.fit.param", "M2 + 5 log delta + K2 log r + PC alpha"),
    .init("PC", .float64, unit: "mag/deg", ucd: "stat.fit.param", "Phase coefficient of a nucleus"),
  ]

  /// The columns of orbits as a table, in the order of the orbit CSV.
  static let orbits: [TableColumn] = {
    let shared = Dictionary(
      orbitSolutions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    func solution(_ name: String, as newName: String? = nil) -> TableColumn {
      var column = shared[name] ?? TableColumn(name, .float64)
      column.name = newName ?? name
      return column
    }
    func element(_ name: String, as newName: String) -> TableColumn {
      let known = elements.first { $0.0 == name }
      return TableColumn(newName, .float64, unit: known?.1, ucd: known?.2, known?.3 ?? "")
    }
    var columns = [
      TableColumn("ssObjectId", .int64, ucd: "meta.id;meta.main", "Identifier of the object"),
      TableColumn("designation", .text, ucd: "meta.id;src", "Readable designation"),
      solution("epochMjdTdb"), solution("origin"),
    ]
    columns += ["x", "y", "z", "vx", "vy", "vz"].map { solution($0) }
    columns += [
      element("q", as: "q"), element("e", as: "e"), element("i", as: "incl"),
      element("node", as: "node"), element("argperi", as: "argPeri"),
      element("peri_time", as: "tPeriMjdTdb"), element("a", as: "a"),
      element("mean_anomaly", as: "meanAnomaly"),
    ]
    columns += ["H", "G", "A1", "A2", "A3"].map { solution($0) }
    columns += [
      solution("rmsArcsec", as: "rms"), solution("nObs", as: "nobs"), solution("nObsUsed"),
      solution("nOppositions"), solution("arcDays"), solution("converged"), solution("determined"),
      solution("uncertaintyParameter"),
    ]
    let axes = ["x", "y", "z", "vx", "vy", "vz"]
    for i in 0..<6 {
      for j in i..<6 {
        let unit = i >= 3 ? "AU**2/d**2" : j >= 3 ? "AU**2/d" : "AU**2"
        columns.append(
          TableColumn(
            "cov_\(i)_\(j)", .float64, unit: unit, ucd: "stat.covariance",
            "Covariance of \(axes[i]) with \(axes[j])"))
      }
    }
    return columns + brightness
      + [
        TableColumn(
          "gLaw", .text, ucd: "meta.code.class",
          "How A1, A2, A3 fall with the distance from the Sun: asteroid (1/r2), comet (water ice)")
      ]
  }()
}
