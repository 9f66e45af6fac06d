import Astro
public import Astrometry
import Foundation

extension AlertTagger {
  /// Writes a file's alerts again, tags spliced in, as the same kind of file.
  ///
  /// Alerts that could not be read are passed on as they are; blocks without a tag are copied
  /// whole. Only where the file itself is broken (``AlertFile/faults``) something is left out.
  ///
  /// - Parameters:
  ///   - file: as it was matched.
  ///   - result: of ``match(_:)``.
  ///   - output: the caller commits it.
  /// - Returns: alerts that should have been tagged but whose schema has no room for it.
  /// - Throws: ``AlertsError``.
  public func write(
    _ file: AlertFile, _ result: Result, to output: AtomicOutput
  ) async throws -> [QuarantinedRecord] {
    let tags = tags(of: result)
    let splices = file.schemas.map { TagSplice($0) }
    if case .container(let container) = file.kind {
      try output.write(file.data[..<container.headerLength])
    }
    var untaggable: [QuarantinedRecord] = []
    // Units are spliced in parallel, a batch at a time, and written in order.
    let batch = max(1, options.jobs) * 64
    for start in stride(from: 0, to: file.unitCount, by: batch) {
      let count = min(batch, file.unitCount - start)
      let parts = try await parallelMap(count: count, chunk: 4, jobs: options.jobs) { range in
        range.map { file.rewritten(unit: start + $0, tags[start + $0] ?? [:], splices) }
      }.flatMap { $0 }
      for part in parts {
        try output.write(try part.get().bytes)
        untaggable += try part.get().untaggable
      }
    }
    return untaggable
  }

  /// As above, in memory: of one message.
  func written(
    _ file: AlertFile, _ result: Result
  ) throws(AlertsError) -> (bytes: [UInt8], untaggable: [QuarantinedRecord]) {
    let tags = tags(of: result)
    let splices = file.schemas.map { TagSplice($0) }
    var bytes: [UInt8] = []
    var untaggable: [QuarantinedRecord] = []
    if case .container(let container) = file.kind {
      bytes += file.data.prefix(container.headerLength)
    }
    for unit in 0..<file.unitCount {
      let part = try file.rewritten(unit: unit, tags[unit] ?? [:], splices).get()
      bytes += part.bytes
      untaggable += part.untaggable
    }
    return (bytes, untaggable)
  }

  /// Whether anything of a file is to be written anew.
  func changes(_ result: Result) -> Bool { !tags(of: result).isEmpty }

  /// The tags to write, by unit and record.
  private func tags(of result: Result) -> [Int: [Int: SolarSystemTag]] {
    var tags: [Int: [Int: SolarSystemTag]] = [:]
    for alert in result.alerts {
      guard let chosen = alert.chosen, !(options.keepsExisting && alert.packet.isSolarSystem)
      else { continue }
      tags[alert.packet.location.unit, default: [:]][alert.packet.location.record] =
        alert.candidates[chosen]
    }
    return tags
  }
}

extension AlertFile {
  /// A unit's bytes with its framing.
  fileprivate struct Rewritten {
    var bytes: [UInt8]
    var untaggable: [QuarantinedRecord] = []
  }

  fileprivate func rewritten(
    unit index: Int, _ tags: [Int: SolarSystemTag], _ splices: [TagSplice?]
  ) -> Result<Rewritten, AlertsError> {
    let unit = units[index]
    guard !tags.isEmpty, let schema = unit.schema else {
      return .success(Rewritten(bytes: verbatim(unit)))
    }
    guard let splice = splices[schema] else {
      // ZTF's schema never has room for it: no news.
      if schemas[schema].survey == .ztf { return .success(Rewritten(bytes: verbatim(unit))) }
      let record = QuarantinedRecord(
        file: name, location: .byteOffset(unit.offset), field: "ssSource",
        reason: "is not in this alert's schema: the alert is passed on untagged")
      return .success(Rewritten(bytes: verbatim(unit), untaggable: [record]))
    }
    var records: [UInt8] = []
    var failure: AlertsError?
    let bad = walk(unit: index) { view in
      guard failure == nil else { return }
      guard let tag = tags[view.location.record] else {
        records += UnsafeRawBufferPointer(rebasing: view.bytes[view.range])
        return
      }
      do throws(AlertsError) {
        records += try splice.apply(tag, to: view)
      } catch {
        failure = error
      }
    }
    if let failure { return .failure(failure) }
    // A block whose end can't be read is left alone: half of it would be lost.
    guard bad.isEmpty else { return .success(Rewritten(bytes: verbatim(unit))) }
    do throws(AlertsError) {
      return .success(Rewritten(bytes: try framed(records, like: unit)))
    } catch {
      return .failure(error)
    }
  }

  /// The unit as it stands in the file.
  private func verbatim(_ unit: Unit) -> [UInt8] {
    let start: Int
    var end = unit.payload.upperBound
    switch kind {
    case .container:
      start = unit.offset
      end += 16
    case .message: start = unit.offset
    case .stream: start = unit.offset - 4
    }
    return Array(data[start..<end])
  }

  private func framed(_ records: [UInt8], like unit: Unit) throws(AlertsError) -> [UInt8] {
    switch kind {
    case .container(let container):
      let payload = try container.codec.compress(records)
      var bytes: [UInt8] = []
      bytes.reserveCapacity(payload.count + 36)
      bytes.appendAvro(long: Int64(unit.count))
      bytes.appendAvro(long: Int64(payload.count))
      return bytes + payload + container.sync
    case .message:
      return data[unit.offset..<unit.payload.lowerBound] + records
    case .stream:
      let message = data[unit.offset..<unit.payload.lowerBound] + records
      return try Framing.lengthPrefixed(Array(message))
    }
  }
}
