/// A kernel in JPL's SPK format: a Double precision Array File whose arrays are the motions of bodies
/// (NAIF, "SPK Required Reading" and "DAF Required Reading").
///
/// Read are little-endian files with segments of type 2 (Chebyshev positions) and 3 (Chebyshev
/// positions and velocities) in the J2000 frame, which is how JPL gives planets and asteroids.
struct SPKFile {
  let file: MappedFile
  /// Segments of bodies that are known here, in the order of the file.
  private(set) var segments: [ChebyshevSegment] = []

  private static let recordBytes = 1024
  /// Two times and six integers: 5 words.
  private static let summaryWords = 5

  /// - Throws: ``DynamicsError/invalidKernel(file:reason:)`` when the file is truncated, corrupt,
  ///   or of a kind that is not read; nothing outside the file is ever touched.
  init(path: String) throws(DynamicsError) {
    file = try MappedFile(path: path)
    try checkFileRecord()
    var record = Int(file.load(Int32.self, at: 76))
    var visited = 0
    while record > 0 {
      visited += 1
      let start = (record - 1) * SPKFile.recordBytes
      guard start + SPKFile.recordBytes <= file.count, visited <= file.count / 1024 else {
        throw invalid("the file is truncated: summary record \(record) is beyond its end")
      }
      let next = file.load(Double.self, at: start)
      let count = file.load(Double.self, at: start + 16)
      guard (0...25).contains(count), count == count.rounded(), (0..<1e8).contains(next) else {
        throw invalid("summary record \(record) is corrupt")
      }
      for index in 0..<Int(count) {
        try readSummary(at: start + 24 + index * SPKFile.summaryWords * 8)
      }
      record = Int(next)
    }
  }

  private func invalid(_ reason: String) -> DynamicsError {
    .invalidKernel(file: file.path, reason: reason)
  }

  private func checkFileRecord() throws(DynamicsError) {
    guard file.count >= SPKFile.recordBytes else {
      throw invalid("\(file.count) bytes are too few for an SPK kernel")
    }
    guard file.text(at: 0, count: 7) == "DAF/SPK" else {
      throw invalid("not an SPK kernel: it does not begin with DAF/SPK")
    }
    guard file.text(at: 88, count: 8) == "LTL-IEEE" else {
      throw invalid("only little-endian kernels are read (LTL-IEEE); convert it with NAIF's bingo")
    }
    guard file.load(Int32.self, at: 8) == 2, file.load(Int32.self, at: 12) == 6 else {
      throw invalid("the file record is corrupt: ND and NI are not 2 and 6")
    }
  }

  private mutating func readSummary(at offset: Int) throws(DynamicsError) {
    let integers = (0..<6).map { Int(file.load(Int32.self, at: offset + 16 + 4 * $0)) }
    guard let target = Body(naifId: integers[0]), target != .solarSystemBarycenter else { return }
    guard let center = Body(naifId: integers[1]) else { return }
    guard integers[2] == 1 else {
      throw invalid("\(target.name) is in frame \(integers[2]), only J2000 (1) is read")
    }
    let first = file.load(Double.self, at: offset)
    let last = file.load(Double.self, at: offset + 8)
    guard first <= last else {
      throw invalid("a segment of \(target.name) ends (\(last)) before it begins (\(first))")
    }
    segments.append(
      try ChebyshevSegment(
        file: file, target: target, center: center, type: integers[3], span: first...last,
        firstWord: integers[4], lastWord: integers[5]))
  }
}
