/// One alert by itself, with its tag.
package struct AlertRecord: Sendable {
  package var schema: AlertSchema
  /// Avro binary of the record.
  package var bytes: [UInt8]
}

extension AlertTagger {
  /// Some of a file's alerts as they leave, each by itself.
  ///
  /// - Parameter alerts: of this file, in any order.
  /// - Returns: one for each of them; nil where it can't be read any more.
  /// - Throws: ``AlertsError/encoding(field:reason:)``.
  package static func records(
    _ file: AlertFile, of alerts: [TaggedAlert], keepsExisting: Bool
  ) throws(AlertsError) -> [AlertRecord?] {
    var records = [AlertRecord?](repeating: nil, count: alerts.count)
    let byUnit = Dictionary(grouping: alerts.indices) { alerts[$0].packet.location.unit }
    let splices = file.schemas.map { TagSplice($0) }
    for (unit, members) in byUnit {
      var failure: AlertsError?
      let wanted = Dictionary(
        members.map { (alerts[$0].packet.location.record, $0) },
        uniquingKeysWith: { first, _ in first })
      _ = file.walk(unit: unit) { view in
        guard failure == nil, let index = wanted[view.location.record],
          let schema = file.units[unit].schema
        else { return }
        let alert = alerts[index]
        do throws(AlertsError) {
          if let chosen = alert.chosen, let splice = splices[schema],
            !(keepsExisting && alert.packet.isSolarSystem)
          {
            records[index] = AlertRecord(
              schema: view.schema, bytes: try splice.apply(alert.candidates[chosen], to: view))
          } else {
            records[index] = AlertRecord(
              schema: view.schema,
              bytes: Array(UnsafeRawBufferPointer(rebasing: view.bytes[view.range])))
          }
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
    }
    return records
  }
}
