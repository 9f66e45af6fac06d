package import Alerts

/// What filters chose, as Kafka messages: whole alerts to a topic for each filter, a line of JSON for
/// people to one topic for all.
package struct FilterTopics: Sendable {
  /// Alerts go to `PREFIX.OWNER.NAME`, lines to `PREFIX.light`.
  package let prefix: String

  package init(prefix: String) { self.prefix = prefix }

  /// What is wrong with a prefix; nil: nothing.
  package static func fault(ofPrefix prefix: String) -> String? {
    let allowed = prefix.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
    }
    return allowed && !prefix.isEmpty && prefix.utf8.count <= 100
      ? nil : "is no beginning of a topic's name: letters, digits, - _ and . only, at most 100"
  }

  /// The messages of an exposure.
  ///
  /// Every one has the id of ``LightRecord`` in the header `ecliptic-id`: it is the same again after a
  /// crash. Lines about missing objects go with the exposure's first alert.
  package func choices(
    _ visit: FilterVisit, _ outcomes: [FilterOutcome]
  ) -> [StreamChoice] {
    outcomes.flatMap { outcome in
      outcome.lines.flatMap { line -> [StreamChoice] in
        let part = outcome.isOfMissing ? visit.places.first?.part : visit.places[line.row].part
        guard let part else { return [] }
        let id = LightRecord.id(outcome, line.values, visit: visit.name)
        let light = LightRecord.line(outcome, line.values, visit: visit.name)
        let headers = [(name: "ecliptic-id", value: id)]
        var choices = [
          StreamChoice(
            part: part, topic: "\(prefix).light", key: outcome.filter.id,
            value: String(light.dropLast()), headers: headers)
        ]
        if !outcome.isOfMissing {
          choices.append(
            StreamChoice(
              part: part, topic: "\(prefix).\(outcome.filter.owner).\(outcome.filter.name)",
              key: outcome.filter.id, value: nil,
              headers: headers + [(name: "ecliptic-light", value: String(light.dropLast()))]))
        }
        return choices
      }
    }
  }
}
