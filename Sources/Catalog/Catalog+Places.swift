import Astrometry
public import Dynamics
import GRDB

/// The places of a night's detections, in the order of exposures.
public struct NightPlaces: Sendable {
  /// Parallel arrays; [deg].
  public private(set) var ids: [Int64] = []
  public private(set) var ras: [Double] = []
  public private(set) var decs: [Double] = []
  /// Of the arrays, by moment and observatory; within one by ascending declination.
  public private(set) var exposures: [Exposure: Range<Int>] = [:]

  /// What was seen at one moment from one place.
  public struct Exposure: Hashable, Sendable {
    public var midpointMjdTai: Double
    public var observatory: ObservatoryCode

    public init(midpointMjdTai: Double, observatory: ObservatoryCode) {
      self.midpointMjdTai = midpointMjdTai
      self.observatory = observatory
    }
  }

  fileprivate mutating func append(_ exposure: Exposure, id: Int64, ra: Double, dec: Double) {
    let start = exposures[exposure]?.lowerBound ?? ids.count
    ids.append(id)
    ras.append(ra)
    decs.append(dec)
    exposures[exposure] = start..<ids.count
  }
}

extension Catalog {
  /// The places of all detections of a night.
  public func places(night: Int) throws(CatalogError) -> NightPlaces {
    try read("reading places") { database in
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT midpointMjdTai, observatory, diaSourceId, ra, dec FROM DiaSource WHERE night = ?
          ORDER BY midpointMjdTai, observatory, dec, diaSourceId
          """, arguments: [night])
      var places = NightPlaces()
      while let row = try rows.next() {
        guard let observatory = ObservatoryCode(row[1] as String) else { continue }
        places.append(
          .init(midpointMjdTai: row[0], observatory: observatory), id: row[2], ra: row[3],
          dec: row[4])
      }
      return places
    }
  }
}
