import Astro
import Astrometry
import Dynamics
import Foundation
import Prediction

/// Looks for the shift, in place or time, under which a visit shows the known objects that it seems
/// to lack: pairs of objects and detections vote for shifts.
struct WideSearch {
  let visit: VisitSky
  let places: KnownPlaces

  struct Shift {
    var bias: VisitBias
    /// Known objects that the shifted visit shows, of those that it should.
    var found: Int
    var expected: Int
  }

  /// A shift is believed from so many objects on, and such a share of those expected.
  static let leastFound = 6
  static let leastShare = 0.4

  /// The shift that explains most; nil when none does.
  func best() -> Shift? {
    [
      ClockSearch(visits: [visit], places: places).best(), offset(inCoordinates: false),
      offset(inCoordinates: true),
    ].compactMap { $0 }
      .max { $0.found < $1.found }
  }

  static func isBelieved(_ found: Int, _ expected: Int) -> Bool {
    found >= leastFound && Double(found) >= leastShare * Double(expected)
  }

  // MARK: - Place

  /// Offsets up to this [rad] are found.
  private static let widestOffset = 1.5 * Angle.degree
  private static let bin = 8 * Angle.arcsecond
  /// The brightest so many objects vote.
  private static let mostVoters = 400

  /// - Parameter inCoordinates: the same in right ascension and declination everywhere, rather than
  ///   a turn of the field.
  private func offset(inCoordinates: Bool) -> Shift? {
    let voters = places.expected(
      in: visit.field, at: visit.epoch, observatory: visit.observatory,
      marginRad: Self.widestOffset, limitV: visit.limitV
    ).sorted { ($0.magnitudeV ?? 99, $0.orbit) < ($1.magnitudeV ?? 99, $1.orbit) }
      .prefix(Self.mostVoters)
    let side = Int(2 * Self.widestOffset / Self.bin) + 2
    var votes = [UInt16](repeating: 0, count: side * side)
    var pairs = 0
    let shifts = Shifts(visit, inCoordinates: inCoordinates)
    func forEachPair(_ body: (Double, Double) -> Void) {
      for voter in voters {
        visit.forEach(near: voter.place.direction, within: 1.45 * Self.widestOffset) { index, _ in
          let (x, y) = shifts.between(voter.place, visit.directions[index], index)
          if abs(x) < Self.widestOffset, abs(y) < Self.widestOffset { body(x, y) }
        }
      }
    }
    func cell(_ value: Double) -> Int { Int((value + Self.widestOffset) / Self.bin) }
    forEachPair { x, y in
      pairs += 1
      votes[cell(y) * side + cell(x)] &+= 1
    }
    var peak = (cell: 0, votes: 0)
    for row in 0..<side - 1 {
      for column in 0..<side - 1 {
        let at = row * side + column
        let sum =
          Int(votes[at]) + Int(votes[at + 1]) + Int(votes[at + side]) + Int(votes[at + side + 1])
        if sum > peak.votes { peak = (at, sum) }
      }
    }
    // Chance alone: votes spread evenly. The largest of a million cells stays well below this.
    let chance = 4 * Double(pairs) / Double(side * side)
    guard Double(peak.votes) >= chance + 8 * chance.squareRoot() + Double(Self.leastFound) else {
      return nil
    }
    let centre = (
      (Double(peak.cell % side) + 1) * Self.bin - Self.widestOffset,
      (Double(peak.cell / side) + 1) * Self.bin - Self.widestOffset
    )
    var near: [(Double, Double)] = []
    forEachPair { x, y in
      if abs(x - centre.0) < Self.bin, abs(y - centre.1) < Self.bin { near.append((x, y)) }
    }
    return shift(near, voters.count { shifts.holds($0.place, centre) })
  }

  private func shift(_ near: [(Double, Double)], _ expected: Int) -> Shift? {
    let (x, y) = (VisitBias.median(near.map(\.0)), VisitBias.median(near.map(\.1)))
    let found = near.count { hypot($0.0 - x, $0.1 - y) < VisitMatch.radius }
    guard Self.isBelieved(found, expected) else { return nil }
    var bias = VisitBias([])
    bias.count = found
    bias.cause = .offset
    bias.offsetRa = x / Angle.arcsecond
    bias.offsetDec = y / Angle.arcsecond
    bias.offsetSigma = VisitMatch.radius / Angle.arcsecond / Double(found).squareRoot()
    return Shift(bias: bias, found: found, expected: expected)
  }

  /// Differences of places in one of two ways.
  private struct Shifts {
    let visit: VisitSky
    let inCoordinates: Bool
    private let cosDec: Double
    private let coordinates: [(lon: Double, lat: Double)]

    init(_ visit: VisitSky, inCoordinates: Bool) {
      self.visit = visit
      self.inCoordinates = inCoordinates
      cosDec = cos(visit.field.centre.longitudeLatitude.lat)
      coordinates = inCoordinates ? visit.directions.map { $0.longitudeLatitude } : []
    }

    /// Seen minus predicted, right ascensions times the cosine of one declination [rad].
    func between(_ place: PredictedPlace, _ seen: Vector3, _ index: Int) -> (Double, Double) {
      if inCoordinates {
        let (ra, dec) = place.raDec
        let (lon, lat) = coordinates[index]
        return (Angle.wrapSigned(lon - ra) * cosDec, lat - dec)
      }
      let (east, north) = place.tangents
      let scale = 1 / seen.dot(place.direction)
      return (seen.dot(east) * scale, seen.dot(north) * scale)
    }

    /// Whether a place that is shifted lies in the field.
    func holds(_ place: PredictedPlace, _ shift: (Double, Double)) -> Bool {
      let (ra, dec) = place.raDec
      let moved = Vector3(raRad: ra + shift.0 / max(0.01, cosDec), decRad: dec + shift.1)
      return visit.field.centre.angle(to: moved) <= visit.field.radiusRad
    }
  }
}
