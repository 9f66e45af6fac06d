import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

/// Answers of JPL's Small-Body Database.
struct SmallBodyDatabase {
  let name: String
  /// Of the orbit: elements and epoch.
  let elements: KeplerianElements
  let json: [String: Any]

  static var all: [SmallBodyDatabase] {
    guard let folder = TestPaths.sharedData?.appending(path: "truth/sbdb_json"),
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    else { return [] }
    return names.compactMap { try? SmallBodyDatabase(folder.appending(path: $0), name: $0) }
  }

  static func one(_ name: String) throws -> SmallBodyDatabase {
    try #require(all.first { $0.name == name })
  }

  private init?(_ file: URL, name: String) throws {
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    guard let json, let orbit = json["orbit"] as? [String: Any],
      let epoch = Self.number(orbit["epoch"]), let list = orbit["elements"] as? [[String: Any]]
    else { return nil }
    self.name = name
    self.json = json
    func element(_ name: String) -> Double? {
      Self.number(list.first { $0["name"] as? String == name }?["value"])
    }
    guard let q = element("q"), let e = element("e"), let i = element("i"),
      let node = element("om"), let peri = element("w"), let tp = element("tp")
    else { return nil }
    elements = KeplerianElements(
      epoch: Epoch(mjd: epoch - Constants.jdOfMjdZero), perihelionAU: q, eccentricity: e,
      inclinationRad: i * Angle.degree, nodeRad: node * Angle.degree,
      argPeriRad: peri * Angle.degree, perihelionTime: Epoch(mjd: tp - Constants.jdOfMjdZero))
  }

  static func number(_ value: Any?) -> Double? {
    (value as? String).flatMap(Double.init) ?? (value as? Double)
  }

  var orbit: [String: Any] { json["orbit"] as? [String: Any] ?? [:] }

  func value(_ key: String) -> Double? { Self.number(orbit[key]) }

  /// What the printed digits of a value leave open: half a unit of the last one.
  func rounding(_ key: String) -> Double {
    guard let text = orbit[key] as? String else { return 0 }
    let parts = text.split(separator: "E")
    let decimals =
      parts[0].split(separator: ".", omittingEmptySubsequences: false)
      .dropFirst().first?.count ?? 0
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    return 0.5 * pow(10, Double(exponent - decimals))
  }

  /// 1 σ of an element of the orbit, in its own unit.
  func sigma(_ name: String) -> Double? {
    let list = orbit["elements"] as? [[String: Any]]
    return Self.number(list?.first { $0["name"] as? String == name }?["sigma"])
  }

  /// Cometary elements and their covariance, radians, in our order; non-gravitational parameters
  /// are marginalised.
  var covariance: (elements: ElementSet, matrix: [Double])? {
    guard let block = orbit["covariance"] as? [String: Any],
      let labels = block["labels"] as? [String], let rows = block["data"] as? [[Any]],
      let epoch = Self.number(block["epoch"])
    else { return nil }
    let own = block["elements"] as? [[String: Any]] ?? orbit["elements"] as? [[String: Any]] ?? []
    let wanted = [("q", "q"), ("e", "e"), ("i", "i"), ("node", "om"), ("peri", "w"), ("tp", "tp")]
    let units = [1, 1, Angle.degree, Angle.degree, Angle.degree, 1]
    var values: [Double] = []
    for (k, (_, name)) in wanted.enumerated() {
      guard let value = Self.number(own.first { $0["name"] as? String == name }?["value"]) else {
        return nil
      }
      values.append(value * units[k])
    }
    values[5] -= epoch
    var matrix: [Double] = []
    for (i, (a, _)) in wanted.enumerated() {
      for (j, (b, _)) in wanted.enumerated() {
        guard let row = labels.firstIndex(of: a), let column = labels.firstIndex(of: b),
          let value = Self.number(rows[row][column])
        else { return nil }
        matrix.append(value * units[i] * units[j])
      }
    }
    guard
      let elements = ElementSet(
        .cometary, epoch: Epoch(mjd: epoch - Constants.jdOfMjdZero), values: values)
    else { return nil }
    return (elements, matrix)
  }
}
