/// Linkages and known objects that have detections in common, however indirectly: what is decided
/// about them is decided together, and groups don't touch each other.
package struct ObjectGroup: Sendable {
  /// Known objects, ascending.
  package var objects: [Int64]
  /// Indices of linkages, ascending.
  package var linkages: [Int]

  /// Groups in the order of their first linkage.
  ///
  /// - Parameters:
  ///   - linkages: the detections' identifiers; no detection is in two.
  ///   - owner: the object that a detection belongs to already.
  package static func groups(linkages: [[Int64]], owner: [Int64: Int64]) -> [ObjectGroup] {
    var root = Array(linkages.indices)  // union-find over linkages
    func find(_ index: Int) -> Int {
      var index = index
      while root[index] != index { index = root[index] }
      return index
    }
    var firstWithObject: [Int64: Int] = [:]
    for (index, members) in linkages.enumerated() {
      for member in members {
        guard let object = owner[member] else { continue }
        guard let other = firstWithObject[object] else {
          firstWithObject[object] = index
          continue
        }
        let (a, b) = (find(index), find(other))
        root[max(a, b)] = min(a, b)
      }
    }
    var groups: [Int: ObjectGroup] = [:]
    for index in linkages.indices {
      groups[find(index), default: ObjectGroup(objects: [], linkages: [])].linkages.append(index)
    }
    for (object, index) in firstWithObject { groups[find(index)]?.objects.append(object) }
    return groups.sorted { $0.key < $1.key }.map {
      ObjectGroup(objects: $1.objects.sorted(), linkages: $1.linkages)
    }
  }
}
