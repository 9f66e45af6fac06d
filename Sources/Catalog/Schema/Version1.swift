/// The tables of version 1. Columns that LSST's schema has keep its names and units; those that
/// it has not are listed under `-- ours`.
enum Version1 {
  static let tables = [
    diaSource, diaSourceByNight, diaSourceByObject, visits, ssObject, ssSource,
    ssSourceByObject, orbitSolutions, orbitSolutionsByObject, mpcOrbits, retiredObjects, runs,
    ingestedFiles, quarantine,
  ]

  /// `midpointMjdTai` is one double: it resolves 0.6 µs, in which the fastest object that was
  /// ever seen moves less than 0.01 mas.
  static let diaSource = """
    CREATE TABLE DiaSource (
      diaSourceId INTEGER PRIMARY KEY, visit INTEGER, ssObjectId INTEGER,
      midpointMjdTai REAL NOT NULL, ra REAL NOT NULL, raErr REAL, dec REAL NOT NULL, decErr REAL,
      ra_dec_Cov REAL, psfFlux REAL, psfFluxErr REAL, trailLength REAL, trailAngle REAL, band TEXT,
      -- ours
      observatory TEXT NOT NULL,   -- MPC code
      night INTEGER NOT NULL,      -- MJD of the evening, local noon to noon
      mag REAL, magErr REAL,       -- as it came in, or from psfFlux (AB)
      sourceId TEXT,               -- the identifier's text, where it was not a number
      designation TEXT,            -- what the file called the object
      observerX REAL, observerY REAL, observerZ REAL  -- geocentric ICRF, km: space and roving
    ) STRICT
    """
  static let diaSourceByNight = "CREATE INDEX DiaSourceByNight ON DiaSource (night)"
  static let diaSourceByObject = """
    CREATE INDEX DiaSourceBySSObject ON DiaSource (ssObjectId) WHERE ssObjectId IS NOT NULL
    """

  static let visits = """
    CREATE TABLE visits (
      visit INTEGER PRIMARY KEY, observatory TEXT NOT NULL, night INTEGER NOT NULL,
      midpointMjdTai REAL NOT NULL, band TEXT, nDiaSources INTEGER NOT NULL
    ) STRICT
    """

  static let ssObject: String = {
    let bands = ["u", "g", "r", "i", "z", "y"].map { band in
      """
      \(band)_nObs INTEGER NOT NULL DEFAULT 0, \(band)_H REAL, \(band)_HErr REAL, \(band)_G12 REAL,
      \(band)_G12Err REAL, \(band)_H_\(band)_G12_Cov REAL,
      \(band)_nObsUsed INTEGER NOT NULL DEFAULT 0, \(band)_Chi2 REAL, \(band)_phaseAngleMin REAL,
      \(band)_phaseAngleMax REAL, \(band)_slope_fit_failed INTEGER
      """
    }
    return """
      CREATE TABLE SSObject (
        ssObjectId INTEGER PRIMARY KEY, designation TEXT UNIQUE, nObs INTEGER NOT NULL,
        arc REAL NOT NULL, firstObservationMjdTai REAL, MOIDEarth REAL, MOIDEarthDeltaV REAL,
        MOIDEarthEclipticLongitude REAL, MOIDEarthTrueAnomaly REAL,
        MOIDEarthTrueAnomalyObject REAL, tisserand_J REAL, extendednessMax REAL,
        extendednessMedian REAL, extendednessMin REAL,
        \(bands.joined(separator: ",\n  "))
      ) STRICT
      """
  }()

  static let ssSource = """
    CREATE TABLE SSSource (
      diaSourceId INTEGER PRIMARY KEY, ssObjectId INTEGER NOT NULL, designation TEXT,
      eclLambda REAL NOT NULL, eclBeta REAL NOT NULL, galLon REAL NOT NULL, galLat REAL NOT NULL,
      elongation REAL, phaseAngle REAL, topoRange REAL, topoRangeRate REAL, helioRange REAL,
      helioRangeRate REAL, ephRa REAL, ephDec REAL, ephVmag REAL, ephRate REAL, ephRateRa REAL,
      ephRateDec REAL, ephOffset REAL, ephOffsetRa REAL, ephOffsetDec REAL,
      ephOffsetAlongTrack REAL, ephOffsetCrossTrack REAL, helio_x REAL, helio_y REAL,
      helio_z REAL, helio_vx REAL, helio_vy REAL, helio_vz REAL, helio_vtot REAL, topo_x REAL,
      topo_y REAL, topo_z REAL, topo_vx REAL, topo_vy REAL, topo_vz REAL, topo_vtot REAL,
      diaDistanceRank INTEGER
    ) STRICT
    """
  static let ssSourceByObject = "CREATE INDEX SSSourceBySSObject ON SSSource (ssObjectId)"

  /// Every solution that an object ever had; the one in force is named by `mpc_orbits`.
  static let orbitSolutions = """
    CREATE TABLE orbitSolutions (
      solutionId INTEGER PRIMARY KEY, ssObjectId INTEGER NOT NULL, designation TEXT NOT NULL,
      source TEXT NOT NULL,         -- what made it: ecliptic, or the file that it was read from
      epochMjdTdb REAL NOT NULL, origin TEXT NOT NULL,           -- SUN or SSB
      x REAL NOT NULL, y REAL NOT NULL, z REAL NOT NULL,         -- au, ICRF
      vx REAL NOT NULL, vy REAL NOT NULL, vz REAL NOT NULL,      -- au/d
      squareRootInformation BLOB,   -- R by rows, 36 doubles, little-endian: covariance R^-1 R^-T
      H REAL, G REAL, A1 REAL, A2 REAL, A3 REAL,                 -- mag, -, au/d^2
      rmsArcsec REAL, chiSquare REAL, degreesOfFreedom INTEGER,
      nObs INTEGER, nObsUsed INTEGER, nOppositions INTEGER, arcDays REAL,
      converged INTEGER, determined INTEGER, uncertaintyParameter INTEGER, remark TEXT
    ) STRICT
    """
  static let orbitSolutionsByObject = """
    CREATE INDEX orbitSolutionsBySSObject ON orbitSolutions (ssObjectId)
    """

  static let mpcOrbits = """
    CREATE TABLE mpc_orbits (
      id INTEGER PRIMARY KEY, designation TEXT NOT NULL UNIQUE,
      packed_primary_provisional_designation TEXT NOT NULL,
      unpacked_primary_provisional_designation TEXT NOT NULL, mpc_orb_jsonb TEXT, created_at TEXT,
      updated_at TEXT, orbit_type_int INTEGER, u_param INTEGER, nopp INTEGER,
      arc_length_total REAL, arc_length_sel REAL, nobs_total INTEGER, nobs_total_sel INTEGER,
      a REAL, q REAL, e REAL, i REAL, node REAL, argperi REAL, peri_time REAL, yarkovsky REAL,
      srp REAL, a1 REAL, a2 REAL, a3 REAL, dt REAL, mean_anomaly REAL, period REAL,
      mean_motion REAL, a_unc REAL, q_unc REAL, e_unc REAL, i_unc REAL, node_unc REAL,
      argperi_unc REAL, peri_time_unc REAL, yarkovsky_unc REAL, srp_unc REAL, a1_unc REAL,
      a2_unc REAL, a3_unc REAL, dt_unc REAL, mean_anomaly_unc REAL, period_unc REAL,
      mean_motion_unc REAL, epoch_mjd REAL, h REAL, g REAL, not_normalized_rms REAL,
      normalized_rms REAL, earth_moid REAL, fitting_datetime TEXT,
      -- ours
      ssObjectId INTEGER NOT NULL UNIQUE,
      solutionId INTEGER NOT NULL REFERENCES orbitSolutions (solutionId)
    ) STRICT
    """

  /// Objects that turned out to be parts of another one. Their identifiers stay taken.
  static let retiredObjects = """
    CREATE TABLE retiredObjects (
      ssObjectId INTEGER PRIMARY KEY, designation TEXT NOT NULL UNIQUE,
      mergedInto INTEGER NOT NULL
    ) STRICT
    """

  /// The journal of the nightly batch: one row a stage.
  static let runs = """
    CREATE TABLE runs (
      runId INTEGER NOT NULL, stage TEXT NOT NULL, night INTEGER NOT NULL,
      inputDigest TEXT NOT NULL, startedAt TEXT NOT NULL, seconds REAL NOT NULL,
      figures TEXT NOT NULL, PRIMARY KEY (runId, stage)
    ) STRICT
    """

  static let ingestedFiles = """
    CREATE TABLE ingestedFiles (
      file TEXT NOT NULL, contentDigest TEXT NOT NULL, kind TEXT NOT NULL, rows INTEGER NOT NULL,
      added INTEGER NOT NULL, quarantined INTEGER NOT NULL, ingestedAt TEXT NOT NULL,
      PRIMARY KEY (file, contentDigest)
    ) STRICT
    """

  static let quarantine = """
    CREATE TABLE quarantine (
      quarantineId INTEGER PRIMARY KEY, file TEXT NOT NULL, line INTEGER, byteOffset INTEGER,
      field TEXT, reason TEXT NOT NULL, record TEXT
    ) STRICT
    """
}
