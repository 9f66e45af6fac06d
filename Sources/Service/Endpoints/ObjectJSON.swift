import Astro
import Catalog
import Dynamics
import Exchange

/// An object's page as JSON.
enum ObjectJSON {
  static func write(_ page: ObjectPage, to text: inout JSONText) {
    text.add("ssObjectId", page.ssObjectId)
    text.add("designation", page.designation)
    text.add("packed", Designation(page.designation)?.packed)
    if let solution = page.solution {
      text.object("orbit") { write(solution, to: &$0) }
    } else {
      text.key("orbit")
      text.null()
    }
    text.key("mpc_orbits")
    write(page.mpcOrbit, to: &text)
    text.key("SSObject")
    write(page.ssObject, to: &text)
    text.object("phaseCurves") { writePhaseCurves(page.ssObject, to: &$0) }
    text.array("observations") { text in
      text.rows(page.observations, page.columns)
    }
  }

  /// For each band whose H and G12 were fitted: phase angles [deg] and magnitudes at 1 au from Sun
  /// and observer.
  private static func writePhaseCurves(
    _ row: [(name: String, value: CatalogValue)], to text: inout JSONText
  ) {
    func number(_ name: String) -> Double? {
      if case .real(let number)? = row.first(where: { $0.name == name })?.value {
        number
      } else {
        nil
      }
    }
    for band in ["u", "g", "r", "i", "z", "y"] {
      guard let h = number("\(band)_H"), let g12 = number("\(band)_G12") else { continue }
      let law = PhotometricModel.hg12(h: h, g12: g12)
      text.key(band)
      text.array { text in
        for step in 0...60 {
          let degrees = 0.5 * Double(step)
          let magnitude = law.magnitude(
            heliocentricAU: 1, topocentricAU: 1, phaseAngleRad: degrees * Angle.degree)
          text.array { text in
            text.value(degrees, decimals: 1)
            text.value(magnitude, decimals: 4)
          }
        }
      }
    }
  }

  private static func write(_ solution: OrbitSolution, to text: inout JSONText) {
    let orbit = solution.orbit
    let state = orbit.orbit.state
    text.add("epochMjdTdb", orbit.orbit.epoch.mjd)
    text.add("origin", orbit.orbit.origin.rawValue)
    text.add("frame", "ICRF")
    text.add("position", numbers: [state.position.x, state.position.y, state.position.z])
    text.add("velocity", numbers: [state.velocity.x, state.velocity.y, state.velocity.z])
    if let covariance = orbit.covariance?.covariance {
      text.add("covariance", numbers: covariance)
    } else {
      text.key("covariance")
      text.null()
    }
    text.add("H", orbit.absoluteMagnitude)
    text.add("G", orbit.slope)
    if let a = orbit.nonGravitational {
      text.add("nonGravitational", numbers: [a.x, a.y, a.z])
    } else {
      text.key("nonGravitational")
      text.null()
    }
    let quality = orbit.quality
    text.add("rmsArcsec", quality.rmsArcsec)
    text.add("nObs", quality.observationCount)
    text.add("nObsUsed", quality.observationsUsed)
    text.add("nOppositions", quality.oppositionCount)
    text.add("arcDays", quality.arcDays)
    text.add("converged", quality.converged)
    text.add("determined", quality.determined)
    text.add("uncertaintyParameter", quality.uncertaintyParameter)
    text.add("chiSquare", solution.chiSquare)
    text.add("degreesOfFreedom", solution.degreesOfFreedom)
    text.add("source", solution.source)
    text.add("remark", solution.remark)
  }

  /// A row of the catalog; null where there is none.
  private static func write(
    _ row: [(name: String, value: CatalogValue)], to text: inout JSONText
  ) {
    guard !row.isEmpty else { return text.null() }
    text.object { text in
      for (name, value) in row {
        text.key(name)
        switch value {
        case .null, .blob: text.null()
        case .integer(let number): text.integer(number)
        case .real(let number): text.value(number)
        case .text(let words): text.value(words)
        }
      }
    }
  }
}

extension JSONText {
  /// Rows of a table as objects.
  mutating func rows(_ batch: TableBatch, _ columns: [TableColumn]) {
    let keys = columns.map { column in
      var key = JSONText(capacity: 32)
      key.key(column.name)
      return key.bytes
    }
    for row in 0..<batch.rowCount {
      object { text in
        for index in columns.indices {
          text.key(encoded: keys[index])
          text.value(batch.columns[index], row)
        }
      }
    }
  }

  private mutating func value(_ values: ColumnValues, _ row: Int) {
    guard values.present[row] else { return null() }
    switch values.kind {
    case .float64: value(values.doubles[row])
    case .boolean: value(values.integers[row] != 0)
    case .int16, .int32, .int64: integer(values.integers[row])
    case .text, .bytes: value(values.text(row))
    }
  }
}
