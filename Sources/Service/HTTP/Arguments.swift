import HTTPTypes
import Astro
import Astrometry
import Dynamics

/// The parameters of one request, checked.
struct Arguments: Sendable {
  private var values: [(name: String, value: ParameterValue)] = []

  // MARK: - Asking

  private func value(_ name: String) -> ParameterValue? {
    values.first { $0.name == name }?.value
  }

  func number(_ name: String) -> Double? {
    if case .number(let value)? = value(name) { value } else { nil }
  }

  func integer(_ name: String) -> Int? {
    if case .integer(let value)? = value(name) { value } else { nil }
  }

  func text(_ name: String) -> String? {
    if case .text(let value)? = value(name) { value } else { nil }
  }

  func time(_ name: String) -> Epoch<TDB>? {
    if case .time(let value)? = value(name) { value } else { nil }
  }

  func observatory(_ name: String) -> ObservatoryCode? {
    if case .observatory(let value)? = value(name) { value } else { nil }
  }

  // MARK: - Checking

  /// - Parameters:
  ///   - path: the values of the path's parameters, by name, still percent-encoded.
  ///   - query: what follows the question mark.
  init(
    path: [(name: String, text: Substring)], query: Substring, endpoint: Endpoint,
    solarSystem: SolarSystem
  ) throws(HTTPProblem) {
    values.reserveCapacity(8)
    for (name, text) in path {
      guard let parameter = endpoint.parameters.first(where: { $0.name == name && $0.isInPath })
      else { continue }
      try add(parameter, PercentEncoding.decode(text, plusIsSpace: false), solarSystem)
    }
    if !query.isEmpty {
      for part in query.split(separator: "&") {
        let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = try Self.decoded(halves[0], "a parameter's name")
        guard let parameter = endpoint.parameter(named: name) else {
          if endpoint.ignoresUnknown { continue }
          throw .badParameter(name, Self.unknown(name, endpoint))
        }
        guard !values.contains(where: { $0.name == parameter.name }) else {
          throw .badParameter(name, "\(name) is given twice; give it once")
        }
        let text = PercentEncoding.decode(halves.count > 1 ? halves[1] : "", plusIsSpace: true)
        try add(parameter, text, solarSystem)
      }
    }
    for parameter in endpoint.parameters
    where parameter.isRequired && !values.contains(where: { $0.name == parameter.name }) {
      throw .badParameter(
        parameter.name, "\(parameter.name) is missing: \(parameter.description)")
    }
  }

  private static func decoded(_ text: Substring, _ what: String) throws(HTTPProblem) -> String {
    guard let value = PercentEncoding.decode(text, plusIsSpace: true) else {
      throw HTTPProblem(.badRequest, "\(what) is not percent-encoded UTF-8")
    }
    return value
  }

  private static func unknown(_ name: String, _ endpoint: Endpoint) -> String {
    let names = endpoint.parameters.filter { !$0.isInPath }.map(\.name)
    let shown = String(name.prefix(40))
    return names.isEmpty
      ? "no parameter '\(shown)': \(endpoint.path) takes none"
      : "no parameter '\(shown)'; there are: \(names.joined(separator: ", "))"
  }

  private mutating func add(
    _ parameter: Parameter, _ text: String?, _ solarSystem: SolarSystem
  ) throws(HTTPProblem) {
    guard let text, !text.utf8.contains(0) else {
      throw .badParameter(parameter.name, "\(parameter.name) is not percent-encoded UTF-8")
    }
    values.append(
      (parameter.name, try Self.checked(parameter, text, solarSystem)))
  }

  private static func checked(
    _ parameter: Parameter, _ text: String, _ solarSystem: SolarSystem
  ) throws(HTTPProblem) -> ParameterValue {
    let name = parameter.name
    let shown = String(text.prefix(60))
    switch parameter.kind {
    case .number(let range):
      guard isPlainNumber(text), let value = Double(text), range.contains(value) else {
        throw .badParameter(
          name,
          "\(name) is '\(shown)': expected a number from \(range.lowerBound) to \(range.upperBound)"
        )
      }
      return .number(value)
    case .integer(let range):
      guard isPlainNumber(text), let value = Int(text), range.contains(value) else {
        throw .badParameter(
          name,
          "\(name) is '\(shown)': expected a whole number from \(range.lowerBound) to "
            + "\(range.upperBound)")
      }
      return .integer(value)
    case .text(let maximum):
      guard !text.isEmpty, text.utf8.count <= maximum else {
        throw .badParameter(name, "\(name) must have 1 to \(maximum) bytes of text")
      }
      return .text(text)
    case .choice(let choices):
      guard choices.contains(text) else {
        throw .badParameter(
          name, "\(name) is '\(shown)': expected one of \(choices.joined(separator: ", "))")
      }
      return .text(text)
    case .time: return .time(try time(name, text, solarSystem))
    case .observatory: return .observatory(try observatory(name, text, solarSystem))
    case .date:
      guard Night(date: text) != nil else {
        throw .badParameter(name, "\(name) is '\(shown)': expected a date such as 2026-11-22")
      }
      return .text(text)
    }
  }

  /// Digits, sign, point and exponent alone: no hexadecimal, no `nan`.
  private static func isPlainNumber(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 40
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E || $0 | 0x20 == 0x65
      }
  }

  static func time(
    _ name: String, _ text: String, _ solarSystem: SolarSystem
  ) throws(HTTPProblem) -> Epoch<TDB> {
    // The command line's form that reads a file, or several times, is not for the network.
    guard text.utf8.count <= 64, !text.contains("@"), !text.contains(",") else {
      throw .badParameter(
        name,
        "\(name) must be one time: ISO 8601 (UTC) or an MJD with its scale such as 61000.5:tai")
    }
    do {
      guard let epoch = try TimeArgument.parse(text, leapSeconds: solarSystem.leapSeconds).first,
        epoch.mjd.isFinite
      else { throw AstroError.invalidTime(text: text, reason: "it is empty") }
      return epoch
    } catch {
      throw .badParameter(name, "\(name): \(error)")
    }
  }

  static func observatory(
    _ name: String, _ text: String, _ solarSystem: SolarSystem
  ) throws(HTTPProblem) -> ObservatoryCode {
    guard let code = ObservatoryCode(text) else {
      throw .badParameter(
        name, "\(name) is '\(text.prefix(20))': expected an MPC code such as X05")
    }
    do {
      _ = try solarSystem.observatories.site(code)
    } catch {
      throw .badParameter(name, "\(name): \(error)")
    }
    return code
  }
}
