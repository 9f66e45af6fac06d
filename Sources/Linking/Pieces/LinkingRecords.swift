import Dynamics
import OrbitFit

extension TrackletTable: PieceRecord {
  package func write(to writer: inout PieceWriter) {
    writer.put(all: tracklets)
    writer.put(all: members)
    writer.put(all: isFixed)
    writer.put(partnersLeftOut)
  }

  package init(from reader: inout PieceReader) throws(PieceError) {
    tracklets = try reader.getAll()
    members = try reader.getAll()
    isFixed = try reader.getAll()
    partnersLeftOut = try reader.get()
  }
}

extension Candidate: PieceRecord {
  private struct Head: BitwiseCopyable {
    let state: StateVector
    let epochDays: Double
    let reducedChiSquare: Double
    let nights: Int
    let detections: Int
  }

  package func write(to writer: inout PieceWriter) {
    writer.put(
      Head(
        state: state, epochDays: epochDays, reducedChiSquare: reducedChiSquare, nights: nights,
        detections: detections))
    writer.put(all: tracklets)
  }

  package init(from reader: inout PieceReader) throws(PieceError) {
    let head = try reader.get(Head.self)
    self.init(
      tracklets: try reader.getAll(), state: head.state, epochDays: head.epochDays,
      reducedChiSquare: head.reducedChiSquare, nights: head.nights, detections: head.detections)
  }
}

/// Without ``traced``: a run over many processes keeps no trace.
extension PairOutput: PieceRecord {
  package func write(to writer: inout PieceWriter) {
    candidates.write(to: &writer)
    for count in [looked, solved, leftOut, pairs, grown] { writer.put(count) }
  }

  package init(from reader: inout PieceReader) throws(PieceError) {
    self.init(
      candidates: try [Candidate](from: &reader), looked: try reader.get(),
      solved: try reader.get(), leftOut: try reader.get(), pairs: try reader.get(),
      grown: try reader.get())
  }
}

extension Arc: PieceRecord {
  private struct Rest: BitwiseCopyable {
    let fit: ArcFit
    let pairedNights: Int
    let underAllForces: Bool
  }

  package func write(to writer: inout PieceWriter) {
    writer.put(all: members)
    writer.put(Rest(fit: fit, pairedNights: pairedNights, underAllForces: underAllForces))
  }

  package init(from reader: inout PieceReader) throws(PieceError) {
    members = try reader.getAll()
    let rest = try reader.get(Rest.self)
    fit = rest.fit
    pairedNights = rest.pairedNights
    underAllForces = rest.underAllForces
  }
}

extension ArcExtender.Result: PieceRecord {
  package func write(to writer: inout PieceWriter) {
    arc.write(to: &writer)
    writer.put(all: foreign)
  }

  package init(from reader: inout PieceReader) throws(PieceError) {
    arc = try Arc(from: &reader)
    foreign = try reader.getAll()
  }
}

extension SlowMovers.Found: PieceRecord {
  package func write(to writer: inout PieceWriter) {
    writer.put(all: members)
    writer.put(start)
  }

  package init(from reader: inout PieceReader) throws(PieceError) {
    members = try reader.getAll()
    start = try reader.get()
  }
}

extension SlowMovers.Output: PieceRecord {
  package func write(to writer: inout PieceWriter) {
    found.write(to: &writer)
    writer.put(tracklets)
  }

  package init(from reader: inout PieceReader) throws(PieceError) {
    found = try [SlowMovers.Found](from: &reader)
    tracklets = try reader.get()
  }
}

extension Alternative: PieceRecord {
  package func write(to writer: inout PieceWriter) {
    writer.put(linkage)
    writer.put(all: members)
    writer.put(score)
  }

  package init(from reader: inout PieceReader) throws(PieceError) {
    self.init(
      linkage: try reader.get(), members: try reader.getAll(), score: try reader.get())
  }
}
