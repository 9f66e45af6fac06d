/// The arcs of an assignment between two stages, with what has been done to them.
struct StandingArcs: Sendable {
  var arcs: [Arc]
  var displaced: [Arc]
  var attached = 0
  var merged = 0
  var nightPairs = 0

  init(_ assignment: Assignment, attached: Int = 0, merged: Int = 0, nightPairs: Int = 0) {
    arcs = assignment.arcs
    displaced = assignment.displaced
    self.attached = attached
    self.merged = merged
    self.nightPairs = nightPairs
  }

  func assignment(of detections: SortedDetections) -> Assignment {
    Assignment(detections, arcs: arcs, displaced: displaced)
  }
}

extension StandingArcs: PieceRecord {
  func write(to writer: inout PieceWriter) {
    arcs.write(to: &writer)
    displaced.write(to: &writer)
    for count in [attached, merged, nightPairs] { writer.put(count) }
  }

  init(from reader: inout PieceReader) throws(PieceError) {
    arcs = try [Arc](from: &reader)
    displaced = try [Arc](from: &reader)
    attached = try reader.get()
    merged = try reader.get()
    nightPairs = try reader.get()
  }
}
