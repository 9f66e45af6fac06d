/// Which detections are which known objects'.
package struct Attribution: Sendable {
  /// The pairings that hold, by object, each in the order of exposures.
  package var chosen: [[Pairing]] = []
  /// Detections near a known object that might be another one, or something else.
  package var doubtful = 0

  /// A detection is an object's from this probability on.
  static let leastProbability = 0.95

  /// Lets detections compete for an object and objects for a detection (Fitzgerald 1986,
  /// "Development of practical PDA logic for multitarget tracking by microprocessor", American
  /// Control Conference): p = w / (1 + Σ of the object's + Σ of the detection's − w). Over a half,
  /// at most one of each can hold.
  ///
  /// - Parameters:
  ///   - pairings: in the order of objects; within one of exposures.
  ///   - slots: of the night's sky.
  package init(_ pairings: [Pairing], slots: Int) {
    var ofDetection = [Double](repeating: 0, count: slots)
    for pairing in pairings { ofDetection[pairing.slot] += pairing.weight }
    var doubted = Set<Int>()
    var taken = Set<Int>()
    var start = 0
    while start < pairings.count {
      let first = pairings[start]
      var end = start
      var ofObject = 0.0
      while end < pairings.count, pairings[end].object == first.object,
        pairings[end].exposure == first.exposure
      {
        ofObject += pairings[end].weight
        end += 1
      }
      for pairing in pairings[start..<end] {
        let rivals = ofObject + ofDetection[pairing.slot] - pairing.weight
        if pairing.weight / (1 + rivals) < Self.leastProbability {
          doubted.insert(pairing.slot)
        } else {
          taken.insert(pairing.slot)
          if chosen.last?.first?.object == pairing.object {
            chosen[chosen.count - 1].append(pairing)
          } else {
            chosen.append([pairing])
          }
        }
      }
      start = end
    }
    doubtful = doubted.subtracting(taken).count
  }
}
