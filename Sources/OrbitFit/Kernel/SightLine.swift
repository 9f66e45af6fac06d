import Astro

public import Astrometry
import Dynamics

/// An observation made ready for fitting: its direction as three unit vectors and the factors
/// that turn residuals into units of their standard deviation. Made once for all observations,
/// shared by every fit.
public struct SightLine: Sendable {
  public let observation: AstrometricObservation
  /// Observed direction, and unit vectors to its east and north, ICRF.
  let direction: Vector3
  let east: Vector3
  let north: Vector3
  /// 1/σ of east and north [1/rad], and the correlation's part (see ``whiten(east:north:)``).
  let weightEast: Double
  let weightNorth: Double
  let decorrelate: Double
  let mixing: Double
  /// Index of a radar measurement that stands in a sight line's place, −1 for directions.
  let radar: Int32

  public init(_ observation: AstrometricObservation) {
    self.observation = observation
    let (sinRa, cosRa) = sineCosine(observation.raRad)
    let (sinDec, cosDec) = sineCosine(observation.decRad)
    direction = Vector3(cosDec * cosRa, cosDec * sinRa, sinDec)
    east = Vector3(-sinRa, cosRa, 0)
    north = Vector3(-sinDec * cosRa, -sinDec * sinRa, cosDec)
    weightEast = 1 / observation.sigmaRaRad
    weightNorth = 1 / observation.sigmaDecRad
    mixing = observation.correlation
    decorrelate = 1 / (1 - observation.correlation * observation.correlation).squareRoot()
    radar = -1
  }

  /// The place among the sight lines of a radar measurement: its time, observer and weight; the
  /// direction serves only to reckon from where there is no measured one.
  init(radar index: Int, _ measured: RadarObservation, toward: Vector3) {
    let (lon, lat) = toward.longitudeLatitude
    observation = AstrometricObservation(
      epoch: measured.epoch, raRad: lon, decRad: lat, sigmaRaRad: 1, sigmaDecRad: 1,
      correlation: 0, observer: measured.receiver, sun: measured.sun)
    direction = toward.unit
    east = .zero
    north = .zero
    weightEast = measured.isUsable ? 1 / measured.sigma : 0
    weightNorth = 1
    mixing = 0
    decorrelate = 1
    radar = Int32(index)
  }

  var isRadar: Bool { radar >= 0 }
  /// How many numbers were measured.
  var numbers: Int { isRadar ? 1 : 2 }

  /// Whether every number in it is usable: finite, with positive errors and |correlation| < 1.
  public var isUsable: Bool {
    direction.isFinite && weightEast.isFinite && weightNorth.isFinite && weightEast > 0
      && weightNorth > 0 && decorrelate.isFinite && observation.epoch.mjd.isFinite
      && observation.observer.position.isFinite && observation.sun.position.isFinite
  }

  /// Residuals or partials (east, north) [rad] in units of σ and uncorrelated: L⁻¹ of C = L Lᵀ.
  @inline(__always)
  func whiten(east e: Double, north n: Double) -> (Double, Double) {
    let first = e * weightEast
    return (first, (n * weightNorth - mixing * first) * decorrelate)
  }

  /// ``whiten(east:north:)`` for whole rows.
  @inline(__always)
  func whiten(east e: SIMD8<Double>, north n: SIMD8<Double>) -> (SIMD8<Double>, SIMD8<Double>) {
    let first = e * weightEast
    return (first, (n * weightNorth - mixing * first) * decorrelate)
  }
}
