import Astro

/// Gives every detection to one arc at most.
///
/// The best arc takes its members. An arc that has lost some is fitted anew to what is left to it
/// and waits for the next round; with too little left it is dropped. Rounds end when nothing
/// waits. The result does not depend on the order of the input, and each detection is asked for
/// before it is given: two arcs cannot share one.
struct Assignment: Sendable {
  let detections: SortedDetections
  /// By detection: the arc's index in ``arcs``, or −1.
  private(set) var owner: [Int32]
  private(set) var arcs: [Arc] = []
  /// Arcs that had to give way to better ones, as they were before they lost anything.
  private(set) var displaced: [Arc] = []

  init(_ detections: SortedDetections) {
    self.detections = detections
    owner = [Int32](repeating: -1, count: detections.count)
  }

  /// As one was before.
  init(_ detections: SortedDetections, arcs: [Arc], displaced: [Arc]) {
    self.init(detections)
    self.arcs = arcs
    self.displaced = displaced
    for (index, arc) in arcs.enumerated() {
      for m in arc.members { owner[Int(m)] = Int32(index) }
    }
  }

  /// Adds arcs. `refit` is called for what is left of arcs that lost members, many at once.
  mutating func assign(
    _ candidates: [Arc], refit: ([(members: [Int32], arc: Arc)]) async throws -> [Arc?]
  ) async throws {
    var waiting = candidates
    var isFirst = true
    while !waiting.isEmpty {
      waiting.sort(by: Arc.precedes)
      var losers: [(members: [Int32], arc: Arc)] = []
      for arc in waiting {
        let free = arc.members.filter { owner[Int($0)] < 0 }
        if free.count == arc.members.count {
          take(arc)
          continue
        }
        if isFirst { displaced.append(arc) }
        if free.count >= 4 { losers.append((free, arc)) }
      }
      isFirst = false
      waiting = losers.isEmpty ? [] : try await refit(losers).compactMap { $0 }
    }
  }

  private mutating func take(_ arc: Arc) {
    for m in arc.members { owner[Int(m)] = Int32(arcs.count) }
    arcs.append(arc)
  }

  /// Puts a larger arc in the place of one; members that another arc owns must not be in it.
  mutating func replace(_ index: Int, with arc: Arc) {
    for m in arcs[index].members { owner[Int(m)] = -1 }
    for m in arc.members { owner[Int(m)] = Int32(index) }
    arcs[index] = arc
  }

  /// Takes an arc out; its place stays empty.
  mutating func dissolve(_ index: Int) {
    for m in arcs[index].members { owner[Int(m)] = -1 }
    arcs[index].members = []
  }

  /// The arcs that are left.
  var standing: [Arc] { arcs.filter { !$0.members.isEmpty } }
}
