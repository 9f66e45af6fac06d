import Astro
import Dynamics
import Foundation

/// Makes densities from counts.
struct PopulationBuilder {
  var rowOf: [Int32]
  var isDivided: [Bool]
  var rowCount = 0
  var densities: [Float]
  var scoreValues: [Float]

  /// Bodies of a magnitude in a cell of which nothing is known: nothing is impossible.
  private static let floorCount = 0.01
  /// Beyond the faintest counts numbers grow by this in a magnitude (dex): small impactors
  /// (Harris & Chodas 2021, Icarus 365, 114452) for those that come near the Earth.
  private static let faintSlope = 0.45
  /// How well H is known from one night's magnitude: rotation, slope and colour together.
  private static let hSpread = 0.35
  /// The model's synthetic bodies end at H = 25, whatever its last edge.
  private static let faintest = 25.0

  init(_ source: PopulationTable) {
    let cellCount = source.edges[0].count * source.edges[1].count * source.edges[2].count
    let regions = PopulationModel.regionCount
    rowOf = Array(repeating: -1, count: cellCount * regions)
    isDivided = Array(repeating: false, count: cellCount)
    scoreValues = Array(repeating: 0, count: cellCount * source.edges[3].count)
    let steps = PopulationModel.hCount
    var profiles: [[Float]] = []
    for row in source.rows {
      rowOf[row.cell * regions + row.region] = Int32(profiles.count)
      if row.region > 0 { isDivided[row.cell] = true }
      profiles.append(Self.profile(row.counts, edges: source.edges[3], volume: row.volume))
      let size = Self.scoreSize(row.cell, source.edges)
      for k in row.counts.indices {
        let width = source.edges[3][k] - (k > 0 ? source.edges[3][k - 1] : 0)
        scoreValues[row.cell * row.counts.count + k] += Float(
          row.counts[k] / (size * width).squareRoot())
      }
    }
    let nothing = Array(repeating: 0.0, count: source.edges[3].count)
    for cell in 0..<cellCount where rowOf[cell * regions] < 0 {
      rowOf[cell * regions] = Int32(profiles.count)
      profiles.append(
        Self.profile(
          nothing, edges: source.edges[3], volume: Self.volume(cell, source.edges)))
    }
    for cell in 0..<cellCount {
      for region in 1..<regions where rowOf[cell * regions + region] < 0 {
        rowOf[cell * regions + region] = rowOf[cell * regions]
      }
    }
    rowCount = profiles.count
    densities = Array(repeating: 0, count: rowCount * steps)
    for (row, profile) in profiles.enumerated() {
      for h in 0..<steps { densities[h * rowCount + row] = profile[h] }
    }
  }

  private static func bounds(_ cell: Int, _ edges: [[Double]]) -> [(Double, Double)] {
    let (ne, ni) = (edges[1].count, edges[2].count)
    let index = [cell / (ne * ni), cell / ni % ne, cell % ni]
    return (0..<3).map { k in (index[k] > 0 ? edges[k][index[k] - 1] : 0, edges[k][index[k]]) }
  }

  /// ∫ √q (1−e)^−1.5 e sin i dq de di.
  private static func volume(_ cell: Int, _ edges: [[Double]]) -> Double {
    let b = bounds(cell, edges)
    func q(_ x: Double) -> Double { 2.0 / 3 * x * x.squareRoot() }
    func e(_ x: Double) -> Double {
      let s = (1 - min(x, 0.999)).squareRoot()
      return 2 / s + 2 * s
    }
    return (q(b[0].1) - q(b[0].0)) * (e(b[1].1) - e(b[1].0))
      * (cos(b[2].0 * Angle.degree) - cos(b[2].1 * Angle.degree))
  }

  /// A cell's size in (a, e, i) as digest2 has it (Keys et al. 2019, PASP 131, 064501).
  private static func scoreSize(_ cell: Int, _ edges: [[Double]]) -> Double {
    let b = bounds(cell, edges)
    return (b[0].1 - b[0].0) * (b[1].1 - b[1].0) * (b[2].1 - b[2].0)
      / ((1 - b[1].0) + max(0, 1 - b[1].1))
  }

  /// Bodies per magnitude and volume of phase space at the steps of H.
  private static func profile(_ counts: [Double], edges: [Double], volume: Double) -> [Float] {
    let gm = GravitationalParameter.sun
    let space = volume * pow(2 * .pi, 3) * 0.5 * gm * gm.squareRoot()
    var centres: [Double] = []
    var logs: [Double] = []
    for k in counts.indices {
      let low = k > 0 ? edges[k - 1] : 4
      let high = k == counts.count - 1 ? faintest : edges[k]
      centres.append(0.5 * (low + high))
      logs.append(log10(counts[k] / (high - low) + floorCount))
    }
    func value(_ h: Double) -> Double {
      let last = centres.count - 1
      if h >= centres[last] { return pow(10, logs[last] + faintSlope * (h - centres[last])) }
      if h <= centres[0] { return pow(10, logs[0] + 0.5 * (h - centres[0])) }
      let k = (centres.firstIndex { $0 > h } ?? last) - 1
      let part = (h - centres[k]) / (centres[k + 1] - centres[k])
      return pow(10, logs[k] + part * (logs[k + 1] - logs[k]))
    }
    let step = PopulationModel.hStep
    let kernel = (-5...5).map { exp(-0.5 * pow(Double($0) * step / hSpread, 2)) }
    let total = kernel.reduce(0, +)
    let raw = (-5..<PopulationModel.hCount + 5).map { value(Double($0) * step) }
    return (0..<PopulationModel.hCount).map { h in
      var sum = 0.0
      for k in kernel.indices { sum += kernel[k] * raw[h + k] }
      return Float(sum / total / space)
    }
  }
}
