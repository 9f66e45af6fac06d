import Astro
import Astrometry
import Foundation

extension AlertTagger {
  /// A file's alerts again, tags spliced in, as the same kind of file.
  ///
  /// Alerts that could not be read are passed on as they are; blocks without a tag stay whole. Only
  /// where the file itself is broken (``AlertFile/faults``) something is left out.
  ///
  /// - Parameters:
  ///   - file: as it was matched.
  ///   - result: of ``match(_:)``.
  ///   - units: those to be written; the container's header comes with the first one.
  /// - Throws: ``AlertsError``.
  public func rewrite(
    _ file: AlertFile, _ result: Result, units: Range<Int>? = nil
  ) async throws -> AlertRewrite {
    let units = units ?? 0..<file.unitCount
    let tags = tags(of: result)
    let splices = file.schemas.map { TagSplice($0) }
    let parts = try await parallelMap(
      count: units.count, chunk: max(1, units.count / (options.jobs * 16)), jobs: options.jobs
    ) { range in
      range.map { index in
        let unit = units.lowerBound + index
        return file.rewritten(unit: unit, tags[unit] ?? [:], splices)
      }
    }
    return try Self.joined(file, units, parts.lazy.joined())
  }

  /// As above, without waiting: of one message.
  func rewritten(_ file: AlertFile, _ result: Result) throws(AlertsError) -> AlertRewrite {
    let tags = tags(of: result)
    let splices = file.schemas.map { TagSplice($0) }
    let units = 0..<file.unitCount
    return try Self.joined(
      file, units, units.lazy.map { file.rewritten(unit: $0, tags[$0] ?? [:], splices) })
  }

  private static func joined(
    _ file: AlertFile, _ units: Range<Int>,
    _ parts: some Sequence<Swift.Result<AlertFile.RewrittenUnit, AlertsError>>
  ) throws(AlertsError) -> AlertRewrite {
    var whole = AlertRewrite(of: file)
    if units.lowerBound == 0, case .container(let container) = file.kind {
      whole.append(.kept(0..<container.headerLength))
    }
    for part in parts {
      let unit = try part.get()
      for piece in unit.pieces { whole.append(piece) }
      whole.untaggable += unit.untaggable
    }
    return whole
  }

  /// Whether anything of a file is to be written anew.
  func changes(_ result: Result) -> Bool { !tags(of: result).isEmpty }

  /// The tags to write, by unit and record.
  private func tags(of result: Result) -> [Int: [Int: PlacedTag]] {
    var tags: [Int: [Int: PlacedTag]] = [:]
    for alert in result.alerts {
      guard let chosen = alert.chosen, !(options.keepsExisting && alert.packet.isSolarSystem)
      else { continue }
      tags[alert.packet.location.unit, default: [:]][alert.packet.location.record] =
        PlacedTag(tag: alert.candidates[chosen], sites: alert.packet.sites)
    }
    return tags
  }
}

/// A tag, and where it goes if that is known.
private struct PlacedTag {
  var tag: SolarSystemTag
  var sites: TagSites?
}

extension AlertFile {
  /// A unit with its framing.
  fileprivate struct RewrittenUnit {
    var pieces: [AlertRewrite.Piece]
    var untaggable: [QuarantinedRecord] = []
  }

  fileprivate func rewritten(
    unit index: Int, _ tags: [Int: PlacedTag], _ splices: [TagSplice?]
  ) -> Result<RewrittenUnit, AlertsError> {
    let unit = units[index]
    let verbatim = RewrittenUnit(pieces: [.kept(extent(of: unit))])
    guard !tags.isEmpty, let schema = unit.schema else { return .success(verbatim) }
    guard let splice = splices[schema] else {
      // ZTF's schema never has room for it: no news.
      if schemas[schema].survey == .ztf { return .success(verbatim) }
      let record = QuarantinedRecord(
        file: name, location: .byteOffset(unit.offset), field: "ssSource",
        reason: "(nor diaSource.ssObjectId) is not in this alert's schema: "
          + "the alert is passed on untagged")
      return .success(RewrittenUnit(pieces: verbatim.pieces, untaggable: [record]))
    }
    if unit.count == 1, !isCompressed, let placed = tags[0], let sites = placed.sites {
      do throws(AlertsError) {
        let edits = try splice.edits(placed.tag, sites)
        return .success(RewrittenUnit(pieces: try edited(unit, edits)))
      } catch {
        return .failure(error)
      }
    }
    return rewalked(unit: index, tags, splice)
  }

  /// Tags of a block of several alerts, or of one that is compressed: the places are looked for
  /// anew.
  private func rewalked(
    unit index: Int, _ tags: [Int: PlacedTag], _ splice: TagSplice
  ) -> Result<RewrittenUnit, AlertsError> {
    let unit = units[index]
    let verbatim = RewrittenUnit(pieces: [.kept(extent(of: unit))])
    var edits: [TagSplice.Edit] = []
    var expanded: [UInt8] = []
    var failure: AlertsError?
    let bad = walk(unit: index) { view in
      if isCompressed { expanded += UnsafeRawBufferPointer(rebasing: view.bytes[view.range]) }
      guard failure == nil, let placed = tags[view.location.record] else { return }
      do throws(AlertsError) {
        edits += try splice.edits(placed.tag, TagSites(view))
      } catch {
        failure = error
      }
    }
    if let failure { return .failure(failure) }
    // A block whose end can't be read is left alone: half of it would be lost.
    guard bad.isEmpty else { return .success(verbatim) }
    do throws(AlertsError) {
      if isCompressed {
        return .success(RewrittenUnit(pieces: try recompressed(unit, expanded, edits)))
      }
      return .success(RewrittenUnit(pieces: try edited(unit, edits)))
    } catch {
      return .failure(error)
    }
  }

  private var isCompressed: Bool {
    if case .container(let container) = kind { container.codec != .null } else { false }
  }

  /// The unit as it stands in the file.
  private func extent(of unit: Unit) -> Range<Int> {
    switch kind {
    case .container: unit.offset..<(unit.payload.upperBound + 16)
    case .message: unit.offset..<unit.payload.upperBound
    case .stream: (unit.offset - 4)..<unit.payload.upperBound
    }
  }

  /// A block's records expanded and edited, compressed again.
  private func recompressed(
    _ unit: Unit, _ expanded: [UInt8], _ edits: [TagSplice.Edit]
  ) throws(AlertsError) -> [AlertRewrite.Piece] {
    guard case .container(let container) = kind else { return [] }
    let records = expanded.withUnsafeBytes { TagSplice.applied(edits, to: $0) }
    let payload = try container.codec.compress(records)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(payload.count + 36)
    bytes.appendAvro(long: Int64(unit.count))
    bytes.appendAvro(long: Int64(payload.count))
    return [.new(bytes + payload + container.sync)]
  }

  /// A unit that is not compressed, with a new head where that says how long it is.
  private func edited(
    _ unit: Unit, _ edits: [TagSplice.Edit]
  ) throws(AlertsError) -> [AlertRewrite.Piece] {
    let size = unit.payload.count + edits.reduce(0) { $0 + $1.growth }
    var pieces: [AlertRewrite.Piece] = []
    switch kind {
    case .container:
      var head: [UInt8] = []
      head.appendAvro(long: Int64(unit.count))
      head.appendAvro(long: Int64(size))
      pieces.append(.new(head))
    case .message: pieces.append(.kept(unit.offset..<unit.payload.lowerBound))
    case .stream:
      let header = unit.offset..<unit.payload.lowerBound
      pieces.append(.new(try Framing.lengthPrefix(header.count + size)))
      pieces.append(.kept(header))
    }
    var at = unit.payload.lowerBound
    for edit in edits {
      let start = unit.payload.lowerBound + edit.range.lowerBound
      pieces.append(.kept(at..<start))
      pieces.append(.new(edit.bytes))
      at = start + edit.range.count
    }
    pieces.append(.kept(at..<extent(of: unit).upperBound))
    return pieces
  }
}
