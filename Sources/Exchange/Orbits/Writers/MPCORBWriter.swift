import Astro
import Dynamics
import Foundation

/// Writes MPCORB.DAT: 202 columns a line, https://www.minorplanetcenter.net/iau/info/MPOrbitFormat.html
///
/// Elements are rounded to the columns' decimals, as the MPC rounds them (its a and n agree to half
/// of the last digit of a, evenly to both sides, over 8,604 near-Earth asteroids). Epochs are 0h TT:
/// others are brought to the nearest one by two-body motion of half a day at most.
/// Fields that a catalog knows nothing of (reference, perturbers) are blank.
enum MPCORBWriter {
  static func add(_ record: OrbitRecord, to text: inout OrbitText) -> Bool {
    let orbit = record.orbit
    let designation = Designation(orbit.designation)
    guard let packed = packedName(designation) else {
      text.lossCounter.add(
        "orbits left out: MPCORB has no room for their designations (comets, own objects)")
      return false
    }
    guard let (elements, day) = elementsAtMidnight(orbit.orbit, &text) else {
      text.lossCounter.add(
        "orbits left out: MPCORB has heliocentric ellipses with epochs of 1800 to 2099 only")
      return false
    }
    var line = FixedLine(width: 202)
    line.put(packed, at: 1)
    if let h = orbit.absoluteMagnitude { line.put(h, decimals: 2, 9, 13) }
    if let g = orbit.slope { line.put(g, decimals: 2, 15, 19) }
    line.put(text.packedDate(day) ?? "", at: 21)
    guard put(elements, into: &line) else {
      text.lossCounter.add("orbits left out: their elements need more digits than MPCORB has")
      return false
    }
    put(record, designation, elements, into: &line)
    if orbit.covariance != nil { text.lossCounter.add("covariances left out: MPCORB has none") }
    if orbit.nonGravitational != nil {
      text.lossCounter.add("non-gravitational parameters left out: MPCORB has none")
    }
    if orbit.hasLawBesideHG {
      text.lossCounter.add("laws of brightness other than H, G left out: MPCORB has none")
    }
    text.bytes += line.bytes
    text.bytes.append(0x0A)
    return true
  }

  private static func packedName(_ designation: Designation?) -> String? {
    switch designation {
    case .number, .provisional, .survey: designation?.packed
    default: nil
    }
  }

  /// - Returns: the elements at 0h TT, and the Modified Julian Day of that; nil unless an ellipse.
  private static func elementsAtMidnight(
    _ orbit: Orbit, _ text: inout OrbitText
  ) -> (KeplerianElements, Double)? {
    guard let elements = KeplerianElements(orbit), elements.eccentricity < 1 else { return nil }
    let tt = orbit.epoch.tt
    let day = (tt.day + tt.fraction).rounded()
    guard text.packedDate(day) != nil else { return nil }
    // 2.6 ms: TDB − TT, up to 1.7 ms, is beyond the digits of an anomaly.
    if abs(tt.day - day + tt.fraction) < 3e-8 { return (elements, day) }
    text.lossCounter.add(
      "epochs moved to the nearest 0h TT by two-body motion: MPCORB has whole days")
    let midnight = Epoch<TT>(mjdDay: day, fraction: 0).tdb
    return KeplerianElements(elements.orbit(at: midnight)).map { ($0, day) }
  }

  private static func put(_ elements: KeplerianElements, into line: inout FixedLine) -> Bool {
    putAngle(elements.meanAnomalyRad(), 27, 35, into: &line)
    putAngle(elements.argPeriRad, 38, 46, into: &line)
    putAngle(elements.nodeRad, 49, 57, into: &line)
    line.put(elements.inclinationRad / Angle.degree, decimals: 5, 60, 68)
    // Not 1.0000000, which would be no ellipse.
    line.put(
      scaled: min(9_999_999, Int64((elements.eccentricity * 1e7).rounded())), decimals: 7, 71, 79)
    let a = elements.semiMajorAxisAU
    line.put(elements.meanMotion() / Angle.degree, decimals: 8, 81, 91)
    // Orbits beyond 1000 au have fewer decimals.
    for decimals in stride(from: 7, through: 4, by: -1)
    where line.put(a, decimals: decimals, 93, 103) { return true }
    return false
  }

  /// Five decimals; what would round to 360 is 0.
  private static func putAngle(
    _ radians: Double, _ first: Int, _ last: Int, into line: inout FixedLine
  ) {
    let scaled = Int64((Angle.wrapPositive(radians) / Angle.degree * 1e5).rounded())
    line.put(scaled: scaled == 36_000_000 ? 0 : scaled, decimals: 5, first, last)
  }

  private static func put(
    _ record: OrbitRecord, _ designation: Designation?, _ elements: KeplerianElements,
    into line: inout FixedLine
  ) {
    let orbit = record.orbit
    let quality = orbit.quality
    if let u = quality.uncertaintyParameter { line.put("\(u)", at: 106) }
    if let n = quality.observationCount { line.put(scaled: Int64(n), decimals: 0, 118, 122) }
    if let n = quality.oppositionCount { line.put(scaled: Int64(n), decimals: 0, 124, 126) }
    if let arc = quality.arcDays, arc < 9999.5 {
      line.put(arc, decimals: 0, 128, 131)
      line.put("days", at: 133)
    }
    if let rms = quality.rmsArcsec { line.put(rms, decimals: 2, 138, 141) }
    if record.source == "ecliptic" { line.put("ECLIPTIC", at: 151) }
    line.put(hexadecimal(flags(elements, record)), at: 162)
    if case .number(let number)? = designation {
      line.put("(\(number))", endingAt: 174)
    } else {
      line.put(orbit.designation, at: 176)
    }
    if let last = record.lastObservationMjdTai {
      let date = LeapSeconds.erfa.utc(Epoch<TAI>(mjd: last)).iso8601().prefix(10)
      line.put(date.replacing("-", with: ""), at: 195)
    }
  }

  private static func hexadecimal(_ flags: Int) -> String {
    let digits = String(flags, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// Bits 0 to 5: kind of orbit; 11: near-Earth; 12: near-Earth and 1 km or larger (H ≤ 18.2);
  /// 15: potentially hazardous (distance of the orbits ≤ 0.05 au and H ≤ 22.0). Apollo and Atira
  /// end at 1 au and 1 km begins at H = 18.2 in the MPC's files, whatever others say.
  private static func flags(_ elements: KeplerianElements, _ record: OrbitRecord) -> Int {
    let (q, a) = (elements.perihelionAU, elements.semiMajorAxisAU)
    let h = record.orbit.absoluteMagnitude ?? 99
    guard q < 1.3 else { return kind(elements) }
    var flags = 0x800
    switch true {
    case elements.aphelionAU < 1: flags |= 1
    case a < 1: flags |= 2
    case q < 1: flags |= 3
    default: flags |= 4
    }
    if h <= 18.2 { flags |= 0x1000 }
    if let moid = record.earthMoidAU, moid <= 0.05, h <= 22 { flags |= 0x8000 }
    return flags
  }

  /// The MPC's kinds beyond near-Earth orbits; 0 is all else, the main belt above all.
  private static func kind(_ elements: KeplerianElements) -> Int {
    let (a, e) = (elements.semiMajorAxisAU, elements.eccentricity)
    let degrees = elements.inclinationRad / Angle.degree
    switch true {
    case elements.perihelionAU < 1.665: return 5
    case a > 1.78 && a < 2 && e < 0.18 && degrees > 16 && degrees < 34: return 6
    case a > 3.7 && a < 4.2 && e < 0.4 && degrees < 30: return 8
    case a > 4.8 && a < 5.4 && e < 0.3: return 9
    case a > 6: return 10
    default: return 0
    }
  }
}
