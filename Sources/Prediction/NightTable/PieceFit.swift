import Astro
import Astrometry
import Dynamics
import Foundation

/// Fits polynomials to the motion of one object after the other.
///
/// The motion is sampled at seven Chebyshev nodes of the night. Where four orders don't hold it, or
/// where it runs over more sky than an index cell likes, the span is halved.
struct PieceFit {
  let propagator: Propagator
  let night: NightSkeleton
  let workspace: Propagator.Workspace

  static let nodeCount = 7
  static let nodes = (0..<nodeCount).map { cos(.pi * (Double($0) + 0.5) / Double(nodeCount)) }
  /// Angles that the terms left out may amount to: 0.1 mas [rad].
  private static let toleranceRad = 5e-10
  /// Pieces run over no more sky than this, about the middle [rad].
  private static let longestSweep = 1.5 * Angle.degree
  /// Observers are not further from the Earth's centre than this [au]: 10,000 km. Others are
  /// served without the index.
  static let farthestObserver = 10_000 / Constants.auKm
  /// Between geometric and astrometric place: the speed of objects over that of light [rad].
  private static let lightTimeMargin = 5e-4
  /// Two-body motion so near to the true one has its partials too [rad].
  private static let quietRad = 1e-3
  /// Index caps hold places out to so many standard deviations.
  static let reachSigmas = 3.0

  /// Appends the pieces of one orbit.
  ///
  /// - Parameter law: index of its brightness law where that is another than H, G.
  /// - Returns: how the motion ends, if it does before the night is over.
  func fit(
    _ orbit: CatalogOrbit, object: UInt32, law: UInt32?, into list: inout PieceList
  ) -> Propagation.Verdict {
    let first = list.pieces.count
    let verdict = fit(orbit, object, .whole, into: &list.pieces)
    guard list.pieces.count > first else { return verdict }
    let brightness = Self.brightness(orbit, law)
    for index in first..<list.pieces.count {
      (list.pieces[index].magnitude, list.pieces[index].slope) = brightness
    }
    addUncertainty(orbit, first, &list)
    return verdict
  }

  /// Absolute magnitude and slope as a block has them.
  private static func brightness(
    _ orbit: CatalogOrbit, _ law: UInt32?
  ) -> (magnitude: Float, slope: Int16) {
    if let law { return (Float(bitPattern: law), BlockLayout.otherLaw) }
    var magnitude = orbit.absoluteMagnitude
    var slope = orbit.slope ?? Photometry.defaultSlope
    if case .hg(let h, let g) = orbit.photometry { (magnitude, slope) = (h, g) }
    let scaled = max(-32_000, min(32_000, (slope * 1e4).rounded()))
    return (magnitude.map { Float($0) } ?? .nan, Int16(scaled.isNaN ? 0 : scaled))
  }

  private func fit(
    _ orbit: CatalogOrbit, _ object: UInt32, _ part: PieceSpan, into pieces: inout [Piece]
  ) -> Propagation.Verdict {
    guard let span = part == .whole ? night.whole : night.span(part) else {
      return .outsideEphemeris(night.start)
    }
    let result = propagator.propagate(
      orbit, to: span.epochs, options: .init(origin: .solarSystemBarycenter), workspace: workspace)
    if result.states.allSatisfy({ $0 == nil }) { return result.verdict }
    if let piece = piece(result, span, object, part) {
      pieces.append(piece)
      return result.verdict
    }
    guard part.level < PieceSpan.deepest else { return result.verdict }
    let (left, right) = part.halves
    _ = fit(orbit, object, left, into: &pieces)
    _ = fit(orbit, object, right, into: &pieces)
    return result.verdict
  }

  /// Nil when the span is too long for one piece.
  private func piece(
    _ result: Propagation, _ span: NightSkeleton.Span, _ object: UInt32, _ part: PieceSpan
  ) -> Piece? {
    var samples = InlineArray<7, Vector3>(repeating: .zero)
    var nearest = Double.infinity
    for k in 0..<Self.nodeCount {
      guard let state = result.states[k], state.position.isFinite else { return nil }
      samples[k] = state.position
      nearest = min(nearest, (state.position - span.earth[k]).norm)
    }
    let (c, left) = Self.polynomial(samples)
    let isDeepest = part.level == PieceSpan.deepest
    guard left <= Self.toleranceRad * nearest || isDeepest else { return nil }
    let centre = (samples[3] - span.earth[3]).unit
    var sweep = 0.0
    for k in 0..<Self.nodeCount { sweep = max(sweep, centre.angle(to: samples[k] - span.earth[k])) }
    guard sweep <= Self.longestSweep || isDeepest else { return nil }
    // The outermost nodes are at 0.975 of the half length.
    let parallax = Self.farthestObserver < nearest ? asin(Self.farthestObserver / nearest) : .pi
    var higher = InlineArray<9, Float>(repeating: 0)
    for k in 0..<3 {
      higher[3 * k] = Float(c[k + 2].x)
      higher[3 * k + 1] = Float(c[k + 2].y)
      higher[3 * k + 2] = Float(c[k + 2].z)
    }
    return Piece(
      object: object, span: part, c0: c[0], c1: c[1], higher: higher,
      cap: SkyCap(centre: centre, radius: 1.1 * sweep + parallax + Self.lightTimeMargin))
  }

  /// Monomials up to the fourth order from samples at the nodes, and the size of what is left out.
  private static func polynomial(
    _ samples: InlineArray<7, Vector3>
  ) -> (c: InlineArray<5, Vector3>, left: Double) {
    var t = InlineArray<7, Vector3>(repeating: .zero)
    for k in 0..<nodeCount {
      for j in 0..<nodeCount { t[k] += samples[j] * transform[k * nodeCount + j] }
    }
    let left = t[5].norm + t[6].norm
    var c = InlineArray<5, Vector3>(repeating: .zero)
    c[0] = t[0] - t[2] + t[4]
    c[1] = t[1] - t[3] * 3
    c[2] = t[2] * 2 - t[4] * 8
    c[3] = t[3] * 4
    c[4] = t[4] * 8
    return (c, left)
  }

  /// Chebyshev coefficients from samples at the nodes, by rows.
  private static let transform: [Double] = {
    var matrix: [Double] = []
    for k in 0..<nodeCount {
      for j in 0..<nodeCount {
        let angle = Double.pi * Double(k) * (Double(j) + 0.5) / Double(nodeCount)
        matrix.append((k == 0 ? 1 : 2) / Double(nodeCount) * cos(angle))
      }
    }
    return matrix
  }()
}

extension PieceFit {
  /// Gives the pieces of one orbit, those from one on, their covariances, if it has one.
  private func addUncertainty(_ orbit: CatalogOrbit, _ first: Int, _ list: inout PieceList) {
    guard let covariance = orbit.covariance else { return }
    for index in first..<list.pieces.count {
      let piece = list.pieces[index]
      let part = piece.span
      guard let span = part == .whole ? night.whole : night.span(part),
        let transition = transition(orbit, span, position: piece.c0),
        let factor = CovarianceFactor(covariance, transition: transition)
      else { continue }
      list.pieces[index].factor = Int32(list.factors.count)
      list.factors.append(factor)
      let range = (piece.c0 - span.earth[3]).norm
      let half = part.middleAndHalf.half * night.days
      var sigma = 0.0
      // The outermost nodes and the middle.
      for k in [0, 3, 6] {
        sigma = max(sigma, skySigma(piece, factor, Self.nodes[k], half, span.earth[k]))
      }
      // From another site the line of sight leans towards the least known direction.
      let lean = min(1, Self.farthestObserver / range)
      sigma = 1.1 * sigma + lean * factor.positionSigma(days: half) / range
      let code = SigmaCode.code(sigma)
      list.pieces[index].sigma = code
      list.pieces[index].cap.radius += Self.reachSigmas * Double(SigmaCode.table[Int(code)])
    }
  }

  /// ∂(state at an epoch)/∂(state of the orbit): of two-body motion where that ends near the true
  /// place, of all forces otherwise.
  private func transition(
    _ orbit: CatalogOrbit, _ span: NightSkeleton.Span, position: Vector3
  ) -> StateTransitionMatrix? {
    let epoch = span.epochs[3]
    if let start = heliocentric(orbit.orbit) {
      let (end, transition) = TwoBody.propagateWithTransition(
        start, days: epoch.days(since: orbit.orbit.epoch))
      let off = (end.position + span.sun - position).norm
      if off <= Self.quietRad * (position - span.earth[3]).norm { return transition }
    }
    let result = propagator.propagate(
      orbit, to: [epoch], options: .init(origin: .sun, transitions: true), workspace: workspace)
    return result.transitions.first ?? nil
  }

  private func heliocentric(_ orbit: Orbit) -> StateVector? {
    guard orbit.origin != .sun else { return orbit.state }
    return (try? night.ephemeris.state(of: .sun, at: orbit.epoch)).map { orbit.state - $0 }
  }

  /// The widest standard deviation seen from the Earth's centre [rad].
  private func skySigma(
    _ piece: Piece, _ factor: CovarianceFactor, _ x: Double, _ half: Double, _ earth: Vector3
  ) -> Double {
    let offset = piece.position(x) - earth
    let range = offset.norm
    let sight = offset * (1 / range)
    let aside = abs(sight.z) < 0.9 ? Vector3(0, 0, 1) : Vector3(1, 0, 0)
    let east = aside.cross(sight).unit
    let partials = PlacePartials(
      raByPosition: east * (1 / range), decByPosition: sight.cross(east) * (1 / range),
      lightTimeDays: 0)
    return factor.sky(partials, days: x * half).ellipse.major
  }
}
