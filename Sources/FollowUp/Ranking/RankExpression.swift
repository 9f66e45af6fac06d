import Foundation

/// A formula over named numbers, as a user writes it: `+ - * / ^`, parentheses, comparisons that give 1
/// or 0, and `min max sqrt exp log log10 abs`.
public struct RankExpression: Sendable {
  /// What is wrong with a formula.
  public struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
    public var reason: String
    public var description: String { reason }
  }

  private indirect enum Node: Sendable {
    case number(Double)
    case variable(Int)
    case operation(String, [Node])
  }

  /// What the ranking is by unless the user says otherwise.
  ///
  /// Worth (near-Earth or rare, tenfold what may strike) times the chance to get it (in the field, bright
  /// enough, not among stars), more for what is lost sooner, a fifth for pairs: two detections may be one
  /// line by chance.
  public static let standard =
    "(0.01 + pNearEarth + 0.5 * pRare + 10 * pImpact) * inField * detectable * clearness"
    + " * min(1, observations / 3) ^ 4 / (1 + daysToLoss / 3)"

  public let text: String
  private let root: Node

  /// - Parameters:
  ///   - text: the formula.
  ///   - names: of the numbers, in the order in which ``value(_:)`` is given them.
  public init(_ text: String, names: [String]) throws(Fault) {
    var parser = Parser(text, names)
    root = try parser.whole()
    self.text = text
  }

  public func value(_ numbers: [Double]) -> Double { RankExpression.value(root, numbers) }

  private static func value(_ node: Node, _ numbers: [Double]) -> Double {
    switch node {
    case .number(let x): return x
    case .variable(let k): return numbers[k]
    case .operation(let name, let parts):
      let x = parts.map { value($0, numbers) }
      switch name {
      case "+": return x[0] + x[1]
      case "-": return x.count == 1 ? -x[0] : x[0] - x[1]
      case "*": return x[0] * x[1]
      case "/": return x[0] / x[1]
      case "^": return pow(x[0], x[1])
      case "<": return x[0] < x[1] ? 1 : 0
      case ">": return x[0] > x[1] ? 1 : 0
      case "min": return x.min() ?? .nan
      case "max": return x.max() ?? .nan
      case "sqrt": return x[0].squareRoot()
      case "exp": return exp(x[0])
      case "log": return log(x[0])
      case "log10": return log10(x[0])
      default: return abs(x[0])
      }
    }
  }

  private struct Parser {
    private let tokens: [String]
    private let names: [String]
    private var place = 0
    private var depth = 0

    private static let functions = ["min", "max", "sqrt", "exp", "log", "log10", "abs"]

    init(_ text: String, _ names: [String]) {
      self.names = names
      var tokens: [String] = []
      var word = ""
      for c in text {
        let isSign = (c == "-" || c == "+") && (word.last == "e" || word.last == "E")
        if c.isLetter || c.isNumber || c == "." || c == "_"
          || (isSign && word.first?.isNumber == true)
        {
          word.append(c)
          continue
        }
        if !word.isEmpty { tokens.append(word) }
        word = ""
        if !c.isWhitespace { tokens.append(String(c)) }
      }
      if !word.isEmpty { tokens.append(word) }
      self.tokens = tokens
    }

    private var next: String? { place < tokens.count ? tokens[place] : nil }

    mutating func whole() throws(Fault) -> Node {
      let node = try comparison()
      if let next { throw Fault(reason: "'\(next)' is not expected there") }
      return node
    }

    private mutating func comparison() throws(Fault) -> Node {
      depth += 1
      defer { depth -= 1 }
      guard depth < 100 else { throw Fault(reason: "more than 100 parentheses in each other") }
      return try chain(["<", ">"]) { (p: inout Parser) throws(Fault) in
        try p.chain(["+", "-"]) { (p: inout Parser) throws(Fault) in
          try p.chain(["*", "/"]) { (p: inout Parser) throws(Fault) in try p.power() }
        }
      }
    }

    private mutating func chain(
      _ signs: [String], _ part: (inout Parser) throws(Fault) -> Node
    ) throws(Fault) -> Node {
      var node = try part(&self)
      while let sign = next, signs.contains(sign) {
        place += 1
        node = .operation(sign, [node, try part(&self)])
      }
      return node
    }

    private mutating func power() throws(Fault) -> Node {
      if next == "-" {
        place += 1
        depth += 1
        defer { depth -= 1 }
        guard depth < 100 else { throw Fault(reason: "more than 100 signs in a row") }
        return .operation("-", [try power()])
      }
      let base = try atom()
      guard next == "^" else { return base }
      place += 1
      depth += 1
      defer { depth -= 1 }
      guard depth < 100 else { throw Fault(reason: "more than 100 powers of powers") }
      return .operation("^", [base, try power()])
    }

    private mutating func atom() throws(Fault) -> Node {
      guard let token = next else { throw Fault(reason: "the formula ends too early") }
      place += 1
      if token == "(" {
        let node = try comparison()
        try close()
        return node
      }
      if let number = Double(token) { return .number(number) }
      if let index = names.firstIndex(of: token) { return .variable(index) }
      guard Parser.functions.contains(token) else {
        throw Fault(
          reason:
            "'\(token)' is no number, no function (\(Parser.functions.joined(separator: ", ")))"
            + " and none of \(names.joined(separator: ", "))")
      }
      guard next == "(" else { throw Fault(reason: "'(' is expected after \(token)") }
      place += 1
      var parts = [try comparison()]
      while next == "," {
        place += 1
        parts.append(try comparison())
      }
      try close()
      let isMany = token == "min" || token == "max"
      guard isMany || parts.count == 1 else { throw Fault(reason: "\(token) takes one number") }
      return .operation(token, parts)
    }

    private mutating func close() throws(Fault) {
      guard next == ")" else { throw Fault(reason: "')' is missing") }
      place += 1
    }
  }
}
