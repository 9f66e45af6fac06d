import Astro
import Astrometry
import Catalog
import Dynamics
import Foundation
import Prediction

/// The detections of one visit, to be compared with what is known.
struct VisitSky: Sendable {
  let key: VisitKey
  let observatory: ObservatoryCode
  /// The middle one of its detections' times.
  let epoch: Epoch<TDB>
  /// Where it was taken from, relative to the Sun [au].
  let observer: Vector3
  /// Holds all its detections.
  let field: SkyField
  /// By ascending z: directions, standard deviations [arcsec].
  let directions: [Vector3]
  let sigmas: [Double]
  /// V magnitude that most of its detections are brighter than; of a visit with few detections, that
  /// of the night's others in its band. Nil where nothing says it.
  private(set) var limitV: Double?
  /// V magnitude about which detections end; nil without magnitudes.
  let faintV: Double?
  /// In space, or moving: places as seen from the ground say nothing about it.
  let isRoving: Bool
  /// Known objects were left out of it before it came here: that they are missing says nothing.
  private(set) var lacksKnown = false
  private let band: String

  var count: Int { directions.count }

  /// Four fifths of the detections are brighter than what is expected to be seen.
  private static let limitShare = 0.8
  private static let faintShare = 0.95
  private static let leastMagnitudes = 10

  init?(_ key: VisitKey, rows: [Int], of table: ObservationTable) {
    let order = rows.map { row in
      let seen = table.observations[row]
      return (row: row, direction: Vector3(raRad: seen.raRad, decRad: seen.decRad))
    }.sorted { ($0.direction.z, $0.row) < ($1.direction.z, $1.row) }
    guard let field = SkyField(holding: order.map(\.direction)) else { return nil }
    self.key = key
    self.field = field
    observatory = key.observatory
    directions = order.map(\.direction)
    sigmas = order.map { place in
      let seen = table.observations[place.row]
      return max(seen.sigmaRaRad, seen.sigmaDecRad) / Angle.arcsecond
    }
    let times = rows.sorted { table.observations[$0].epoch < table.observations[$1].epoch }
    let middle = table.observations[times[times.count / 2]]
    epoch = middle.epoch
    observer = middle.observer.position - middle.sun.position
    let magnitudes = rows.compactMap { row -> Double? in
      let detection = table.stored[row].detection
      return detection.mag.flatMap { mag in BandColor.toV(detection.band).map { mag + $0 } }
    }.sorted()
    limitV =
      magnitudes.count >= Self.leastMagnitudes
      ? magnitudes[Int(Self.limitShare * Double(magnitudes.count - 1))] : nil
    faintV =
      magnitudes.isEmpty ? nil : magnitudes[Int(Self.faintShare * Double(magnitudes.count - 1))]
    band = table.stored[rows[0]].detection.band ?? ""
    isRoving = rows.contains { table.stored[$0].detection.observerGeocentricKm != nil }
  }

  /// The nearest detection within a distance of a place [rad].
  func nearest(to place: Vector3, within radius: Double) -> Int? {
    var best: (index: Int, chord: Double)?
    forEach(near: place, within: radius) { index, chord in
      if chord < best?.chord ?? .infinity { best = (index, chord) }
    }
    return best?.index
  }

  @inline(__always)
  func forEach(near place: Vector3, within radius: Double, _ body: (Int, Double) -> Void) {
    let chord = 2 * sin(0.5 * min(.pi, radius))
    var (low, high) = (0, directions.count)
    while low < high {
      let middle = (low + high) / 2
      if directions[middle].z < place.z - chord { low = middle + 1 } else { high = middle }
    }
    while low < directions.count, directions[low].z <= place.z + chord {
      let distance = (directions[low] - place).norm
      if distance <= chord { body(low, distance) }
      low += 1
    }
  }

  /// Visits in the order of their keys.
  ///
  /// - Parameter withoutKnown: numbers of those that known objects were left out of.
  static func visits(
    of table: ObservationTable, withoutKnown: Set<Int64> = []
  ) -> [VisitSky] {
    var groups: [VisitKey: [Int]] = [:]
    for (row, stored) in table.stored.enumerated() {
      groups[VisitKey(stored), default: []].append(row)
    }
    var visits = groups.sorted { $0.key < $1.key }.compactMap {
      VisitSky($0.key, rows: $0.value, of: table)
    }
    for index in visits.indices {
      visits[index].lacksKnown = Int64(visits[index].key.name).map(withoutKnown.contains) ?? false
    }
    let limits = Dictionary(grouping: visits) { [$0.observatory.description, $0.band] }
      .mapValues { $0.compactMap(\.limitV).sorted() }
    for index in visits.indices where visits[index].limitV == nil {
      let visit = visits[index]
      guard let others = limits[[visit.observatory.description, visit.band]],
        others.count >= Self.leastVisits
      else { continue }
      visits[index].limitV = others[others.count / 2]
    }
    return visits
  }

  /// That say how deep the night's other exposures in a band are.
  private static let leastVisits = 5
}
