import Exchange

/// Where an export's bytes go: the output, compressed on the way when that is wanted.
struct ExportOutput: ~Copyable {
  private var compressor: GzipCompressor?

  init(isCompressed: Bool) throws {
    compressor = isCompressed ? try GzipCompressor() : nil
  }

  mutating func write(_ bytes: [UInt8], to file: inout OutputFile) throws {
    guard let compressor else {
      try file.write(bytes: bytes)
      return
    }
    var compressed: [UInt8] = []
    compressor.add(bytes, to: &compressed)
    try file.write(bytes: compressed)
  }

  mutating func end(_ file: inout OutputFile) throws {
    guard let compressor else { return }
    var compressed: [UInt8] = []
    compressor.end(into: &compressed)
    try file.write(bytes: compressed)
  }
}
