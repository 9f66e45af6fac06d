import Astro
public import Dynamics
import Foundation

/// Makes more objects out of few: perturbed copies of orbits, as faint as a deep survey sees.
///
/// Given orbits are those of bright objects; a clone keeps the family's shape (a, e, i change by a
/// few parts in a hundred) and takes another place: node and perihelion turn a little, the mean
/// anomaly is drawn anew (or changes a little, ``anomalyDeg``), and it is fainter.
public struct CloneMaker: Sendable {
  /// Copies of each orbit.
  public var copies: Int
  /// Fainter by a number of magnitudes drawn from here with the density 10^(0.35 ΔH) of a
  /// population with a collisional size distribution.
  public var fainterBy: ClosedRange<Double>
  /// Half-width of the change of mean anomaly, node and argument of perihelion [deg]. With 180 a
  /// family spreads all around the Sun; with 5 Trojans stay near their Lagrange points.
  public var anomalyDeg: Double

  public init(copies: Int, fainterBy: ClosedRange<Double> = 4...9, anomalyDeg: Double = 180) {
    self.copies = copies
    self.fainterBy = fainterBy
    self.anomalyDeg = anomalyDeg
  }

  /// Clones of heliocentric orbits; orbits that are not ellipses have none.
  ///
  /// - Parameters:
  ///   - parents: heliocentric.
  ///   - seed: same seed, same clones.
  public func clones(of parents: [CatalogOrbit], seed: UInt64) -> [CatalogOrbit] {
    var clones: [CatalogOrbit] = []
    clones.reserveCapacity(parents.count * copies)
    for (index, parent) in parents.enumerated() {
      guard let elements = KeplerianElements(parent.orbit), elements.eccentricity < 1 else {
        continue
      }
      for copy in 0..<copies {
        var random = RandomStream(seed: seed, .clone, UInt64(index), UInt64(copy))
        guard let orbit = perturbed(elements, &random) else { continue }
        clones.append(
          CatalogOrbit(
            designation: "\(parent.designation)-c\(copy + 1)", orbit: orbit,
            absoluteMagnitude: parent.absoluteMagnitude.map { $0 + fainter(&random) },
            slope: parent.slope))
      }
    }
    return clones
  }

  private func perturbed(_ parent: KeplerianElements, _ random: inout RandomStream) -> Orbit? {
    let a = parent.semiMajorAxisAU * (1 + 0.01 * random.normal())
    let e = min(max(0, parent.eccentricity + 0.02 * random.normal()), 0.98)
    let incl = abs(parent.inclinationRad + 0.01 * random.normal())
    func turned(_ angle: Double, _ random: inout RandomStream) -> Double {
      Angle.wrapPositive(angle + random.uniform(-anomalyDeg, anomalyDeg) * Angle.degree)
    }
    let elements = KeplerianElements(
      epoch: parent.epoch, semiMajorAxisAU: a, eccentricity: e,
      inclinationRad: min(incl, 2 * .pi - incl), nodeRad: turned(parent.nodeRad, &random),
      argPeriRad: turned(parent.argPeriRad, &random),
      meanAnomalyRad: turned(parent.meanAnomalyRad(), &random))
    return elements?.orbit()
  }

  private func fainter(_ random: inout RandomStream) -> Double {
    let slope = 0.35
    let width = fainterBy.upperBound - fainterBy.lowerBound
    let top = pow(10, slope * width)
    return fainterBy.lowerBound + log10(1 + random.uniform() * (top - 1)) / slope
  }
}
