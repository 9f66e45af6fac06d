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
  /// The Sun's, for relativity.
  case sun
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
    let velocityEnd =
      switch velocities {
      case .none: 0
      case .sun: 1
      case .planets: Body.firstAsteroid
      case .all: Body.perturberCount
      }
    let plans = unsafe tables.plans
    for index in 0..<plans.count {
      if unsafe seconds >= plans[index].start, unsafe seconds <= plans[index].end {
        ChebyshevBasis.withScratch { basis in
          unsafe plans[index].evaluate(whole, rest, velocityEnd, basis, buffer)
        }
        return true
      }
    }
    return false
  }
}

private let stride = PerturberLayout.rowStride

extension PerturberPlan {
  /// - Parameters:
  ///   - velocityEnd: velocities are computed for the slots below it, and for slot 27 if it is not 0.
  @inline(__always)
  fileprivate func evaluate(
    _ whole: Double, _ rest: Double, _ velocityEnd: Int, _ basis: ChebyshevBasis,
    _ out: UnsafeMutablePointer<Double>
  ) {
    for g in unsafe 0..<groups.count {
      let group = unsafe groups[g]
      let raw = Int((whole + rest - group.firstStart) * group.inverseLength)
      let index = min(max(raw, group.lowestIndex), group.highestIndex)
      let first = unsafe tracks[group.firstTrack]
      let head = unsafe first.records + (index &+ first.indexOffset) &* first.recordSize
      let inverseRadius = unsafe 1 / head[1]
      unsafe basis.fill(((whole - head[0]) + rest) / head[1], count: group.termCount)
      for t in group.firstTrack..<group.endTrack {
        let track = unsafe tracks[t]
        let record = unsafe track.records + (index &+ track.indexOffset) &* track.recordSize
        unsafe PerturberPlan.evaluate(track, record + 2, basis, inverseRadius, velocityEnd, out)
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
    _ track: Track, _ c: UnsafePointer<Double>, _ basis: ChebyshevBasis,
    _ inverseRadius: Double, _ velocityEnd: Int, _ out: UnsafeMutablePointer<Double>
  ) {
    let n = track.termCount
    let toAU = 1 / Constants.auKm
    let place = unsafe basis.position(c, n) * toAU
    let column = unsafe out + track.slot
    unsafe column[0] = place.x
    unsafe column[stride] = place.y
    unsafe column[2 &* stride] = place.z
    guard
      track.slot < velocityEnd || (track.slot >= Body.perturberCount && velocityEnd > 0)
    else { return }
    let perDay = Constants.secondsPerDay * toAU
    let motion =
      unsafe track.hasVelocity
      ? basis.position(c + 3 &* n, n) * perDay
      : basis.derivative(c, n) * (inverseRadius * perDay)
    unsafe column[3 &* stride] = motion.x
    unsafe column[4 &* stride] = motion.y
    unsafe column[5 &* stride] = motion.z
  }
}
