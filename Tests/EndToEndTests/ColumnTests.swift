import Foundation
import TestSupport
import Testing

/// Every computed column of SSSource, SSObject and mpc_orbits against formulas that are written
/// here, from the catalog's other columns: nothing of the program computes them.
@Suite struct ColumnTests {
  private typealias Row = [String: String]

  private static let degree = Double.pi / 180
  private static let auKm = 149_597_870.7

  @Test func columnsAgreeWithAnIndependentComputation() throws {
    let survey = try SmallSurvey()
    try withScratch { scratch in
      // The fixture has no extendedness: 0.1, 0.2 … by the last digit of the number.
      var lines = survey.first.split(separator: "\n").map(String.init)
      lines[0] += ",extendedness"
      for index in lines.indices.dropFirst() {
        let id = lines[index].prefix { $0 != "," }
        lines[index] += ",0.\(id.last ?? "0")"
      }
      let file = try scratch.file("first.csv", lines.joined(separator: "\n") + "\n")
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, file]).status == 0)
      #expect(try nightly(scratch, "2024-05-06").status == 0)
      let detections = Dictionary(
        uniqueKeysWithValues: try table(scratch, "DiaSource").map { ($0["diaSourceId"] ?? "", $0) })
      let orbits = Dictionary(
        uniqueKeysWithValues: try table(scratch, "mpc_orbits").map { ($0["ssObjectId"] ?? "", $0) })
      let sources = try table(scratch, "SSSource")
      #expect(sources.count > 200)
      for source in sources {
        let detection = try #require(detections[source["diaSourceId"] ?? ""])
        let orbit = try #require(orbits[source["ssObjectId"] ?? ""])
        try check(source, detection, orbit, Array(detections.values))
      }
      let ofObject = Dictionary(grouping: sources) { $0["ssObjectId"] ?? "" }
      let objects = try table(scratch, "SSObject")
      for object in objects {
        let id = object["ssObjectId"] ?? ""
        let orbit = try #require(orbits[id])
        let own = (ofObject[id] ?? []).map { ($0, detections[$0["diaSourceId"] ?? ""] ?? [:]) }
        try checkRates(own)
        try check(object, orbit, own)
        try check(orbit, object, own.map(\.0))
      }
      try checkFilled(sources, objects, Array(orbits.values))
    }
  }

  /// Columns that are empty in all rows are those that are said to be.
  private func checkFilled(_ sources: [Row], _ objects: [Row], _ orbits: [Row]) throws {
    func empty(_ rows: [Row]) -> Set<String> {
      Set(rows[0].keys).filter { name in rows.allSatisfy { ($0[name] ?? "").isEmpty } }
    }
    #expect(empty(sources).isEmpty)
    // The survey has r alone here; five nights at one phase angle determine no slope.
    let other = empty(objects).filter { name in
      !["u_", "g_", "i_", "z_", "y_"].contains { name.hasPrefix($0) }
    }
    #expect(other.isSubset(of: ["r_G12Err", "r_H_r_G12_Cov"]))
    #expect(
      empty(orbits) == [
        "mpc_orb_jsonb", "yarkovsky", "yarkovsky_unc", "srp", "srp_unc", "a1", "a1_unc", "a2",
        "a2_unc", "a3", "a3_unc", "dt", "dt_unc",
      ])
  }

  private func value(_ row: Row, _ name: String) throws -> Double {
    try #require(Double(row[name] ?? ""), "\(name)")
  }

  private func vector(_ row: Row, _ prefix: String) throws -> [Double] {
    try ["x", "y", "z"].map { try value(row, prefix + $0) }
  }

  private func norm(_ v: [Double]) -> Double {
    (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]).squareRoot()
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
  }

  private func angleDeg(_ a: [Double], _ b: [Double]) -> Double {
    acos(min(1, max(-1, dot(a, b) / norm(a) / norm(b)))) / Self.degree
  }

  /// Degrees between two angles.
  private func apart(_ a: Double, _ b: Double) -> Double { abs((a - b).remainder(dividingBy: 360)) }

  // MARK: - SSSource

  private func check(_ s: Row, _ d: Row, _ orbit: Row, _ all: [Row]) throws {
    let (ra, dec) = (try value(d, "ra") * Self.degree, try value(d, "dec") * Self.degree)
    // Ecliptic J2000 and galactic (Hipparcos, vol. 1, 1.5.11) by spherical trigonometry.
    let tilt = 84381.448 / 3600 * Self.degree
    let beta = asin(sin(dec) * cos(tilt) - cos(dec) * sin(tilt) * sin(ra))
    let lambda = atan2(sin(ra) * cos(tilt) + tan(dec) * sin(tilt), cos(ra))
    #expect(apart(try value(s, "eclLambda"), lambda / Self.degree) < 1e-9)
    #expect(apart(try value(s, "eclBeta"), beta / Self.degree) < 1e-9)
    let (poleRa, poleDec, node) = (
      192.859_48 * Self.degree, 27.128_25 * Self.degree, 122.931_92 * Self.degree
    )
    let b = asin(sin(dec) * sin(poleDec) + cos(dec) * cos(poleDec) * cos(ra - poleRa))
    let l =
      node
      - atan2(
        cos(dec) * sin(ra - poleRa),
        sin(dec) * cos(poleDec) - cos(dec) * sin(poleDec) * cos(ra - poleRa))
    #expect(apart(try value(s, "galLat"), b / Self.degree) < 1e-6)
    #expect(apart(try value(s, "galLon"), l / Self.degree) * cos(b) < 1e-6)

    let (helio, topo) = (try vector(s, "helio_"), try vector(s, "topo_"))
    let (helioV, topoV) = (try vector(s, "helio_v"), try vector(s, "topo_v"))
    #expect(abs(try value(s, "helioRange") - norm(helio)) < 1e-9)
    #expect(abs(try value(s, "topoRange") - norm(topo)) < 1e-9)
    #expect(abs(try value(s, "helio_vtot") - norm(helioV)) < 1e-8)
    #expect(abs(try value(s, "topo_vtot") - norm(topoV)) < 1e-8)
    #expect(abs(try value(s, "helioRangeRate") - dot(helio, helioV) / norm(helio)) < 1e-6)
    #expect(abs(try value(s, "phaseAngle") - angleDeg(helio, topo)) < 1e-5)
    let observer = zip(helio, topo).map { $0 - $1 }
    #expect(abs(try value(s, "elongation") - angleDeg(topo, observer.map { -$0 })) < 1e-3)
    // The observer is on the Earth: 0.983 to 1.017 au from the Sun.
    #expect((0.983...1.0175).contains(norm(observer)))
    try checkOrbit(s, d, orbit, helio, helioV)
    try checkOffsets(s, d, topo)
    let phase = try value(s, "phaseAngle") * Self.degree
    let (h, g) = (try value(orbit, "h"), try value(orbit, "g"))
    // Bowell et al. 1989, the simple form of the basis functions; 0.01 mag from the full one.
    let phi1 = exp(-3.33 * pow(tan(phase / 2), 0.63))
    let phi2 = exp(-1.87 * pow(tan(phase / 2), 1.22))
    let vmag =
      h + 5 * log10(norm(helio) * norm(topo)) - 2.5 * log10((1 - g) * phi1 + g * phi2)
    #expect(abs(try value(s, "ephVmag") - vmag) < 0.02)
    try checkRank(s, d, all)
  }

  /// Kepler's equation with the elements of `mpc_orbits`, when the light left. Over the week that
  /// the arcs last planets move a body of the main belt by less than 1e-5 au.
  private func checkOrbit(
    _ s: Row, _ d: Row, _ o: Row, _ helio: [Double], _ velocity: [Double]
  ) throws {
    let (a, e) = (try value(o, "a"), try value(o, "e"))
    let light = try value(s, "topoRange") * Self.auKm / 299_792.458 / 86_400
    let time = try value(d, "midpointMjdTai") + 32.184 / 86_400 - light
    let motion = 0.017_202_098_95 / (a * a * a).squareRoot()
    let mean = motion * (time - (try value(o, "peri_time")))
    var eccentric = mean
    for _ in 0..<50 {
      eccentric -= (eccentric - e * sin(eccentric) - mean) / (1 - e * cos(eccentric))
    }
    let (x, y) = (a * (cos(eccentric) - e), a * (1 - e * e).squareRoot() * sin(eccentric))
    let place = try toEcliptic(o)(x, y)
    let tilt = 84381.448 / 3600 * Self.degree
    let equatorial = [
      place[0], place[1] * cos(tilt) - place[2] * sin(tilt),
      place[1] * sin(tilt) + place[2] * cos(tilt),
    ]
    for k in 0..<3 { #expect(abs(equatorial[k] - helio[k]) < 2e-5) }
    // Energy: v² = GM (2/r − 1/a), GM in km and s.
    let gm = 1.327_124_400_18e11 / Self.auKm
    let speed = (gm * (2 / norm(helio) - 1 / a)).squareRoot()
    #expect(abs(norm(velocity) / speed - 1) < 1e-5)
  }

  /// From the plane of an orbit (x to the perihelion) to ecliptic axes.
  private func toEcliptic(_ o: Row) throws -> (_ x: Double, _ y: Double) -> [Double] {
    let (i, node, peri) = (
      try value(o, "i") * Self.degree, try value(o, "node") * Self.degree,
      try value(o, "argperi") * Self.degree
    )
    return { x, y in
      let (u, v) = (x * cos(peri) - y * sin(peri), x * sin(peri) + y * cos(peri))
      return [
        u * cos(node) - v * cos(i) * sin(node), u * sin(node) + v * cos(i) * cos(node), v * sin(i),
      ]
    }
  }

  private func checkOffsets(_ s: Row, _ d: Row, _ topo: [Double]) throws {
    let (ephRa, ephDec) = (try value(s, "ephRa"), try value(s, "ephDec"))
    let (ra, dec) = (try value(d, "ra"), try value(d, "dec"))
    // The direction of the vector, to the fit's linearisation: a milliarcsecond.
    #expect(apart(ephRa, atan2(topo[1], topo[0]) / Self.degree) * cos(dec * Self.degree) < 1e-6)
    #expect(apart(ephDec, asin(topo[2] / norm(topo)) / Self.degree) < 1e-6)
    let east = (ra - ephRa).remainder(dividingBy: 360) * cos(dec * Self.degree) * 3600
    let north = (dec - ephDec) * 3600
    #expect(abs(try value(s, "ephOffsetRa") - east) < 2e-4)
    #expect(abs(try value(s, "ephOffsetDec") - north) < 2e-4)
    #expect(abs(try value(s, "ephOffset") - hypot(east, north)) < 3e-4)
    // Along the way that the object goes, and to the left of it with north up and east to the right.
    let (rateEast, rateNorth) = (try value(s, "ephRateRa"), try value(s, "ephRateDec"))
    let (way, to) = (atan2(rateNorth, rateEast), atan2(north, east))
    let size = hypot(east, north)
    #expect(abs(try value(s, "ephOffsetAlongTrack") - size * cos(to - way)) < 3e-4)
    #expect(abs(try value(s, "ephOffsetCrossTrack") - size * sin(to - way)) < 3e-4)
    #expect(abs(try value(s, "ephRate") - hypot(rateEast, rateNorth)) < 1e-9)
  }

  private func checkRank(_ s: Row, _ d: Row, _ all: [Row]) throws {
    let (ra, dec) = (try value(s, "ephRa"), try value(s, "ephDec"))
    func distance(_ row: Row) throws -> Double {
      hypot(
        (try value(row, "ra") - ra).remainder(dividingBy: 360) * cos(dec * Self.degree),
        try value(row, "dec") - dec)
    }
    let own = try distance(d)
    let nearer = try all.filter {
      $0["midpointMjdTai"] == d["midpointMjdTai"] && $0["diaSourceId"] != d["diaSourceId"]
    }.count { try distance($0) < own }
    #expect(try value(s, "diaDistanceRank") == Double(nearer + 1))
  }

  /// Rates against the differences of two rows of one night.
  private func checkRates(_ own: [(Row, Row)]) throws {
    let sorted = try own.sorted {
      try value($0.1, "midpointMjdTai") < value($1.1, "midpointMjdTai")
    }
    for (first, second) in zip(sorted, sorted.dropFirst()) {
      let days = try value(second.1, "midpointMjdTai") - value(first.1, "midpointMjdTai")
      guard days > 0.005, days < 0.1 else { continue }
      func difference(_ name: String) throws -> Double {
        try (value(second.0, name) - value(first.0, name)).remainder(dividingBy: 360) / days
      }
      func mean(_ name: String) throws -> Double {
        try (value(second.0, name) + value(first.0, name)) / 2
      }
      let cosDec = cos(try value(first.0, "ephDec") * Self.degree)
      // The Earth's turning changes a main-belt rate by a few percent an hour.
      #expect(abs(try difference("ephRa") * cosDec - (try mean("ephRateRa"))) < 0.004)
      #expect(abs(try difference("ephDec") - (try mean("ephRateDec"))) < 0.004)
      let km = Self.auKm / 86_400
      #expect(abs(try difference("topoRange") * km - (try mean("topoRangeRate"))) < 0.1)
      #expect(abs(try difference("helioRange") * km - (try mean("helioRangeRate"))) < 0.01)
    }
  }

  // MARK: - SSObject

  private func check(_ o: Row, _ orbit: Row, _ own: [(Row, Row)]) throws {
    let times = try own.map { try value($0.1, "midpointMjdTai") }.sorted()
    #expect(try value(o, "nObs") == Double(own.count))
    #expect(abs(try value(o, "arc") - (times[times.count - 1] - times[0])) < 1e-9)
    #expect(try value(o, "firstObservationMjdTai") == times[0])
    let extended = try own.map { try value($0.1, "extendedness") }.sorted()
    #expect(try value(o, "extendednessMin") == extended[0])
    #expect(try value(o, "extendednessMax") == extended[extended.count - 1])
    let (low, high) = (extended[(extended.count - 1) / 2], extended[extended.count / 2])
    #expect(abs(try value(o, "extendednessMedian") - (low + high) / 2) < 1e-12)
    let (a, e, i) = (
      try value(orbit, "a"), try value(orbit, "e"), try value(orbit, "i") * Self.degree
    )
    let tisserand = 5.2034 / a + 2 * cos(i) * (a / 5.2034 * (1 - e * e)).squareRoot()
    #expect(abs(try value(o, "tisserand_J") - tisserand) < 2e-4)
    try checkMOID(o, orbit)
    for band in ["u", "g", "r", "i", "z", "y"] {
      let seen = own.filter { $0.1["band"] == band }
      #expect(try value(o, "\(band)_nObs") == Double(seen.count))
      guard !seen.isEmpty else {
        #expect(o["\(band)_H"] == "")
        continue
      }
      try checkPhaseCurve(o, band, seen)
    }
  }

  private func checkPhaseCurve(_ o: Row, _ band: String, _ seen: [(Row, Row)]) throws {
    let phases = try seen.map { try value($0.0, "phaseAngle") }
    #expect(abs(try value(o, "\(band)_phaseAngleMin") - (phases.min() ?? 0)) < 1e-5)
    #expect(abs(try value(o, "\(band)_phaseAngleMax") - (phases.max() ?? 0)) < 1e-5)
    #expect(try value(o, "\(band)_nObsUsed") <= Double(seen.count))
    // The magnitude at 1 au from all and no phase angle by H, G with G = 0.15: within what that and
    // H, G12 differ in between 2 and 30 degrees, and H's error.
    let reduced = try seen.map { s, d in
      let phase = try value(s, "phaseAngle") * Self.degree
      let phi =
        0.85 * exp(-3.33 * pow(tan(phase / 2), 0.63)) + 0.15
        * exp(-1.87 * pow(tan(phase / 2), 1.22))
      return try value(d, "mag") - 5 * log10(try value(s, "helioRange") * value(s, "topoRange"))
        + 2.5 * log10(phi)
    }.sorted()
    let middle = reduced[reduced.count / 2]
    let error = try value(o, "\(band)_HErr")
    #expect(error > 0)
    if o["\(band)_slope_fit_failed"] == "1" {
      #expect(abs(try value(o, "\(band)_H") - middle) < 0.15 + 5 * error)
      #expect(o["\(band)_G12Err"] == "")
    }
    #expect(try value(o, "\(band)_Chi2") >= 0)
  }

  /// The nearest points of two ellipses, by going through both in small steps and then smaller ones
  /// about the best. The Earth's: mean elements of J2000 (Simon et al. 1994).
  private func checkMOID(_ o: Row, _ orbit: Row) throws {
    let (a, e) = (try value(orbit, "a"), try value(orbit, "e"))
    let ecliptic = try toEcliptic(orbit)
    func object(_ anomaly: Double) -> [Double] {
      let r = a * (1 - e * e) / (1 + e * cos(anomaly))
      return ecliptic(r * cos(anomaly), r * sin(anomaly))
    }
    let perihelion = 102.937_348 * Self.degree
    func earth(_ longitude: Double) -> [Double] {
      let r =
        1.000_001_018 * (1 - 0.016_708_6 * 0.016_708_6)
        / (1 + 0.016_708_6 * cos(longitude - perihelion))
      return [r * cos(longitude), r * sin(longitude), 0]
    }
    var (best, u, v) = (Double.infinity, 0.0, 0.0)
    var (width, centreU, centreV) = (Double.pi, Double.pi, Double.pi)
    for _ in 0..<7 {
      for j in -30...30 {
        let from = object(centreU + width * Double(j) / 30)
        for k in -30...30 {
          let to = earth(centreV + width * Double(k) / 30)
          let distance = norm([from[0] - to[0], from[1] - to[1], from[2] - to[2]])
          if distance < best {
            (best, u, v) = (
              distance, centreU + width * Double(j) / 30, centreV + width * Double(k) / 30
            )
          }
        }
      }
      (width, centreU, centreV) = (width / 8, u, v)
    }
    // The Earth's osculating orbit swings by 1e-3 about the mean one (its Moon).
    #expect(abs(try value(o, "MOIDEarth") - best) < 3e-3)
    // Orbits that are far apart all along have no sharp nearest point.
    #expect(apart(try value(o, "MOIDEarthTrueAnomalyObject"), u / Self.degree) < 12)
    #expect(apart(try value(o, "MOIDEarthEclipticLongitude"), v / Self.degree) < 12)
    let longitude = try value(o, "MOIDEarthEclipticLongitude")
    // The osculating perihelion is within some degrees of the mean one.
    #expect(
      apart(longitude - (try value(o, "MOIDEarthTrueAnomaly")), perihelion / Self.degree) < 20)
    func speed(_ place: (Double) -> [Double], _ at: Double, _ rate: Double)
      -> [Double]
    {
      let (p, q) = (place(at + 1e-5), place(at - 1e-5))
      return zip(p, q).map { ($0 - $1) / 2e-5 * rate * Self.auKm / 86_400 }
    }
    // Kepler's second law: r² dν/dt = √(GM p).
    let own = try value(o, "MOIDEarthTrueAnomalyObject") * Self.degree
    func rate(_ r: Double, _ parameter: Double) -> Double {
      0.017_202_098_95 * parameter.squareRoot() / (r * r)
    }
    let objectSpeed = speed(object, own, rate(norm(object(own)), a * (1 - e * e)))
    let earthSpeed = speed(
      { earth($0) }, longitude * Self.degree, rate(norm(earth(longitude * Self.degree)), 0.99972))
    let difference = zip(objectSpeed, earthSpeed).map { $0 - $1 }
    #expect(abs(try value(o, "MOIDEarthDeltaV") - norm(difference)) < 0.05)
  }

  // MARK: - mpc_orbits

  private func check(_ o: Row, _ object: Row, _ sources: [Row]) throws {
    let (a, e, q) = (try value(o, "a"), try value(o, "e"), try value(o, "q"))
    #expect(abs(q - a * (1 - e)) < 1e-9)
    let period = 2 * Double.pi / 0.017_202_098_95 * (a * a * a).squareRoot()
    #expect(abs(try value(o, "period") / period - 1) < 1e-7)
    #expect(abs(try value(o, "mean_motion") * period / 360 - 1) < 1e-7)
    let mean = 360 / period * (try value(o, "epoch_mjd") - value(o, "peri_time"))
    #expect(apart(try value(o, "mean_anomaly"), mean) < 1e-4)
    // Of a alone: P ~ a^1.5.
    let relative = try value(o, "a_unc") / a
    #expect(abs(try value(o, "period_unc") / (1.5 * relative * period) - 1) < 1e-3)
    #expect(
      abs(try value(o, "mean_motion_unc") / (1.5 * relative * 360 / period) - 1) < 1e-3)
    for name in ["q", "e", "i", "node", "argperi", "peri_time", "mean_anomaly"] {
      #expect(try value(o, "\(name)_unc") > 0)
    }
    #expect(try value(o, "nobs_total") == value(object, "nObs"))
    #expect(try value(o, "nobs_total_sel") <= value(object, "nObs"))
    #expect(try value(o, "arc_length_total") == value(object, "arc"))
    #expect(try value(o, "arc_length_sel") == value(object, "arc"))
    #expect(try value(o, "nopp") == 1)
    #expect(abs(try value(o, "earth_moid") - (try value(object, "MOIDEarth"))) < 1e-9)
    // Two residuals an observation.
    let squares = try sources.reduce(0.0) { try $0 + pow(value($1, "ephOffset"), 2) }
    let rms = (squares / Double(2 * sources.count)).squareRoot()
    #expect(abs(try value(o, "not_normalized_rms") - rms) < 0.3 * rms)
    #expect((0.2...2.1).contains(try value(o, "normalized_rms")))
    let kind = try value(o, "orbit_type_int")
    if q > 1.666, a < 3.27, try value(o, "i") < 75 { #expect(kind == 11) }
    if q < 1.3, q > 1.017, a > 1 { #expect(kind == 3) }
    if a > 30.4 { #expect(kind == 23) }
    #expect((0...9).contains(try value(o, "u_param")))
  }
}
