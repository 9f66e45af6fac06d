public import Astro
public import Foundation

/// Where the Sun, the planets, the Moon, Pluto and the 16 most massive asteroids are: JPL's kernels,
/// memory-mapped and evaluated by index arithmetic, so that any number of threads may ask at once.
///
/// Positions and velocities are barycentric, ICRF axes, at TDB; they are JPL's to 0.1 mm (the time is
/// kept in two parts throughout).
///
/// For one body use ``state(of:at:)``; the force model takes all masses at once from
/// ``perturbers(at:velocities:into:)``.
public struct Ephemeris: Sendable {
  /// Segments, plan and the mapped files that both point into.
  let tables: EphemerisTables

  /// First and last moment at which every body is covered.
  public let start: Epoch<TDB>
  public let end: Epoch<TDB>

  /// Opens every `*.bsp` of a folder, in the order of their names; where two cover a body at one time
  /// the first counts. Segments of other bodies are passed over.
  ///
  /// - Throws: ``DynamicsError`` for a kernel that is corrupt, or a body that none holds.
  public init(folder: URL) throws(DynamicsError) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    } catch {
      throw .unreadableFile(path: folder.path, reason: "is not a folder that can be read")
    }
    let paths = names.filter { $0.hasSuffix(".bsp") }.sorted().map {
      folder.appending(path: $0).path
    }
    try self.init(kernels: paths, folder: folder.path)
  }

  /// - Parameters:
  ///   - kernels: paths of SPK files, the most trusted first.
  ///   - folder: named in the error when a body is missing.
  init(kernels: [String], folder: String) throws(DynamicsError) {
    var files: [SPKFile] = []
    for path in kernels { files.append(try SPKFile(path: path)) }
    tables = try EphemerisTables(files: files, folder: folder)
    start = Epoch(j2000Seconds: tables.start)
    end = Epoch(j2000Seconds: tables.end)
  }

  /// The state of a body with respect to the solar-system barycentre.
  ///
  /// - Parameters:
  ///   - body: planets with moons are their systems' barycentres.
  ///   - epoch: within the kernels of this body.
  /// - Returns: ICRF axes [au, au/d].
  /// - Throws: ``DynamicsError/outsideEphemeris(mjdTdb:startMjdTdb:endMjdTdb:)``.
  public func state(of body: Body, at epoch: Epoch<TDB>) throws(DynamicsError) -> StateVector {
    let (whole, rest) = epoch.j2000Seconds
    var position = Vector3.zero
    var velocity = Vector3.zero
    var next = body
    while next != .solarSystemBarycenter {
      guard let segment = unsafe tables.segment(of: next, at: whole + rest) else {
        throw outside(epoch)
      }
      unsafe segment.pointee.add(whole, rest, &position, &velocity)
      next = unsafe segment.pointee.center
    }
    return StateVector(
      position: position * (1 / Constants.auKm),
      velocity: velocity * (Constants.secondsPerDay / Constants.auKm))
  }

  func outside(_ epoch: Epoch<TDB>) -> DynamicsError {
    .outsideEphemeris(mjdTdb: epoch.mjd, startMjdTdb: start.mjd, endMjdTdb: end.mjd)
  }

  /// Whether every body is covered at a moment. Ask before an integration, at both its ends.
  public func covers(_ epoch: Epoch<TDB>) -> Bool { start <= epoch && epoch <= end }
}

extension Epoch where Scale == TDB {
  /// Seconds past J2000 in two parts: a whole number of half days, which is exact, and the rest.
  @inline(__always)
  var j2000Seconds: (whole: Double, rest: Double) {
    ((day - Constants.mjdJ2000) * Constants.secondsPerDay, fraction * Constants.secondsPerDay)
  }

  init(j2000Seconds seconds: Double) {
    self.init(mjdDay: Constants.mjdJ2000, fraction: seconds / Constants.secondsPerDay)
  }
}

extension ChebyshevSegment {
  /// Adds the position [km] and velocity [km/s] at a time to the sums.
  @inline(__always)
  func add(_ whole: Double, _ rest: Double, _ position: inout Vector3, _ velocity: inout Vector3) {
    let record = unsafe self.record(at: whole + rest)
    let radius = unsafe record[1]
    let s = unsafe ((whole - record[0]) + rest) / radius
    let coefficients = unsafe record + 2
    var place = Vector3.zero
    var motion = Vector3.zero
    ChebyshevBasis.withScratch { basis in
      basis.fill(s, count: termCount)
      unsafe place = basis.position(coefficients, termCount)
      unsafe motion =
        hasVelocity
        ? basis.position(coefficients + 3 &* termCount, termCount)
        : basis.derivative(coefficients, termCount) * (1 / radius)
    }
    position += place
    velocity += motion
  }
}
