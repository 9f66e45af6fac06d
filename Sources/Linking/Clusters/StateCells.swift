import Astro
import Dynamics

/// The states of all tracklets under one hypothesis, in cells of space so that neighbours are found
/// without looking at everything: a hash of integer cells, filled by counting. Flat arrays that are
/// used again for the next hypothesis.
struct StateCells {
  /// By entry, in the order of addition: tracklet, state, range and position tolerance.
  private(set) var tracklet: [Int32] = []
  private(set) var states: [TrackletState] = []
  private(set) var tolerance: [Double] = []
  /// Filled when first asked for, see ``change(_:_:)``.
  private var changes: [ClusterRefiner.Change?] = []
  private var hasChange: [Bool] = []

  private var cellSize = 1.0
  private var cellOf: [Int64] = []
  private var start: [Int32] = []
  private var mask = 0
  /// By place in the cells.
  private var order: [Int32] = []
  private var sortedCell: [Int64] = []
  /// x, y, z, vx, vy, vz of each place.
  private var sortedState: [Double] = []

  var count: Int { tracklet.count }

  mutating func removeAll() {
    tracklet.removeAll(keepingCapacity: true)
    states.removeAll(keepingCapacity: true)
    tolerance.removeAll(keepingCapacity: true)
    changes.removeAll(keepingCapacity: true)
    hasChange.removeAll(keepingCapacity: true)
  }

  /// How an entry's state changes with the hypothesis; made once.
  mutating func change(
    _ entry: Int, _ make: (Int32, TrackletState) -> ClusterRefiner.Change?
  ) -> ClusterRefiner.Change? {
    if !hasChange[entry] {
      changes[entry] = make(tracklet[entry], states[entry])
      hasChange[entry] = true
    }
    return changes[entry]
  }

  mutating func add(_ index: Int32, _ state: TrackletState, tolerance value: Double) {
    tracklet.append(index)
    states.append(state)
    tolerance.append(value)
    changes.append(nil)
    hasChange.append(false)
  }

  /// Sorts all entries into cells of the given size [au].
  mutating func build(cellSize size: Double) {
    cellSize = size
    let n = count
    var buckets = 64
    while buckets < n { buckets *= 2 }
    mask = buckets - 1
    start.removeAll(keepingCapacity: true)
    start.append(contentsOf: repeatElement(0, count: buckets + 1))
    cellOf.removeAll(keepingCapacity: true)
    for i in 0..<n {
      let p = states[i].state.position
      let cell = StateCells.pack(
        Int((p.x / size).rounded(.down)), Int((p.y / size).rounded(.down)),
        Int((p.z / size).rounded(.down)))
      cellOf.append(cell)
      start[bucket(cell) &+ 1] &+= 1
    }
    for b in 0..<buckets { start[b &+ 1] &+= start[b] }
    order.removeAll(keepingCapacity: true)
    order.append(contentsOf: repeatElement(0, count: n))
    sortedCell.removeAll(keepingCapacity: true)
    sortedCell.append(contentsOf: repeatElement(0, count: n))
    sortedState.removeAll(keepingCapacity: true)
    sortedState.append(contentsOf: repeatElement(0, count: 6 * n))
    for i in stride(from: n - 1, through: 0, by: -1) {
      let b = bucket(cellOf[i]) &+ 1
      start[b] &-= 1
      let place = Int(start[b])
      order[place] = Int32(i)
      sortedCell[place] = cellOf[i]
      let s = states[i].state
      sortedState[6 &* place] = s.position.x
      sortedState[6 &* place &+ 1] = s.position.y
      sortedState[6 &* place &+ 2] = s.position.z
      sortedState[6 &* place &+ 3] = s.velocity.x
      sortedState[6 &* place &+ 4] = s.velocity.y
      sortedState[6 &* place &+ 5] = s.velocity.z
    }
  }

  /// Appends the entries within the tolerances of an entry (itself too): position [au] and velocity
  /// [au/d], each as a distance.
  func collect(
    around entry: Int, position: Double, velocity: Double, into hits: inout [Int32]
  ) {
    let centre = states[entry].state
    let p = centre.position
    let v = centre.velocity
    let position2 = position * position
    let velocity2 = velocity * velocity
    let values = sortedState.span
    let cells = sortedCell.span
    let starts = start.span
    let inverse = 1 / cellSize
    let lowX = Int(((p.x - position) * inverse).rounded(.down))
    let highX = Int(((p.x + position) * inverse).rounded(.down))
    let lowY = Int(((p.y - position) * inverse).rounded(.down))
    let highY = Int(((p.y + position) * inverse).rounded(.down))
    let lowZ = Int(((p.z - position) * inverse).rounded(.down))
    let highZ = Int(((p.z + position) * inverse).rounded(.down))
    for ix in lowX...highX {
      for iy in lowY...highY {
        for iz in lowZ...highZ {
          let cell = StateCells.pack(ix, iy, iz)
          let b = bucket(cell)
          // After filling, a bucket begins at start[b + 1] and ends where the next begins.
          let from = Int(starts[b &+ 1])
          let to = b &+ 2 <= mask &+ 1 ? Int(starts[b &+ 2]) : count
          for place in from..<to where cells[place] == cell {
            let k = 6 &* place
            let dx = values[k] - p.x
            let dy = values[k &+ 1] - p.y
            let dz = values[k &+ 2] - p.z
            guard dx * dx + dy * dy + dz * dz <= position2 else { continue }
            let du = values[k &+ 3] - v.x
            let dv = values[k &+ 4] - v.y
            let dw = values[k &+ 5] - v.z
            guard du * du + dv * dv + dw * dw <= velocity2 else { continue }
            hits.append(order[place])
          }
        }
      }
    }
  }

  @inline(__always)
  private static func pack(_ x: Int, _ y: Int, _ z: Int) -> Int64 {
    // 21 bits each: ±1,000,000 cells.
    Int64((x & 0x1f_ffff) << 42 | (y & 0x1f_ffff) << 21 | (z & 0x1f_ffff))
  }

  @inline(__always)
  private func bucket(_ cell: Int64) -> Int {
    let mixed = UInt64(bitPattern: cell) &* 0x9e37_79b9_7f4a_7c15
    return Int(truncatingIfNeeded: mixed >> 32) & mask
  }
}
