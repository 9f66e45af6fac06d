import Astro
import Astrometry
import Catalog
import Foundation
import Synchronization

/// Ranks detections by their distance from a predicted place, among all that an exposure has.
///
/// Keeps the places of the nights that it was asked for last.
final class DistanceRanks: Sendable {
  private let catalog: Catalog
  private let kept = Mutex<[(night: Int, places: NightPlaces)]>([])
  /// 32 bytes each.
  private static let mostKept = 4_000_000

  init(_ catalog: Catalog) { self.catalog = catalog }

  private func places(night: Int) throws(CatalogError) -> NightPlaces {
    if let known = kept.withLock({ $0.first { $0.night == night }?.places }) { return known }
    let places = try catalog.places(night: night)
    kept.withLock { kept in
      kept.append((night, places))
      while kept.count > 1, kept.reduce(0, { $0 + $1.places.ids.count }) > Self.mostKept {
        kept.removeFirst()
      }
    }
    return places
  }

  /// Fills `distanceRank` of sources that have a predicted place.
  ///
  /// - Parameter stored: the detections, parallel to the sources.
  func fill(_ sources: inout [SSSourceRecord], _ stored: [StoredDetection]) throws(CatalogError) {
    for index in sources.indices {
      guard let geometry = sources[index].geometry else { continue }
      let detection = stored[index].detection
      let night = try places(night: stored[index].night)
      let exposure = NightPlaces.Exposure(
        midpointMjdTai: detection.midpoint.mjd, observatory: detection.observatory)
      sources[index].distanceRank = Self.rank(
        of: detection.diaSourceId, raDeg: geometry.ephRa, decDeg: geometry.ephDec,
        reachDeg: geometry.ephOffset / 3600, night, night.exposures[exposure] ?? 0..<0)
    }
  }

  /// 1 and how many others are nearer than a detection, which is within `reachDeg`.
  private static func rank(
    of id: Int64, raDeg: Double, decDeg: Double, reachDeg: Double, _ night: NightPlaces,
    _ slots: Range<Int>
  ) -> Int {
    let place = Vector3(raRad: raDeg * Angle.degree, decRad: decDeg * Angle.degree)
    func distance(_ slot: Int) -> Double {
      let other = Vector3(
        raRad: night.ras[slot] * Angle.degree, decRad: night.decs[slot] * Angle.degree)
      return (other - place).norm
    }
    // A rounding error more, so that the detection itself is among them.
    let margin = reachDeg * 1.001 + 1e-9
    var slot = slots.lowerBound
    var high = slots.upperBound
    while slot < high {
      let middle = (slot + high) / 2
      if night.decs[middle] < decDeg - margin { slot = middle + 1 } else { high = middle }
    }
    var own = reachDeg * Angle.degree
    var others: [Double] = []
    while slot < slots.upperBound, night.decs[slot] <= decDeg + margin {
      if night.ids[slot] == id { own = distance(slot) } else { others.append(distance(slot)) }
      slot += 1
    }
    return 1 + others.count { $0 < own }
  }
}
