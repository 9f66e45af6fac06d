import Dynamics
import OrbitFit

/// What the final fits of linkages say; they have neither forces of their own nor radar nor the
/// ranging of a single night.
extension Linkage: PieceRecord {
  private struct Numbers: BitwiseCopyable {
    let score: Double
    let orbit: Orbit?
    let chiSquare: Double
    let degreesOfFreedom: Int
    let rmsArcsec: Double
    let iterations: Int
    let converged: Bool
    let determined: Bool
    let condition: Double
    let errorFreedom: Double?
    let linearity: Double?
    let priorUsed: Bool
    let ambiguous: Bool
  }

  package func write(to writer: inout PieceWriter) {
    writer.put(
      Numbers(
        score: score, orbit: fit.orbit, chiSquare: fit.chiSquare,
        degreesOfFreedom: fit.degreesOfFreedom, rmsArcsec: fit.rmsArcsec,
        iterations: fit.iterations, converged: fit.converged, determined: fit.determined,
        condition: fit.condition, errorFreedom: fit.errorFreedom, linearity: fit.linearity,
        priorUsed: fit.priorUsed, ambiguous: fit.ambiguous))
    writer.put(all: members)
    writer.put(all: fit.covariance?.squareRootInformation ?? [])
    for column in [
      fit.residualsRaArcsec, fit.residualsDecArcsec, fit.sigmasRaArcsec, fit.sigmasDecArcsec,
      fit.chiSquares,
    ] { writer.put(all: column) }
    writer.put(all: fit.used)
    writer.put(fit.remark != nil)
    writer.put(fit.remark ?? "")
  }

  package init(from reader: inout PieceReader) throws(PieceError) {
    let numbers = try reader.get(Numbers.self)
    let members = try reader.getAll(Int.self)
    let root = try reader.getAll(Double.self)
    guard root.isEmpty || root.count == 36 else { throw .truncated }
    var columns: [[Double]] = []
    for _ in 0..<5 { columns.append(try reader.getAll()) }
    let used = try reader.getAll(Bool.self)
    let hasRemark = try reader.get(Bool.self)
    let remark = try reader.getText()
    var fit = FitResult(
      orbit: numbers.orbit,
      covariance: root.isEmpty ? nil : OrbitCovariance(squareRootInformation: root),
      chiSquare: numbers.chiSquare, degreesOfFreedom: numbers.degreesOfFreedom,
      rmsArcsec: numbers.rmsArcsec, residualsRaArcsec: columns[0],
      residualsDecArcsec: columns[1], used: used, iterations: numbers.iterations,
      converged: numbers.converged, determined: numbers.determined,
      remark: hasRemark ? remark : nil)
    fit.sigmasRaArcsec = columns[2]
    fit.sigmasDecArcsec = columns[3]
    fit.chiSquares = columns[4]
    fit.condition = numbers.condition
    fit.errorFreedom = numbers.errorFreedom
    fit.linearity = numbers.linearity
    fit.priorUsed = numbers.priorUsed
    fit.ambiguous = numbers.ambiguous
    self.init(members: members, fit: fit, score: numbers.score)
  }
}
