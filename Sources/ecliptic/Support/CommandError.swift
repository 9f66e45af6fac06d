/// What goes wrong at the command line's own level: reading and writing files that it names.
enum CommandError: Error, CustomStringConvertible {
  case missingInput(path: String)
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  case badConfig(path: String, problems: [String])
  case unknownVisit(name: String, night: String, site: String)

  var description: String {
    switch self {
    case .missingInput(let path):
      "\(path): no such file; check the name, or give - for standard input"
    case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
    case .unwritable(let path, let reason): "\(path): cannot be written: \(reason)"
    case .badConfig(let path, let problems):
      problems.map { "\(path.isEmpty ? "" : path + ": ")\($0)" }.joined(separator: "\n  ")
    case .unknownVisit(let name, let night, let site):
      "the catalog has no detections of a visit \(name) of \(site) in the night \(night); give its"
        + " number, or t and its midpoint (MJD TAI), and --observatory"
    }
  }
}
