import Astro
public import Dynamics

/// Orbits as rows of a table, for the formats of tables; the columns are those of the orbit CSV
/// with `ssObjectId`, oppositions and U.
public enum OrbitTable {
  /// Texts are as wide as the widest that an orbit can have.
  public static func description(
    rowCount: Int, designationBytes: Int, isASCII: Bool
  ) -> TableDescription {
    var columns = TableColumn.orbits
    for i in columns.indices where columns[i].kind == .text {
      let isName = columns[i].name == "designation"
      // SUN, SSB; asteroid, comet.
      let width = columns[i].name == "origin" ? 3 : 8
      columns[i].maximumBytes = isName ? designationBytes : width
      columns[i].isASCII = !isName || isASCII
    }
    return TableDescription(
      name: "orbits", description: TableColumn.summary(table: "orbits"), columns: columns,
      rowCount: rowCount)
  }

  /// The epoch is one double here, which resolves 1 µs; the orbit CSV keeps both of its parts.
  public static func batch(_ orbits: some Collection<CatalogOrbit>) -> TableBatch {
    var batch = TableBatch(TableColumn.orbits)
    for orbit in orbits { append(orbit, to: &batch) }
    return batch
  }

  private static func append(_ orbit: CatalogOrbit, to batch: inout TableBatch) {
    var column = 0
    func next() -> Int {
      defer { column += 1 }
      return column
    }
    let state = orbit.orbit.state
    batch.columns[next()].append(orbit.ssObjectId.map { Int($0) })
    batch.columns[next()].append(orbit.designation)
    batch.columns[next()].append(orbit.orbit.epoch.mjd)
    batch.columns[next()].append(orbit.orbit.origin.rawValue)
    for v in [state.position, state.velocity] {
      for value in [v.x, v.y, v.z] { batch.columns[next()].append(value) }
    }
    for value in elements(orbit.orbit) { batch.columns[next()].append(value) }
    let a = orbit.nonGravitational
    for value in [orbit.absoluteMagnitude, orbit.slope, a?.x, a?.y, a?.z] {
      batch.columns[next()].append(value)
    }
    let quality = orbit.quality
    batch.columns[next()].append(quality.rmsArcsec)
    batch.columns[next()].append(quality.observationCount)
    batch.columns[next()].append(quality.observationsUsed)
    batch.columns[next()].append(quality.oppositionCount)
    batch.columns[next()].append(quality.arcDays)
    batch.columns[next()].append(quality.converged)
    batch.columns[next()].append(quality.determined)
    batch.columns[next()].append(quality.uncertaintyParameter)
    let covariance = orbit.covariance?.covariance
    for i in 0..<6 {
      for j in i..<6 { batch.columns[next()].append(covariance.map { $0[6 * i + j] }) }
    }
    let law = orbit.photometry.map(PhotometryFields.values)
    for name in PhotometryFields.names { batch.columns[next()].append(law?[name]) }
    batch.columns[next()].append(
      orbit.nonGravitationalLaw.flatMap { law in
        NonGravitational.Law.named.first { $0.value == law }?.key
      })
  }

  /// q, e, incl, node, argPeri, tPeri, a, mean anomaly [au, deg, MJD TDB].
  private static func elements(_ orbit: Orbit) -> [Double?] {
    guard let elements = KeplerianElements(orbit) else {
      return [Double?](repeating: nil, count: 8)
    }
    let isParabola = elements.eccentricity == 1
    return [
      elements.perihelionAU, elements.eccentricity, elements.inclinationRad / Angle.degree,
      elements.nodeRad / Angle.degree, elements.argPeriRad / Angle.degree,
      elements.perihelionTime.mjd, isParabola ? nil : elements.semiMajorAxisAU,
      isParabola ? nil : elements.meanAnomalyRad() / Angle.degree,
    ]
  }
}
