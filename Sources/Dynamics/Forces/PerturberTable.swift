import Astro

/// Where all masses are at the eight nodes of one step, or at one moment in all eight lanes, and
/// what the force model needs of the Sun.
///
/// Orbits that start together and take equal steps share their tables (``PerturberTables``).
@safe final class PerturberTable {
  private(set) var start = Epoch<TDB>(mjd: 0)
  private(set) var days = 0.0
  /// Rows of eight nodes: x, y, z of each mass, then the rows below.
  private let rows: UnsafeMutablePointer<Lanes>

  /// Masses whose motion the table holds: sources of relativity, the Sun at least.
  private let sourceCount: Int

  /// The first row of a source's velocity, acceleration and potential.
  @inline(__always)
  private static func sourceRow(_ body: Int) -> Int { 3 &* Body.perturberCount &+ 7 &* body }

  init(relativity: Relativity) {
    sourceCount = max(1, relativity.sourceCount)
    let count = PerturberTable.sourceRow(sourceCount)
    unsafe rows = .allocate(capacity: count)
    unsafe rows.initialize(repeating: .zero, count: count)
  }

  deinit { unsafe rows.deallocate() }

  /// Barycentric ICRF positions of a mass [au].
  @inline(__always)
  func position(_ body: Int) -> Lanes3 { row(3 &* body) }

  /// Of the Sun [au/d].
  @inline(__always) var sunVelocity: Lanes3 { velocity(0) }

  /// Of a source of relativity [au/d].
  @inline(__always)
  func velocity(_ source: Int) -> Lanes3 { row(PerturberTable.sourceRow(source)) }

  /// Of a source of relativity, by the pull of the other masses [au/d²].
  @inline(__always)
  func acceleration(_ source: Int) -> Lanes3 { row(PerturberTable.sourceRow(source) &+ 3) }

  /// Σ GM / distance of the other masses at a source [au²/d²].
  @inline(__always)
  func potential(_ source: Int) -> Lanes {
    unsafe rows[PerturberTable.sourceRow(source) &+ 6]
  }

  @inline(__always)
  private func row(_ index: Int) -> Lanes3 {
    unsafe Lanes3(x: rows[index], y: rows[index &+ 1], z: rows[index &+ 2])
  }

  func isFor(start: Epoch<TDB>, days: Double) -> Bool {
    self.days == days && self.start == start
  }

  /// Evaluates the ephemerides at the nodes of a step.
  ///
  /// - Parameter buffer: room for ``PerturberLayout/size`` numbers.
  /// - Returns: false when the step leaves the ephemerides; the table is then unusable.
  func fill(
    start: Epoch<TDB>, days: Double, ephemeris: Ephemeris, gm: [Double],
    buffer: UnsafeMutablePointer<Double>
  ) -> Bool {
    self.start = start
    self.days = 0
    let nodes = RadauTables.shared.nodes
    let stride = PerturberLayout.rowStride
    for node in 0..<8 {
      let covered = unsafe ephemeris.perturbers(
        at: start.adding(days: days * nodes[node]), velocities: velocities, into: buffer)
      guard covered else { return false }
      for body in 0..<Body.perturberCount {
        for axis in 0..<3 { unsafe rows[3 * body + axis][node] = buffer[axis * stride + body] }
      }
      for source in 0..<sourceCount {
        let row = PerturberTable.sourceRow(source)
        for axis in 0..<3 {
          unsafe rows[row + axis][node] = buffer[(axis + 3) * stride + source]
        }
      }
    }
    self.days = days
    for source in 0..<sourceCount { pull(on: source, gm) }
    return true
  }

  /// Evaluates the ephemerides at one moment, the same in all lanes: for eight orbits at once.
  ///
  /// - Parameter buffer: room for ``PerturberLayout/size`` numbers.
  /// - Returns: false when the moment is outside the ephemerides; the table is then unusable.
  func fill(
    at moment: Epoch<TDB>, ephemeris: Ephemeris, gm: [Double],
    buffer: UnsafeMutablePointer<Double>
  ) -> Bool {
    start = moment
    days = 0
    guard unsafe ephemeris.perturbers(at: moment, velocities: velocities, into: buffer) else {
      return false
    }
    let stride = PerturberLayout.rowStride
    for body in 0..<Body.perturberCount {
      for axis in 0..<3 {
        unsafe rows[3 * body + axis] = Lanes(repeating: buffer[axis * stride + body])
      }
    }
    for source in 0..<sourceCount {
      let row = PerturberTable.sourceRow(source)
      for axis in 0..<3 {
        unsafe rows[row + axis] = Lanes(repeating: buffer[(axis + 3) * stride + source])
      }
      pull(on: source, gm)
    }
    return true
  }

  private var velocities: PerturberVelocities { sourceCount > 1 ? .planets : .sun }

  private func pull(on source: Int, _ gm: [Double]) {
    let place = position(source)
    var acceleration = Lanes3.zero
    var potential = Lanes.zero
    for body in 0..<Body.perturberCount where body != source {
      let d = position(body) - place
      let r2 = d.squaredNorm
      let perDistance = gm[body] / r2.squareRoot()
      potential += perDistance
      acceleration += d * (perDistance / r2)
    }
    let row = PerturberTable.sourceRow(source)
    unsafe (rows[row + 3], rows[row + 4], rows[row + 5]) = (
      acceleration.x, acceleration.y, acceleration.z
    )
    unsafe rows[row + 6] = potential
  }
}

/// A small store of tables by step, for orbits that take the same ones. Not for two threads.
@safe final class PerturberTables {
  let ephemeris: Ephemeris
  private let gm: [Double]
  private let relativity: Relativity
  private let buffer: UnsafeMutablePointer<Double>
  private var slots: [PerturberTable?]

  /// - Parameter capacity: tables kept, a power of two; 6 kB each.
  init(ephemeris: Ephemeris, gm: [Double], relativity: Relativity = .sun, capacity: Int = 64) {
    self.relativity = relativity
    self.ephemeris = ephemeris
    self.gm = gm
    unsafe buffer = .allocate(capacity: PerturberLayout.size)
    unsafe buffer.initialize(repeating: 0, count: PerturberLayout.size)
    slots = Array(repeating: nil, count: capacity)
  }

  deinit { unsafe buffer.deallocate() }

  /// - Returns: nil when the step leaves the ephemerides.
  func table(start: Epoch<TDB>, days: Double) -> PerturberTable? {
    var hasher = start.day.bitPattern &* 0x9E37_79B9_7F4A_7C15
    hasher ^= start.fraction.bitPattern &* 0xC2B2_AE3D_27D4_EB4F
    hasher ^= days.bitPattern &* 0x1656_67B1_9E37_79F9
    hasher ^= hasher >> 32
    let slot = Int(truncatingIfNeeded: (hasher &* 0x9E37_79B9_7F4A_7C15) >> 32) & (slots.count - 1)
    if let known = slots[slot] {
      if known.isFor(start: start, days: days) { return known }
      return unsafe known.fill(
        start: start, days: days, ephemeris: ephemeris, gm: gm, buffer: buffer) ? known : nil
    }
    let fresh = PerturberTable(relativity: relativity)
    slots[slot] = fresh
    return unsafe fresh.fill(
      start: start, days: days, ephemeris: ephemeris, gm: gm, buffer: buffer) ? fresh : nil
  }
}
