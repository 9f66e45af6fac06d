/// The segments of all bodies in one flat table, and the plans for evaluating all masses at once.
///
/// A class only to own memory: what is hot goes through its pointers, which never change.
@safe final class EphemerisTables: @unchecked Sendable {  // immutable after init
  private let files: [MappedFile]
  /// Segments by body, then by preference; body b has those of `firstSegment[b]..<firstSegment[b+1]`.
  private let segments: UnsafeMutableBufferPointer<ChebyshevSegment>
  private let firstSegment: UnsafeMutableBufferPointer<Int>
  /// One plan for each stretch of time over which no body changes its segment; mostly just one.
  let plans: UnsafeMutableBufferPointer<PerturberPlan>
  /// What all bodies cover [s past J2000 TDB].
  let start: Double
  let end: Double

  init(files: [SPKFile], folder: String) throws(DynamicsError) {
    var ofBody = [[ChebyshevSegment]](repeating: [], count: Body.allCases.count)
    for file in files {
      for segment in file.segments {
        ofBody[Int(segment.target.rawValue)].append(segment)
      }
    }
    let wanted = Body.allCases.filter { $0 != .solarSystemBarycenter }
    let missing = wanted.filter { ofBody[Int($0.rawValue)].isEmpty }
    guard missing.isEmpty else { throw .missingBodies(folder: folder, bodies: missing) }
    try EphemerisTables.checkChains(ofBody, folder)
    let spans = wanted.map { EphemerisTables.span(ofBody[Int($0.rawValue)]) }
    let start = spans.map(\.0).max() ?? 0
    let end = spans.map(\.1).min() ?? 0
    guard start < end else {
      throw .invalidKernel(file: folder, reason: "the kernels have no time in common")
    }
    self.start = start
    self.end = end
    self.files = files.map(\.file)
    unsafe segments = .allocate(capacity: ofBody.reduce(0) { $0 + $1.count })
    unsafe firstSegment = .allocate(capacity: ofBody.count + 1)
    var next = 0
    for index in ofBody.indices {
      unsafe firstSegment.initializeElement(at: index, to: next)
      for segment in ofBody[index] {
        unsafe segments.initializeElement(at: next, to: segment)
        next += 1
      }
    }
    unsafe firstSegment.initializeElement(at: ofBody.count, to: next)
    let list = PerturberPlan.plans(ofBody, from: start, to: end)
    unsafe plans = .allocate(capacity: list.count)
    _ = unsafe plans.initialize(from: list)
  }

  deinit {
    for index in unsafe plans.indices { unsafe plans[index].deallocate() }
    unsafe plans.deallocate()
    unsafe segments.deallocate()
    unsafe firstSegment.deallocate()
  }

  /// The segment that covers a body at a time, nil outside all of them.
  @inline(__always)
  func segment(of body: Body, at seconds: Double) -> UnsafePointer<ChebyshevSegment>? {
    var index = unsafe firstSegment[Int(body.rawValue)]
    let end = unsafe firstSegment[Int(body.rawValue) &+ 1]
    while index < end {
      if unsafe segments[index].covers(seconds) {
        return unsafe segments.baseAddress.map { unsafe UnsafePointer($0 + index) }
      }
      index &+= 1
    }
    return nil
  }

  /// Every body must lead to the barycentre, so that no evaluation can run in a circle.
  private static func checkChains(
    _ ofBody: [[ChebyshevSegment]], _ folder: String
  ) throws(DynamicsError) {
    for body in Body.perturbers + [.earthMoonBarycenter] {
      for segment in ofBody[Int(body.rawValue)] {
        let center = segment.center
        // Planets, Sun and barycentre from the barycentre; Earth and Moon, and asteroids, one step on.
        let direct =
          center == .solarSystemBarycenter
          || ofBody[Int(center.rawValue)].allSatisfy { $0.center == .solarSystemBarycenter }
        guard direct, center != body else {
          throw .invalidKernel(
            file: folder, reason: "\(body.name) is reckoned from \(center.name), by too many steps")
        }
      }
    }
  }

  /// From the first start to where the coverage first breaks.
  private static func span(_ segments: [ChebyshevSegment]) -> (Double, Double) {
    let sorted = segments.sorted { $0.start < $1.start }
    var start = 0.0
    var end = 0.0
    for (index, segment) in sorted.enumerated() {
      if index == 0 {
        (start, end) = (segment.start, segment.end)
      } else if segment.start <= end {
        end = max(end, segment.end)
      }
    }
    return (start, end)
  }
}
