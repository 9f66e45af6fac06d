import Astro
import Astrometry
import Dynamics
import Foundation

/// How bright an object is: H, G, its surface, and its turning.
struct LightCurve: Sendable {
  let absoluteMagnitude: Double
  let slope: Double
  let surface: Surface
  /// Half of peak to peak [mag].
  private let amplitude: Double
  /// Cycles of brightness [1/d] (two a rotation) and their phase [rad].
  private let frequency: Double
  private let phase: Double

  /// - Parameters:
  ///   - meanAmplitude: of the exponential distribution of half-amplitudes, cut at 0.6 mag.
  ///   - index: of the object: the key of its random numbers.
  init(
    absoluteMagnitude: Double, slope: Double, meanAmplitude: Double, seed: UInt64, index: Int
  ) {
    var random = RandomStream(seed: seed, .surface, UInt64(index))
    self.absoluteMagnitude = absoluteMagnitude
    self.slope = slope
    surface = random.uniform() < 0.5 ? .stony : .carbonaceous
    amplitude = min(0.6, meanAmplitude * random.exponential())
    // Rotation periods of 3 to 30 hours.
    frequency = 48 / (3 * pow(10, random.uniform()))
    phase = 2 * .pi * random.uniform()
  }

  /// V magnitude without turning.
  func apparentV(_ place: PredictedPlace) -> Double {
    Photometry.apparentMagnitude(
      absoluteMagnitude: absoluteMagnitude, slope: slope, heliocentricAU: place.heliocentricAU,
      topocentricAU: place.topocentricAU, phaseAngleRad: place.phaseAngleRad)
  }

  /// What turning adds [mag].
  func variation(at epoch: Epoch<TDB>) -> Double {
    amplitude * sin(2 * .pi * frequency * (epoch.mjd - 60_000) + phase)
  }
}
