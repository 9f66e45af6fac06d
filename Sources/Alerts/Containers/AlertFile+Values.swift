import Astrometry

extension AlertFile {
  /// Whole alerts as value trees, to look at.
  ///
  /// - Throws: ``AlertsError`` at the first one that can't be decoded.
  public func alerts() throws(AlertsError) -> [AvroValue] {
    try locatedAlerts(where: { _ in true }, limit: .max).map(\.alert)
  }

  /// At most `limit` alerts, from the beginning, of those at wanted places.
  ///
  /// - Throws: ``AlertsError`` when one of them can't be decoded. Alerts that can't even be walked
  ///   over are passed by: ``AlertReader`` reports them.
  public func locatedAlerts(
    where isWanted: (AlertLocation) -> Bool, limit: Int
  ) throws(AlertsError) -> [(location: AlertLocation, alert: AvroValue)] {
    var alerts: [(location: AlertLocation, alert: AvroValue)] = []
    var failure: AlertsError?
    for unit in 0..<unitCount where alerts.count < limit && failure == nil {
      _ = walk(unit: unit) { view in
        guard alerts.count < limit, failure == nil, isWanted(view.location) else { return }
        do throws(AlertsError) {
          let decoder = AvroDecoder(schema: view.schema.schema)
          let decoded = try decoder.decode(view.bytes, at: view.range.lowerBound)
          alerts.append((view.location, decoded.value))
        } catch {
          failure = error
        }
      }
    }
    if let failure { throw failure }
    return alerts
  }
}
