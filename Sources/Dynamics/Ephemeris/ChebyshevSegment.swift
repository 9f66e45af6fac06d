import Foundation

/// One body's motion about a centre as Chebyshev polynomials over equal intervals (SPK types 2 and 3).
///
/// A record is MID, RADIUS [s past J2000 TDB], then the coefficients of x, y, z [km], and for type 3
/// those of vx, vy, vz [km/s]. Which record covers a time is index arithmetic: no state, no search.
/// The pointer lives as long as the kernel's ``MappedFile``.
@safe struct ChebyshevSegment {
  let target: Body
  let center: Body
  /// What the segment claims to cover [s past J2000 TDB].
  let start: Double
  let end: Double
  /// Coefficients of one coordinate.
  let termCount: Int
  let hasVelocity: Bool
  let recordCount: Int
  let recordSize: Int
  /// Start of the first record [s past J2000 TDB], and length of the interval [s].
  let firstStart: Double
  let intervalLength: Double
  let inverseLength: Double
  let records: UnsafePointer<Double>

  /// The most coefficients that are read; JPL's planets have at most 14.
  static let maximumTerms = 32

  /// - Throws: ``DynamicsError/invalidKernel(file:reason:)`` unless every record that index arithmetic
  ///   can reach lies within the file.
  init(
    file: MappedFile, target: Body, center: Body, type: Int, span: ClosedRange<Double>,
    firstWord: Int, lastWord: Int
  ) throws(DynamicsError) {
    func invalid(_ reason: String) -> DynamicsError {
      .invalidKernel(file: file.path, reason: "\(target.name): \(reason)")
    }
    guard type == 2 || type == 3 else {
      throw invalid("segment type \(type) is not read, only 2 and 3 (Chebyshev)")
    }
    guard firstWord >= 1, lastWord >= firstWord + 4, lastWord <= file.count / 8 else {
      throw invalid(
        "the file is truncated: the segment ends at byte \(lastWord * 8), the file at \(file.count)"
      )
    }
    let trailer = (0..<4).map { file.load(Double.self, at: (lastWord - 4 + $0) * 8) }
    let series = type == 2 ? 3 : 6
    let words = Double(lastWord - firstWord + 1)
    guard trailer.allSatisfy(\.isFinite), trailer[1] > 0, trailer[2] >= Double(2 + series),
      trailer[2] == trailer[2].rounded(), trailer[3] >= 1, trailer[3] == trailer[3].rounded(),
      trailer[2] * trailer[3] + 4 <= words, trailer[2].truncatingRemainder(dividingBy: 1) == 0,
      (Int(trailer[2]) - 2) % series == 0
    else { throw invalid("the segment's directory is corrupt (\(trailer))") }
    let terms = (Int(trailer[2]) - 2) / series
    guard terms <= ChebyshevSegment.maximumTerms else {
      throw invalid("\(terms) coefficients, at most \(ChebyshevSegment.maximumTerms) are read")
    }
    self.target = target
    self.center = center
    firstStart = trailer[0]
    intervalLength = trailer[1]
    inverseLength = 1 / trailer[1]
    recordSize = Int(trailer[2])
    recordCount = Int(trailer[3])
    termCount = terms
    hasVelocity = type == 3
    let recordsEnd = trailer[0] + trailer[1] * trailer[3]
    start = max(span.lowerBound, trailer[0])
    end = min(span.upperBound, recordsEnd)
    guard start < end else { throw invalid("the segment covers no time") }
    unsafe records = (file.bytes + (firstWord - 1) * 8).assumingMemoryBound(to: Double.self)
    for record in [0, recordCount - 1] {
      let middle = unsafe records[record * recordSize]
      let radius = unsafe records[record * recordSize + 1]
      guard middle == firstStart + (Double(record) + 0.5) * intervalLength,
        radius == intervalLength / 2
      else { throw invalid("record \(record + 1) is corrupt: it does not cover its interval") }
    }
  }

  /// The record of a time, clamped to those that exist. [s past J2000 TDB]
  @inline(__always)
  func record(at seconds: Double) -> UnsafePointer<Double> {
    let index = Int((seconds - firstStart) * inverseLength)
    return unsafe records + min(max(index, 0), recordCount - 1) &* recordSize
  }

  @inline(__always)
  func covers(_ seconds: Double) -> Bool { seconds >= start && seconds <= end }
}
