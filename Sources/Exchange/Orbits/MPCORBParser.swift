import Astro
import Dynamics

/// Reads MPCORB.DAT: https://www.minorplanetcenter.net/iau/info/MPOrbitFormat.html
///
/// The elements have five to seven decimals, which is a few hundred km on the sky plane at 1 au.
final class MPCORBParser: OrbitLineParser {
  /// Whether a line has a packed epoch and elements where an orbit has them.
  static func looksLikeOne(_ line: Bytes) -> Bool {
    line.count >= 103 && packedEpoch(Bytes(rebasing: line[20..<25])) != nil
      && line[7] == 0x20 && line[29] == 0x2E && line[40] == 0x2E
  }

  /// Lines before the ruler of dashes are the file's own description.
  private var sawOrbit: Bool

  /// - Parameter hasDescription: the lines are the file's first ones.
  init(hasDescription: Bool = true) { sawOrbit = !hasDescription }

  func orbit(_ line: Bytes) throws(FieldFault) -> CatalogOrbit? {
    if line.allSatisfy({ $0 <= 0x20 || $0 == 0x2D }) { return nil }
    if !sawOrbit && !Self.looksLikeOne(line) && !Self.startsLikeOne(line) { return nil }
    sawOrbit = true
    guard line.count >= 103 else {
      throw FieldFault(
        field: nil, reason: "the line has \(line.count) columns, an orbit at least 103")
    }
    let text = FieldText.string(line.columns(1, 7))
    guard let designation = Designation(packed: text) else {
      throw FieldFault(
        field: "designation (columns 1-7)", reason: "‘\(text)’ is not a packed designation")
    }
    let orbit = try elements(line).orbit()
    guard orbit.state.position.isFinite, orbit.state.velocity.isFinite else {
      throw FieldFault(field: "e (columns 71-79)", reason: "these elements have no finite state")
    }
    var result = CatalogOrbit(
      designation: "\(designation)", ssObjectId: designation.ssObjectId, orbit: orbit,
      absoluteMagnitude: try optional(line, 9, 13, "H", in: -30...60),
      slope: try optional(line, 15, 19, "G", in: -2...2), quality: try quality(line))
    if case .number = designation, let provisional = Self.provisional(line) {
      result.otherNames = [provisional]
    }
    return result
  }

  /// Of a numbered object without a name: the readable designation (columns 167-194) is then its
  /// number in parentheses and the principal provisional designation.
  private static func provisional(_ line: Bytes) -> String? {
    guard line.count > 174 else { return nil }
    let text = line.columns(167, min(194, line.count))
    guard let close = text.firstIndex(of: 0x29), close + 6 < text.endIndex,
      (0x30...0x41).contains(text[close + 2])
    else { return nil }
    return Designation(FieldText.string(Bytes(rebasing: text[(close + 1)...])))?.description
  }

  /// In the part before the first whole orbit, a line with a packed designation and epoch is an
  /// orbit all the same (a damaged one), not description.
  private static func startsLikeOne(_ line: Bytes) -> Bool {
    guard line.count >= 25 else { return false }
    return Designation(packed: FieldText.string(Bytes(rebasing: line[0..<7]))) != nil
      && packedEpoch(Bytes(rebasing: line[20..<25])) != nil
  }

  private func elements(_ line: Bytes) throws(FieldFault) -> KeplerianElements {
    let epochText = line.columns(21, 25)
    guard let day = Self.packedEpoch(epochText) else {
      throw FieldFault(
        field: "epoch (columns 21-25)",
        reason: "‘\(FieldText.string(epochText))’ is not a packed date, as K25C1")
    }
    let mean = try number(line, 27, 35, "M", in: 0...360)
    let peri = try number(line, 38, 46, "argument of perihelion", in: 0...360)
    let node = try number(line, 49, 57, "node", in: 0...360)
    let incl = try number(line, 60, 68, "inclination", in: 0...180)
    let e = try number(line, 71, 79, "e", in: 0...100)
    let a = try number(line, 93, 103, "a", in: -1e6...1e6)
    try checkMeanMotion(line, a)
    guard
      let elements = KeplerianElements(
        epoch: Epoch<TT>(mjdDay: day, fraction: 0).tdb, semiMajorAxisAU: a,
        eccentricity: e, inclinationRad: incl * Angle.degree, nodeRad: node * Angle.degree,
        argPeriRad: peri * Angle.degree, meanAnomalyRad: mean * Angle.degree)
    else {
      throw FieldFault(
        field: "a (columns 93-103)", reason: "a = \(a) and e = \(e) do not belong together")
    }
    return elements
  }

  /// The mean motion says the same as a: a line whose columns are damaged is found by it.
  private func checkMeanMotion(_ line: Bytes, _ a: Double) throws(FieldFault) {
    guard a > 0, let n = try optional(line, 81, 91, "n", in: 0...1000) else { return }
    let expected = 0.985_607_668_6 / (a * a * a).squareRoot()
    guard abs(n - expected) <= 1e-3 * expected + 1e-8 else {
      throw FieldFault(
        field: "a (columns 93-103)",
        reason: "a = \(a) au has the mean motion \(expected)°/d, the line says \(n)")
    }
  }

  private func quality(_ line: Bytes) throws(FieldFault) -> CatalogOrbit.Quality {
    func whole(_ first: Int, _ last: Int) -> Int? {
      NumberText.int64(line.columns(first, last)).map { Int($0) }
    }
    var quality = CatalogOrbit.Quality()
    quality.uncertaintyParameter = whole(106, 106)
    quality.observationCount = whole(118, 122)
    quality.oppositionCount = whole(124, 126)
    let arc = line.columns(128, 136)
    if FieldText.string(arc).hasSuffix("days") {
      quality.arcDays = NumberText.double(Bytes(rebasing: arc.prefix { $0 != 0x20 }))
    }
    quality.rmsArcsec = try optional(line, 138, 141, "rms", in: 0...1e4)
    return quality
  }

  /// `K1972` is 2019 July 2: whole days only.
  static func packedEpoch(_ text: Bytes) -> Double? {
    text.count == 5 ? PackedDate.mjd(FieldText.string(text))?.day : nil
  }

  private func number(
    _ line: Bytes, _ first: Int, _ last: Int, _ name: String, in range: ClosedRange<Double>
  ) throws(FieldFault) -> Double {
    try FieldText.number(
      line.columns(first, last), "\(name) (columns \(first)-\(last))", in: range, unit: "")
  }

  private func optional(
    _ line: Bytes, _ first: Int, _ last: Int, _ name: String, in range: ClosedRange<Double>
  ) throws(FieldFault) -> Double? {
    try FieldText.optionalNumber(
      line.columns(first, last), "\(name) (columns \(first)-\(last))", in: range, unit: "")
  }
}
