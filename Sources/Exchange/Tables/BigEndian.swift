/// Big-endian numbers, as FITS and VOTable have them.
enum BigEndian {
  @inline(__always)
  static func add<Number: FixedWidthInteger>(_ value: Number, to out: inout [UInt8]) {
    withUnsafeBytes(of: value.bigEndian) { out.append(contentsOf: $0) }
  }

  @inline(__always)
  static func add(_ value: Double, to out: inout [UInt8]) { add(value.bitPattern, to: &out) }
}

/// Little-endian numbers, as Parquet has them.
enum LittleEndian {
  @inline(__always)
  static func add<Number: FixedWidthInteger>(_ value: Number, to out: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { out.append(contentsOf: $0) }
  }

  @inline(__always)
  static func add(_ value: Double, to out: inout [UInt8]) { add(value.bitPattern, to: &out) }
}
