public import Astro

/// Where ``Ephemeris/perturbers(at:velocities:into:)`` puts what: six rows x, y, z [au], vx, vy, vz
/// [au/d], barycentric ICRF, each with a column for every body by its raw value.
public enum PerturberLayout {
  /// Numbers from one row to the next. A multiple of 8, so that rows can be read by SIMD; columns
  /// 0…26 are the masses, 27 the Earth-Moon barycentre, 28…31 are not written.
  public static let rowStride = 32
  /// Numbers in the buffer.
  public static let size = 6 * rowStride
}

/// Which velocities a caller wants besides the positions.
public enum PerturberVelocities: Sendable {
  case none
  /// Sun, planets, Earth, Moon and Pluto (and the Earth-Moon barycentre).
  case planets
  case all
}

extension Ephemeris {
  /// All masses of the force model at one moment, in one pass: no allocation, no lock, no state.
  ///
  /// - Parameters:
  ///   - epoch: the moment.
  ///   - velocities: those of other bodies are left as they were in the buffer.
  ///   - buffer: room for ``PerturberLayout/size`` numbers, written as ``PerturberLayout`` says.
  /// - Returns: false outside ``start``…``end``; the buffer is then untouched.
  @discardableResult
  public func perturbers(
    at epoch: Epoch<TDB>, velocities: PerturberVelocities = .planets,
    into buffer: UnsafeMutablePointer<Double>
  ) -> Bool {
    let (whole, rest) = epoch.j2000Seconds
    let seconds = whole + rest
    let plans = tables.plans
    var index = 0
    while index < plans.count {
      let plan = plans[index]
      if seconds >= plan.start, seconds <= plan.end {
        let velocityEnd = velocities == .none ? 0 : velocities == .all ? 27 : Body.firstAsteroid
        unsafe plan.evaluate(whole, rest, velocityEnd, buffer)
        return true
      }
      index &+= 1
    }
    return false
  }
}

private let stride = PerturberLayout.rowStride

extension PerturberPlan {
  /// - Parameters:
  ///   - velocityEnd: velocities are computed for the slots below it, and for slot 27 if it is not 0.
  fileprivate func evaluate(
    _ whole: Double, _ rest: Double, _ velocityEnd: Int, _ out: UnsafeMutablePointer<Double>
  ) {
    var basis = ChebyshevBasis()
    for g in unsafe 0..<groups.count {
      let group = unsafe groups[g]
      let raw = Int((whole + rest - group.firstStart) * group.inverseLength)
      let index = min(max(raw, group.lowestIndex), group.highestIndex)
      let first = unsafe tracks[group.firstTrack]
      let head = unsafe first.records + (index &+ first.indexOffset) &* first.recordSize
      let radius = unsafe head[1]
      unsafe basis.fill(((whole - head[0]) + rest) / radius, count: group.termCount)
      for t in group.firstTrack..<group.endTrack {
        let track = unsafe tracks[t]
        let record = unsafe track.records + (index &+ track.indexOffset) &* track.recordSize
        unsafe PerturberPlan.evaluate(track, record + 2, basis, 1 / radius, velocityEnd, out)
      }
    }
    for i in unsafe 0..<sums.count {
      let (slot, center) = unsafe sums[i]
      for row in 0..<(slot < velocityEnd ? 6 : 3) {
        unsafe out[row &* stride &+ slot] += out[row &* stride &+ center]
      }
    }
  }

  @inline(__always)
  private static func evaluate(
    _ track: Track, _ c: UnsafePointer<Double>, _ basis: borrowing ChebyshevBasis,
    _ inverseRadius: Double, _ velocityEnd: Int, _ out: UnsafeMutablePointer<Double>
  ) {
    let n = track.termCount
    let slot = track.slot
    let toAU = 1 / Constants.auKm
    unsafe out[slot] = basis.value(c, n) * toAU
    unsafe out[stride &+ slot] = basis.value(c + n, n) * toAU
    unsafe out[2 &* stride &+ slot] = basis.value(c + 2 &* n, n) * toAU
    guard slot < velocityEnd || (slot >= Body.perturberCount && velocityEnd > 0) else { return }
    let perDay = Constants.secondsPerDay * toAU
    if track.hasVelocity {
      let v = unsafe c + 3 &* n
      unsafe out[3 &* stride &+ slot] = basis.value(v, n) * perDay
      unsafe out[4 &* stride &+ slot] = basis.value(v + n, n) * perDay
      unsafe out[5 &* stride &+ slot] = basis.value(v + 2 &* n, n) * perDay
    } else {
      let scale = inverseRadius * perDay
      unsafe out[3 &* stride &+ slot] = basis.slope(c, n) * scale
      unsafe out[4 &* stride &+ slot] = basis.slope(c + n, n) * scale
      unsafe out[5 &* stride &+ slot] = basis.slope(c + 2 &* n, n) * scale
    }
  }
}
