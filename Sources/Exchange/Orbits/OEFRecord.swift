import Astro
import Dynamics
import Foundation

/// One object of an OEF file, not yet understood.
struct OEFRecord {
  let name: String
  let line: Int
  /// After the name, without comments.
  var lines: [String] = []

  init(name: String, line: Int) {
    self.name = name.trimmingCharacters(in: CharacterSet(charactersIn: "' "))
    self.line = line
  }

  /// `'433'  61000.0  1.458 0.222 …  10.75 0.15 0`: the same as lines of their own.
  init(oneLine text: String, kind: String, line: Int) {
    let words = text.split { $0 == " " || $0 == "\t" || $0 == "," }.map(String.init)
    self.init(name: words.first ?? "", line: line)
    guard words.count >= 8 else {
      lines = [text]
      return
    }
    lines = ["\(kind) " + words[2..<8].joined(separator: " "), "MJD \(words[1]) TDT"]
    if words.count >= 10 { lines.append("MAG \(words[8]) \(words[9])") }
    // The last field of newer catalogs: whether there are non-gravitational parameters.
    if words.count >= 11, let flag = Int(words[10]), flag != 0 { lines.append("LSP \(flag) 1 7") }
  }

  func orbit(defaultEpoch: Epoch<TDB>?) throws(FieldFault) -> CatalogOrbit {
    var elements: (kind: String, values: [Double])?
    var epoch = defaultEpoch
    var magnitude: [Double] = []
    var covariance: [Double] = []
    var (model, parameters): ([String], [Double]) = ([], [])
    for text in lines {
      let words = text.split { $0 == " " || $0 == "\t" || $0 == "," }.map(String.init)
      switch words[0] {
      case "MJD", "JD": epoch = try Self.epoch(words)
      case "MAG": magnitude = try Self.numbers(words.dropFirst(), "MAG")
      case "COV": covariance += try Self.numbers(words.dropFirst(), "COV")
      case "LSP": model = words
      case "NGR": parameters = try Self.numbers(words.dropFirst(), "NGR")
      case "NOR", "MAS", "WEI": break
      case let kind where kind.count == 3 && elements == nil:
        elements = (kind, try Self.numbers(words.dropFirst(), kind))
      case let other:
        throw FieldFault(field: other, reason: "‘\(other)’ is no keyword of OEF that is known")
      }
    }
    guard let elements else {
      throw FieldFault(field: nil, reason: "\(name) has no elements (KEP, EQU, COM or CAR)")
    }
    guard let epoch else { throw FieldFault(field: "MJD", reason: "\(name) has no epoch") }
    let set = try Self.elementSet(elements.kind, elements.values, epoch)
    let designation = Self.designation(name)
    var orbit = CatalogOrbit(
      designation: designation, ssObjectId: Designation(designation)?.ssObjectId,
      orbit: set.orbit())
    // OrbFit writes -9.99 and smaller for what it does not know.
    if let h = magnitude.first, h > -9 { orbit.absoluteMagnitude = h }
    if magnitude.count > 1, (-2.0...2).contains(magnitude[1]) { orbit.slope = magnitude[1] }
    if let (a, law) = try OEFDynamics.accelerations(model, parameters) {
      orbit.nonGravitational = a
      let usual = NonGravitational.Law.usual(of: Designation(designation))
      orbit.nonGravitationalLaw = law == usual ? nil : law
    }
    if !covariance.isEmpty { orbit.covariance = try Self.covariance(covariance, of: set) }
    return orbit
  }

  /// `2008YC3` is 2008 YC3, `C/2020F3` is C/2020 F3.
  private static func designation(_ name: String) -> String {
    if let known = Designation(name) { return "\(known)" }
    guard let digit = name.firstIndex(where: \.isNumber) else { return name }
    let year = name[digit...].prefix(4)
    guard year.count == 4, year.allSatisfy(\.isNumber) else { return name }
    let spaced = name[..<digit] + year + " " + name[year.endIndex...]
    return Designation(String(spaced)).map { "\($0)" } ?? name
  }

  private static func numbers(
    _ words: ArraySlice<String>, _ field: String
  ) throws(FieldFault) -> [Double] {
    var values: [Double] = []
    for word in words {
      // Fortran's exponents may be D.
      guard let value = Double(word.replacing("D", with: "E")), value.isFinite else {
        throw FieldFault(field: field, reason: "‘\(word)’ is not a number")
      }
      values.append(value)
    }
    return values
  }

  /// `MJD 61000.0 TDT`.
  static func epoch(_ words: [String]) throws(FieldFault) -> Epoch<TDB> {
    guard words.count >= 2, let date = twoPart(words[1]) else {
      throw FieldFault(field: words.first, reason: "is no date, as MJD 61000.0 TDT")
    }
    let day = words[0] == "JD" ? date.day - 2_400_001 : date.day
    let fraction = words[0] == "JD" ? date.fraction + 0.5 : date.fraction
    guard FieldText.orbitDates.contains(day) else {
      throw FieldFault(field: words[0], reason: "\(words[1]) is out of range for a date")
    }
    switch words.count > 2 ? words[2] : "TDT" {
    case "TDT", "TT": return Epoch<TT>(mjdDay: day, fraction: fraction).tdb
    case "TDB": return Epoch<TDB>(mjdDay: day, fraction: fraction)
    case "UTC": return LeapSeconds.erfa.tai(Epoch<UTC>(mjdDay: day, fraction: fraction)).tdb
    case let other:
      throw FieldFault(field: words[0], reason: "‘\(other)’ is none of TDT, TDB, UTC")
    }
  }

  private static func twoPart(_ text: String) -> (day: Double, fraction: Double)? {
    Array(text.utf8).withUnsafeBufferPointer { NumberText.twoPart($0) }
  }

  private static func elementSet(
    _ kind: String, _ values: [Double], _ epoch: Epoch<TDB>
  ) throws(FieldFault) -> ElementSet {
    guard values.count == 6 else {
      throw FieldFault(field: kind, reason: "has \(values.count) numbers, not 6")
    }
    var v = values
    let set: ElementSet?
    switch kind {
    case "CAR":
      let p = Frames.eclipticToEquatorial * Vector3(v[0], v[1], v[2])
      let w = Frames.eclipticToEquatorial * Vector3(v[3], v[4], v[5])
      set = ElementSet(.cartesian, epoch: epoch, values: [p.x, p.y, p.z, w.x, w.y, w.z])
    case "KEP":
      for i in 2..<6 { v[i] *= Angle.degree }
      set = ElementSet(.keplerian, epoch: epoch, values: v)
    case "EQU":
      v[5] *= Angle.degree
      set = ElementSet(.equinoctial, epoch: epoch, values: v)
    case "COM":
      for i in 2..<5 { v[i] *= Angle.degree }
      v[5] = Epoch<TT>(mjd: v[5]).tdb.days(since: epoch)
      set = ElementSet(.cometary, epoch: epoch, values: v)
    default:
      throw FieldFault(field: kind, reason: "‘\(kind)’ is none of KEP, EQU, COM, CAR")
    }
    guard let set else {
      throw FieldFault(field: kind, reason: "\(values) are not the elements of an orbit")
    }
    return set
  }

  /// The upper triangle by rows, of six parameters or more, of which the first six are the orbit's.
  private static func covariance(
    _ terms: [Double], of set: ElementSet
  ) throws(FieldFault) -> OrbitCovariance {
    guard let size = (6...20).first(where: { $0 * ($0 + 1) / 2 == terms.count }) else {
      throw FieldFault(field: "COV", reason: "has \(terms.count) numbers, not 21")
    }
    let units = set.kind.angles.map { $0 ? Angle.degree : 1 }
    var matrix = [Double](repeating: 0, count: 36)
    var next = 0
    for i in 0..<size {
      for j in i..<size {
        if j < 6 {
          matrix[6 * i + j] = terms[next] * units[i] * units[j]
          matrix[6 * j + i] = matrix[6 * i + j]
        }
        next += 1
      }
    }
    let isCartesian = set.kind == .cartesian
    if isCartesian { matrix = CovarianceFrame.rotate(matrix, by: Frames.eclipticToEquatorial) }
    let covariance =
      isCartesian
      ? OrbitCovariance(covariance: matrix) : OrbitCovariance(covariance: matrix, of: set)
    guard let covariance else {
      throw FieldFault(field: "COV", reason: CovarianceFrame.whatIsWrong(matrix))
    }
    return covariance
  }
}
