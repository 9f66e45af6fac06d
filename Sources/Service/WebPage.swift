import Foundation
import HTTPTypes

/// What is wrong with the folder of the web page.
public enum WebPageError: Error, CustomStringConvertible {
  case notThere(path: String)

  public var description: String {
    switch self {
    case .notThere(let path):
      "\(path): no folder with an index.html; leave --web out for the page that comes with the program"
    }
  }
}

/// The files of the web page, read once: what is not among them can't be had, whatever a path says.
struct WebPage: Sendable {
  let endpoints: [Endpoint]

  private static let kinds = [
    "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml", "txt": "text/plain",
  ]

  /// - Parameter folder: nil: `Web` beside or above the executable or the current folder, else
  ///   `share/ecliptic/Web` beside the executable's `bin`; no page where there is none.
  static func find(_ folder: String?) throws -> WebPage? {
    if let folder {
      guard let page = WebPage(URL(filePath: folder)) else {
        throw WebPageError.notThere(path: folder)
      }
      return page
    }
    let executable =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/"
    var candidates: [URL] = []
    for start in [
      URL(filePath: executable).deletingLastPathComponent(),
      URL(filePath: FileManager.default.currentDirectoryPath),
    ] {
      var place = start
      while place.path != "/" {
        candidates.append(place.appending(path: "Web"))
        place = place.deletingLastPathComponent()
      }
    }
    candidates.append(
      URL(filePath: executable).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "share/ecliptic/Web"))
    return candidates.lazy.compactMap { WebPage($0) }.first
  }

  /// D3 as Debian's package libjs-d3 has it; without it the page has tables and no plots.
  private static let library = URL(filePath: "/usr/share/javascript/d3/d3.min.js")

  /// Nil for a folder without `index.html`.
  private init?(_ folder: URL) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    guard names.contains("index.html") else { return nil }
    var places = names.sorted().map { ($0, folder.appending(path: $0)) }
    if !names.contains("d3.min.js") { places.append(("d3.min.js", Self.library)) }
    endpoints = places.compactMap { name, place in
      guard let kind = Self.kinds[place.pathExtension], let data = try? Data(contentsOf: place)
      else { return nil }
      let bytes = [UInt8](data)
      return Endpoint(
        path: name == "index.html" ? "/" : "/" + name, operation: "page " + name,
        summary: "The web page.", tag: "page", ignoresUnknown: true, mediaTypes: [kind]
      ) { _ in
        var reply = Reply(kind, bytes)
        reply.headers = [(.contentSecurityPolicy, Self.policy)]
        return reply
      }
    }
  }

  /// Nothing from other hosts, nothing inline.
  private static let policy =
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    + "frame-ancestors 'none'"
}
