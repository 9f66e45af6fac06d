import Foundation

/// Who observed and measured, and with what: what an ADES file says before its observations.
///
/// Written by the user once, as in PSV: lines `# submitter`, `! name A. Observer` and so on. The
/// observatory is not in it: it comes from the observations.
public struct ADESHeader: Sendable {
  /// Elements in their order: `submitter` with its (`name`, text) pairs.
  let elements: [(name: String, fields: [(name: String, text: String)], text: String?)]

  /// ADES `mode` of the observations (CCD, CMO, …); nil: the detector of the telescope, if the
  /// header has one, else `UNK`.
  public var mode: String?
  /// ADES `astCat`, the catalog of the reference stars (Gaia3, …); nil: `UNK`.
  public var astCat: String?

  /// What the observations say of both, as far as anything says it.
  var knownMode: String? {
    if let mode { return mode }
    let detector = elements.first { $0.name == "telescope" }?.fields
      .first { $0.name == "detector" }?.text
    return detector.flatMap { Self.modes.contains($0) ? $0 : nil }
  }

  /// The modes that the Minor Planet Center lists.
  private static let modes: Set<String> = [
    "CCD", "CMO", "VID", "PHO", "ENC", "PMT", "MIC", "MER", "TDI", "OCC",
  ]

  /// Whether a text may be a mode (three letters or digits), or the name of a star catalog (eight).
  public static func isCode(_ text: String, letters: Int) -> Bool {
    (1...letters).contains(text.utf8.count)
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
  }

  /// A header that says nothing: files with it are read by all, but not accepted as submissions.
  public static let none = ADESHeader(elements: [])

  /// What the MPC asks for and the header lacks; empty when it is complete.
  public var missing: [String] {
    ["submitter", "measurers", "telescope"].filter { wanted in
      !elements.contains { $0.name == wanted }
    }
  }

  private static let known: Set<String> = [
    "submitter", "observers", "measurers", "telescope", "software", "coinvestigators",
    "collaborators", "fundingSource", "comment",
  ]

  /// Reads a header file.
  public init(path: String) throws(ExchangeError) {
    let text: String
    do {
      text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    } catch {
      throw .cannotRead(file: path, reason: "it is missing, or no UTF-8 text")
    }
    var elements: [(name: String, fields: [(name: String, text: String)], text: String?)] = []
    for (i, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let content = line.trimmingCharacters(in: .whitespaces)
      if content.isEmpty || content.hasPrefix("# version") || content.hasPrefix("# observatory")
        || content.hasPrefix("! mpcCode")
      {
        continue
      }
      let words = content.dropFirst().split(separator: " ", maxSplits: 1).map(String.init)
      guard let name = words.first, content.first == "#" || content.first == "!" else {
        throw .malformed(
          file: path, line: i + 1, reason: "‘\(content)’ begins with neither # nor !")
      }
      if content.first == "#" {
        guard Self.known.contains(name) else {
          throw .malformed(
            file: path, line: i + 1,
            reason: "‘\(name)’ is none of \(Self.known.sorted().joined(separator: ", "))")
        }
        elements.append((name, [], words.count > 1 ? words[1] : nil))
      } else {
        guard !elements.isEmpty, words.count == 2 else {
          throw .malformed(
            file: path, line: i + 1, reason: "‘\(content)’ needs a # line before it and a text")
        }
        elements[elements.count - 1].fields.append((name, words[1]))
      }
    }
    self.elements = elements
  }

  private init(elements: [(name: String, fields: [(name: String, text: String)], text: String?)]) {
    self.elements = elements
  }

  func psv(observatory: String) -> String {
    var text = "# observatory\n! mpcCode \(observatory)\n"
    for element in elements {
      text += "# \(element.name)\(element.text.map { " \($0)" } ?? "")\n"
      for field in element.fields { text += "! \(field.name) \(field.text)\n" }
    }
    return text
  }

  func xml(observatory: String) -> String {
    var text = "<obsContext>\n<observatory><mpcCode>\(observatory)</mpcCode></observatory>\n"
    for element in elements {
      text += "<\(element.name)>" + XMLText.escaped(element.text ?? "")
      for field in element.fields {
        text += "<\(field.name)>\(XMLText.escaped(field.text))</\(field.name)>"
      }
      text += "</\(element.name)>\n"
    }
    return text + "</obsContext>\n"
  }
}
