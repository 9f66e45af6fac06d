package import Astrometry
import Foundation

/// One alert's bytes during a walk over a file; valid only inside the closure that gets it.
package struct AlertView {
  package let schema: AlertSchema
  /// The memory that the record lies in.
  package let bytes: UnsafeRawBufferPointer
  /// The record in it.
  let range: Range<Int>
  package let slots: [AvroSlot]
  package let location: AlertLocation
}

/// Where an alert lies.
public struct AlertLocation: Hashable, Sendable {
  /// Index of the file's unit, and of the record in it.
  public var unit: Int
  public var record: Int
  /// Byte offset in the file: of the record, or of its block where that is compressed.
  public var offset: Int
}

extension AlertFile {
  /// Walks the records of one unit in order.
  ///
  /// - Parameter body: called for each record that follows its schema.
  /// - Returns: what could not be read. The rest of a block after a bad record is lost: nothing
  ///   in it says where the next record begins.
  func walk(unit index: Int, _ body: (AlertView) -> Void) -> [QuarantinedRecord] {
    walk(unit: index, by: { schemas[$0].projection }, body)
  }

  /// The same by a projection of the caller's.
  ///
  /// - Parameter projection: of the schema with an index among ``schemas``.
  package func walk(
    unit index: Int, by projection: (Int) -> AvroProjection, _ body: (AlertView) -> Void
  ) -> [QuarantinedRecord] {
    let unit = units[index]
    guard let schemaIndex = unit.schema else {
      return [quarantined(unit.offset, unit.problem ?? "has no known schema")]
    }
    let schema = schemas[schemaIndex]
    let projection = projection(schemaIndex)
    return data.withUnsafeBytes { file in
      let payload = UnsafeRawBufferPointer(rebasing: file[unit.payload])
      guard case .container(let container) = kind, container.codec != .null else {
        return walk(
          payload, unit: index, schema, projection, baseOffset: unit.payload.lowerBound, body)
      }
      do throws(AlertsError) {
        let expanded = try container.codec.expand(payload)
        return expanded.withUnsafeBytes {
          walk($0, unit: index, schema, projection, baseOffset: nil, body)
        }
      } catch {
        return [quarantined(unit.offset, "block: \(error)")]
      }
    }
  }

  /// - Parameter baseOffset: of the bytes in the file; nil where they were compressed.
  private func walk(
    _ bytes: UnsafeRawBufferPointer, unit index: Int, _ schema: AlertSchema,
    _ projection: AvroProjection, baseOffset: Int?, _ body: (AlertView) -> Void
  ) -> [QuarantinedRecord] {
    let unit = units[index]
    var slots: [AvroSlot] = []
    var at = 0
    for record in 0..<unit.count {
      let offset = baseOffset.map { $0 + at } ?? unit.offset
      let place = unit.count == 1 ? "" : "record \(record + 1) of \(unit.count) in its block: "
      do throws(AlertsError) {
        let end = try projection.walk(bytes, at: at, into: &slots)
        let location = AlertLocation(unit: index, record: record, offset: offset)
        body(
          AlertView(
            schema: schema, bytes: bytes, range: at..<end, slots: slots, location: location))
        at = end
      } catch {
        let inner =
          if case .malformed(let fault, let reason) = error {
            "\(reason) (\(fault - at) bytes into the alert)"
          } else { error.description }
        return [quarantined(offset, place + inner)]
      }
    }
    guard at == bytes.count else {
      return [
        quarantined(
          baseOffset.map { $0 + at } ?? unit.offset,
          "\(bytes.count - at) bytes follow the last record; was it written with this schema?")
      ]
    }
    return []
  }

  private func quarantined(_ offset: Int, _ reason: String) -> QuarantinedRecord {
    QuarantinedRecord(file: name, location: .byteOffset(offset), reason: reason)
  }
}
