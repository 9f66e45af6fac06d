public import Dynamics
public import Foundation

import Astro

/// How many bodies there are: their density in phase space by orbit and H.
///
/// Angles other than the inclination are taken to be uniform, so that the density of bodies in
/// position and velocity is their number in a cell of (q, e, i) over the cell's volume in Delaunay's
/// actions, (2π)³ ∫ dL dG dH. What surveys see plays no part in it: whether a tracklet was detected
/// depends on its place, motion and brightness, which are the same for all orbits that it may have.
///
/// - Source: `population.txt`, made by Tools/make-population, which says what the counts are.
public struct PopulationModel: Sendable {
  /// Which bodies are counted.
  public enum Kind: String, Sendable, CaseIterable {
    case all
    /// Those that no catalog has: for tracklets that were compared with catalogs before.
    case unknown
  }

  /// Step and number of the H values at which densities are kept, the first at H = 0.
  static let hStep = 0.2
  static let hCount = 180

  let perihelionEdges: [Double]
  let eccentricityEdges: [Double]
  /// Cosines of the edges of inclination, falling.
  let inclinationCosines: [Double]
  let hEdges: [Double]
  /// By cell and region: the row of densities, or that of the cell's rest.
  let rowOf: [Int32]
  /// Whether a cell is divided into regions.
  let isDivided: [Bool]
  let rowCount: Int
  /// Bodies per au³ (au/d)³ and magnitude, by H step, then by row.
  let densities: [Float]
  /// For the score: bodies over the square root of the cell's size, as digest2 counts, by cell and
  /// its own bin of H.
  let scoreValues: [Float]
  /// Fast ways to cells: perihelion in 0.01 au up to 6 au, eccentricity in 0.01.
  let perihelionTable: [UInt8]
  let eccentricityTable: [UInt8]
  /// Inclination [deg] by (1 − cos i)/2 in 1/1024.
  let inclinationTable: [Float]

  static let regionCount = 10

  /// The model that comes with the program, or that of the folder of ephemerides.
  public static func load(_ kind: Kind, folder: URL? = nil) throws(DynamicsError)
    -> PopulationModel
  {
    let table = try SolarSystem.table(named: "population.txt", folder: folder)
    return try PopulationModel(parsing: table.text, file: table.path, kind: kind)
  }

  /// - Throws: ``DynamicsError/invalidTable(file:line:reason:)``.
  public init(parsing text: String, file: String, kind: Kind) throws(DynamicsError) {
    let source = try PopulationTable(parsing: text, file: file, kind: kind)
    let builder = PopulationBuilder(source)
    perihelionEdges = source.edges[0]
    eccentricityEdges = source.edges[1]
    inclinationCosines = source.edges[2].map { cos($0 * Angle.degree) }
    hEdges = source.edges[3]
    rowOf = builder.rowOf
    isDivided = builder.isDivided
    rowCount = builder.rowCount
    densities = builder.densities
    scoreValues = builder.scoreValues
    let (q, e) = (source.edges[0], source.edges[1])
    perihelionTable = (0..<600).map { k in
      UInt8(q.firstIndex { (Double(k) + 0.5) * 0.01 < $0 } ?? q.count)
    }
    eccentricityTable = (0..<100).map { k in
      UInt8(e.firstIndex { (Double(k) + 0.5) * 0.01 < $0 } ?? e.count)
    }
    inclinationTable = (0...1024).map { k in
      Float(acos(max(-1, 1 - 2 * (Double(k) + 0.5) / 1024)) / Angle.degree)
    }
  }

  /// The index of the nearest step of H.
  func hIndex(_ h: Double) -> Int {
    max(0, min(PopulationModel.hCount - 1, Int((h / PopulationModel.hStep).rounded())))
  }

  /// Bodies per au³ (au/d)³ and magnitude; the mean of five values of H over a reach to either side.
  @inline(__always)
  func density(row: Int, hIndex: Int, reach: Int) -> Double {
    if reach == 0 { return Double(densities[hIndex &* rowCount &+ row]) }
    var sum = 0.0
    for k in -2...2 {
      let h = max(0, min(PopulationModel.hCount - 1, hIndex + k * reach / 2))
      sum += Double(densities[h * rowCount + row])
    }
    return sum * 0.2
  }

  /// The bin of H that the score counts by.
  func scoreBin(_ h: Double) -> Int {
    hEdges.firstIndex { h < $0 } ?? hEdges.count - 1
  }

  /// The cell of an orbit, or -1 outside the model.
  @inline(__always)
  func cell(perihelionAU q: Double, eccentricity e: Double, cosInclination c: Double) -> Int {
    var iq: Int
    if q < 6 {
      iq = Int(perihelionTable[Int(max(q, 0) * 100)])
    } else {
      iq = perihelionEdges.count - 5
      while iq < perihelionEdges.count, q >= perihelionEdges[iq] { iq &+= 1 }
    }
    guard iq < perihelionEdges.count, e < 1 else { return -1 }
    let ie = Int(eccentricityTable[Int(e * 100)])
    var ii = 0
    while ii < inclinationCosines.count &- 1, c <= inclinationCosines[ii] { ii &+= 1 }
    return (iq &* eccentricityEdges.count &+ ie) &* inclinationCosines.count &+ ii
  }

  /// The row of densities of an orbit within a cell.
  @inline(__always)
  func row(cell: Int, axisAU a: Double, eccentricity e: Double, cosInclination c: Double) -> Int {
    guard isDivided[cell] else { return Int(rowOf[cell &* PopulationModel.regionCount]) }
    let i = Double(inclinationTable[Int((1 - c) * 512)])
    let region = PopulationModel.region(axisAU: a, eccentricity: e, inclinationDeg: i)
    return Int(rowOf[cell &* PopulationModel.regionCount &+ region])
  }

  /// The families that Tools/make-population counts apart, by its numbers (digest2's definitions).
  @inline(__always)
  static func region(axisAU a: Double, eccentricity e: Double, inclinationDeg i: Double) -> Int {
    if a < 2.1 { return e <= 0.18 && i >= 16 && i <= 34 && a > 1.78 && a < 2 ? 1 : 0 }
    if a < 2.5 {
      if i >= 20 { return a * (1 - e) >= 1.5 && i <= 27 && a > 2.2 && a < 2.45 ? 2 : 0 }
      return a * (1 - e) >= 1.67 && i < (a - 2.1) / 0.4 * 10 + 7 ? 3 : 0
    }
    if a < 2.8 {
      if e <= 0.45, i <= 20 { return 6 }
      if e <= 0.25, i <= 23.5, a > 2.55, a < 2.72 { return 5 }
      return e <= 0.35 && i >= 24 && i <= 37 ? 4 : 0
    }
    if a < 3.25 { return e <= 0.4 && i < (a - 2.8) / 0.45 * 16 + 20 ? 7 : 0 }
    if a < 4.02 { return a > 3.9 && e <= 0.4 && i <= 18 ? 8 : 0 }
    return a > 5.05 && a < 5.35 && e <= 0.22 && i <= 38 ? 9 : 0
  }
}
