public import Foundation

import Astro

/// The visits CSV: `visit,midpointMjdTai,ra,dec,rotation,band,fiveSigmaDepth,seeing,exposureTime`
/// with a header, columns in any order, others ignored. `rotation`, `seeing` and `exposureTime` may
/// be missing (0°, 0.8″, 30 s).
public enum VisitFile {
  /// Reads a file; in the order of the file.
  ///
  /// - Throws: ``SimulationError`` at the first bad row: half a survey is no survey.
  public static func read(_ file: URL) throws(SimulationError) -> [Visit] {
    let text: String
    do {
      text = try String(contentsOf: file, encoding: .utf8)
    } catch {
      throw .unreadable(
        file: file.path, reason: "cannot be read as text: \(error.localizedDescription)")
    }
    var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.enumerated()
      .makeIterator()
    guard let header = lines.next()?.element, !header.isEmpty else {
      throw .unreadable(file: file.path, reason: "is empty; the first line must name the columns")
    }
    let columns = try Columns(header: header, file: file.path)
    var visits: [Visit] = []
    var seen = Set<Int64>()
    while let (number, line) = lines.next() {
      if line.allSatisfy({ $0 == " " }) { continue }
      let visit = try columns.visit(line, number: number + 1)
      guard seen.insert(visit.id).inserted else {
        throw .badRow(
          file: file.path, line: number + 1, field: "visit", value: "\(visit.id)",
          remedy: "stands in the file already; give each visit one line")
      }
      visits.append(visit)
    }
    return visits
  }

  /// Where the columns stand, and how a row is read.
  private struct Columns {
    var file: String
    var count: Int
    var place: [String: Int] = [:]

    init(header: Substring, file: String) throws(SimulationError) {
      self.file = file
      let names = header.split(separator: ",", omittingEmptySubsequences: false)
      count = names.count
      for (index, name) in names.enumerated() {
        place[name.trimmingCharacters(in: .whitespaces)] = index
      }
      for name in ["visit", "midpointMjdTai", "ra", "dec", "band", "fiveSigmaDepth"]
      where place[name] == nil {
        throw .unreadable(
          file: file,
          reason: "has no column “\(name)”; the header is “\(header)”. A visits file has "
            + "visit,midpointMjdTai,ra,dec,rotation,band,fiveSigmaDepth,seeing,exposureTime")
      }
    }

    func visit(_ line: Substring, number: Int) throws(SimulationError) -> Visit {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count == count else {
        throw .badRow(
          file: file, line: number, field: "row", value: String(line.prefix(80)),
          remedy: "has \(fields.count) fields where the header has \(count)")
      }
      func value(
        _ name: String, _ range: ClosedRange<Double>, missing: Double? = nil
      ) throws(SimulationError) -> Double {
        guard let index = place[name] else { return missing ?? 0 }
        guard let number = Double(fields[index]), range.contains(number) else {
          throw bad(name, "must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
      }
      func bad(_ name: String, _ remedy: String) -> SimulationError {
        .badRow(
          file: file, line: number, field: name,
          value: place[name].map { String(fields[$0]) } ?? "", remedy: remedy)
      }
      guard let index = place["visit"], let id = Int64(fields[index]),
        (0...90_000_000_000_000).contains(id)
      else { throw bad("visit", "must be a whole number, not negative, of at most 13 digits") }
      let band = place["band"].map { String(fields[$0]) } ?? ""
      guard Band(rawValue: band) != nil else { throw bad("band", "must be one of u g r i z y") }
      return Visit(
        id: id, midpoint: Epoch(mjd: try value("midpointMjdTai", 15_020...88_069)),
        raDeg: try value("ra", 0...360), decDeg: try value("dec", -90...90),
        rotationDeg: try value("rotation", -360...360, missing: 0), band: band,
        fiveSigmaDepth: try value("fiveSigmaDepth", 0...40),
        seeingArcsec: try value("seeing", 0.05...20, missing: 0.8),
        exposureSeconds: try value("exposureTime", 0...36_000, missing: 30))
    }
  }
}
