import Dynamics

/// `population.txt` as it is read.
struct PopulationTable {
  struct Row {
    var cell: Int
    var region: Int
    /// ∫ √q (1−e)^−1.5 e sin i dq de di over the region's part of the cell.
    var volume: Double
    var counts: [Double]
  }

  /// Upper edges of q [au], e, i [deg] and H.
  var edges: [[Double]] = []
  var rows: [Row] = []

  init(
    parsing text: String, file: String, kind: PopulationModel.Kind
  ) throws(DynamicsError) {
    var found: [String: [Double]] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let fields = line.split(separator: " ")
      guard let first = fields.first, !first.hasPrefix("#") else { continue }
      let numbers = fields.dropFirst().compactMap { Double($0) }
      func fault(_ reason: String) -> DynamicsError {
        .invalidTable(
          file: file, line: index + 1, reason: reason + "; make it again with Tools/make-population"
        )
      }
      guard numbers.count == fields.count - 1, numbers.allSatisfy({ $0.isFinite && $0 >= 0 })
      else { throw fault("'\(line.prefix(60))': expected numbers that are not negative") }
      if ["q", "e", "i", "H"].contains(first) {
        guard numbers == numbers.sorted(), !numbers.isEmpty else {
          throw fault("edges of \(first) must rise")
        }
        found[String(first)] = numbers
        continue
      }
      guard let q = found["q"], let e = found["e"], let i = found["i"], let h = found["H"] else {
        throw fault("counts before the edges of q, e, i and H")
      }
      guard numbers.count == 5 + h.count, Int(numbers[0]) < q.count, Int(numbers[1]) < e.count,
        Int(numbers[2]) < i.count, Int(numbers[3]) < PopulationModel.regionCount, numbers[4] > 0
      else { throw fault("expected a cell, a region, a volume and \(h.count) counts") }
      guard first == kind.rawValue else { continue }
      let cell = (Int(numbers[0]) * e.count + Int(numbers[1])) * i.count + Int(numbers[2])
      rows.append(
        Row(
          cell: cell, region: Int(numbers[3]), volume: numbers[4], counts: Array(numbers[5...])))
    }
    guard !rows.isEmpty else {
      throw .unreadableFile(
        path: file, reason: "holds no counts; make it again with Tools/make-population")
    }
    edges = ["q", "e", "i", "H"].map { found[$0] ?? [] }
  }
}
