import Astrometry
import Dynamics

extension LinkingInput: PieceRecord {
  package func write(to writer: inout PieceWriter) {
    writer.put(all: observations)
    writer.put(all: magnitudes.map { $0 ?? .nan })
    writer.put(all: observatories)
    writer.put(all: nights)
    let labelled = trackletLabels.indices.filter { trackletLabels[$0] != nil }
    writer.put(all: labelled)
    for index in labelled { writer.put(trackletLabels[index] ?? "") }
    let trailed = trails.indices.filter { trails[$0] != nil }
    writer.put(all: trailed)
    writer.put(all: trailed.flatMap { [trails[$0]?.length ?? 0, trails[$0]?.positionAngle ?? 0] })
    writer.put(known.count)
    for members in known { writer.put(all: members) }
  }

  package init(from reader: inout PieceReader) throws(PieceError) {
    let observations = try reader.getAll(AstrometricObservation.self)
    let magnitudes = try reader.getAll(Double.self)
    let observatories = try reader.getAll(ObservatoryCode.self)
    let nights = try reader.getAll(Int.self)
    var labels = [String?](repeating: nil, count: observations.count)
    for index in try reader.getAll(Int.self) {
      let text = try reader.getText()
      guard labels.indices.contains(index) else { throw .truncated }
      labels[index] = text
    }
    var trails = [DetectionTrail?](repeating: nil, count: observations.count)
    let trailed = try reader.getAll(Int.self)
    let shapes = try reader.getAll(Double.self)
    guard shapes.count == 2 * trailed.count else { throw .truncated }
    for (k, index) in trailed.enumerated() {
      guard trails.indices.contains(index) else { throw .truncated }
      trails[index] = DetectionTrail(length: shapes[2 * k], positionAngle: shapes[2 * k + 1])
    }
    self.init(
      observations: observations, magnitudes: magnitudes.map { $0.isNaN ? nil : $0 },
      observatories: observatories, nights: nights, trackletLabels: labels, trails: trails)
    let count = try reader.get(Int.self)
    guard count >= 0 else { throw .truncated }
    for _ in 0..<count { known.append(try reader.getAll()) }
  }

  /// The same detections in the order in which the linker takes them, which costs it less then, and
  /// where each was.
  package func sorted() throws(LinkingError) -> (input: LinkingInput, original: [Int]) {
    let order = try SortedDetections.order(of: self)
    var place = [Int](repeating: 0, count: order.count)
    for (k, index) in order.enumerated() { place[index] = k }
    var sorted = LinkingInput(
      observations: order.map { observations[$0] }, magnitudes: order.map { magnitudes[$0] },
      observatories: order.map { observatories[$0] }, nights: order.map { nights[$0] },
      trackletLabels: order.map { trackletLabels[$0] }, trails: order.map { trails[$0] })
    sorted.known = known.map { $0.map { place[$0] } }
    return (sorted, order)
  }
}
