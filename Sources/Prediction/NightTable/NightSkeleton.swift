import Astro
import Dynamics

/// What all orbits of a night have in common: when their motion is sampled, and where the Earth is
/// then.
struct NightSkeleton: Sendable {
  let start: Epoch<TDB>
  let days: Double
  let ephemeris: Ephemeris
  /// Of the whole night, which most objects need alone.
  let whole: Span

  /// A part of the night: the nodes of ``PieceFit``, the fourth of them the middle.
  struct Span: Sendable {
    var epochs: [Epoch<TDB>]
    /// Barycentric [au], at the nodes.
    var earth: [Vector3]
    /// Barycentric [au], in the middle.
    var sun: Vector3
  }

  /// - Throws: ``PredictionError`` when the ephemeris doesn't hold the night.
  init(start: Epoch<TDB>, days: Double, ephemeris: Ephemeris) throws(PredictionError) {
    self.start = start
    self.days = days
    self.ephemeris = ephemeris
    do throws(DynamicsError) {
      for epoch in [start, start.adding(days: days)] {
        _ = try ephemeris.state(of: .earth, at: epoch)
      }
      whole = try Self.span(.whole, start, days, ephemeris)
    } catch {
      throw .observer(error)
    }
  }

  /// Nil when the ephemeris doesn't hold it.
  func span(_ part: PieceSpan) -> Span? { try? Self.span(part, start, days, ephemeris) }

  private static func span(
    _ part: PieceSpan, _ start: Epoch<TDB>, _ days: Double, _ ephemeris: Ephemeris
  ) throws(DynamicsError) -> Span {
    let (middle, half) = part.middleAndHalf
    let epochs = PieceFit.nodes.map { start.adding(days: (middle + half * $0) * days) }
    var earth: [Vector3] = []
    for epoch in epochs { earth.append(try ephemeris.state(of: .earth, at: epoch).position) }
    let sun = try ephemeris.state(of: .sun, at: epochs[3]).position
    return Span(epochs: epochs, earth: earth, sun: sun)
  }
}
