import Astro
import Dynamics
import Foundation

/// Reads OrbFit's orbital element files (OEF1.1 and OEF2.0): records of several lines (`ML`, as
/// AstDyS and NEODyS give single objects) or of one (`1L`, as their catalogs).
///
/// Elements KEP, EQU, COM and CAR in the ecliptic of J2000; angles in degrees, in covariances too;
/// epochs in TT unless they say UTC or TDB.
struct OEFReader {
  let file: String
  private var isOneLine = false
  private var kind = ""
  private var defaultEpoch: Epoch<TDB>?
  private var pending: OEFRecord?

  init(file: String) { self.file = file }

  static func isHeader(_ head: Bytes) -> Bool {
    let text = FieldText.string(Bytes(rebasing: head.prefix(4096)))
    return text.contains("END_OF_HEADER") && text.contains("OEF")
  }

  /// The whole file. Comments and the header count as other lines.
  mutating func read(_ data: Data, into batch: inout OrbitBatch) throws(ExchangeError) {
    let lines = String(decoding: data, as: UTF8.self).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    var inHeader = true
    for (index, line) in lines.enumerated() {
      let bare = line.prefix { $0 != "!" }
      let content = bare.trimmingCharacters(in: .whitespacesAndNewlines)
      if content.isEmpty || inHeader {
        if index < lines.count - 1 || !content.isEmpty { batch.otherLines += 1 }
        if inHeader { inHeader = try !endsHeader(content, index + 1) }
      } else if isOneLine {
        take(OEFRecord(oneLine: content, kind: kind, line: index + 1), &batch)
      } else if line.first != " " && line.first != "\t" {
        finish(&batch)
        pending = OEFRecord(name: content, line: index + 1)
      } else if pending == nil {
        batch.reject(
          FieldFault(field: nil, reason: "a line of elements stands before any object's name"),
          file: file, line: index + 1, record: content)
      } else {
        pending?.lines.append(content)
      }
    }
    finish(&batch)
    if batch.orbits.isEmpty && batch.quarantined.isEmpty { throw .empty(file: file) }
  }

  private mutating func finish(_ batch: inout OrbitBatch) {
    if let record = pending { take(record, &batch) }
    pending = nil
  }

  private func take(_ record: OEFRecord, _ batch: inout OrbitBatch) {
    do throws(FieldFault) {
      batch.orbits.append(try record.orbit(defaultEpoch: defaultEpoch))
      batch.lines.append(record.line)
    } catch {
      batch.reject(
        error, file: file, line: record.line,
        record: ([record.name] + record.lines).joined(separator: "\n"))
    }
  }

  /// Takes a line of the header.
  /// - Returns: whether it is the last.
  private mutating func endsHeader(_ content: String, _ line: Int) throws(ExchangeError) -> Bool {
    if content == "END_OF_HEADER" { return true }
    guard let equals = content.firstIndex(of: "=") else {
      if content.isEmpty { return false }
      throw .malformed(
        file: file, line: line, reason: "‘\(content)’ is no ‘name = value’ of an OEF header")
    }
    let name = content[..<equals].trimmingCharacters(in: .whitespaces)
    let value = content[content.index(after: equals)...]
      .trimmingCharacters(in: CharacterSet(charactersIn: " '\t\r"))
    switch name {
    case "rectype": isOneLine = value == "1L"
    case "elem": kind = value
    case "refsys":
      guard value.split(separator: " ").joined(separator: " ") == "ECLM J2000" else {
        throw .malformed(
          file: file, line: line,
          reason: "refsys is ‘\(value)’; only ECLM J2000 (ecliptic of J2000) is read")
      }
    case "epoch":
      do throws(FieldFault) {
        defaultEpoch = try OEFRecord.epoch(value.split(separator: " ").map(String.init))
      } catch {
        throw .malformed(file: file, line: line, reason: "epoch: \(error.reason)")
      }
    default: break
    }
    return false
  }
}
