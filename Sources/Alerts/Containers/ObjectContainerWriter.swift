/// Writes an Avro object container file, block by block.
public struct ObjectContainerWriter {
  private let output: AtomicOutput
  private let codec: AvroCodec
  private let sync: [UInt8]
  private var block: [UInt8] = []
  private var count = 0
  private static let blockSize = 1 << 16

  /// - Parameters:
  ///   - output: where to; the caller commits it after ``finish()``.
  ///   - schema: of the records; its text goes into the header as it is.
  ///   - codec: of the blocks.
  /// - Throws: ``AlertsError``.
  public init(
    output: AtomicOutput, schema: AvroSchema, codec: AvroCodec = .null
  ) throws(AlertsError) {
    self.output = output
    self.codec = codec
    // Not random, so that the same records give the same file; different for different schemas.
    sync = Self.marker(for: schema.json)
    var header = ObjectContainer.magic
    let metadata = [
      AvroEntry("avro.codec", .bytes(Array(codec.rawValue.utf8))),
      AvroEntry("avro.schema", .bytes(Array(schema.json.utf8))),
    ]
    header.appendAvro(long: Int64(metadata.count))
    for entry in metadata {
      header.appendAvro(string: entry.key)
      let octets = entry.value.octets ?? []
      header.appendAvro(long: Int64(octets.count))
      header += octets
    }
    header.append(0)
    header += sync
    try output.write(header)
  }

  /// Goes on with a container as it was opened: the same header and sync marker.
  init(output: AtomicOutput, continuing container: ObjectContainer, header: some Collection<UInt8>)
    throws(AlertsError)
  {
    self.output = output
    codec = container.codec
    sync = container.sync
    try output.write(header)
  }

  /// - Parameter record: Avro binary of one record.
  public mutating func append(_ record: some Collection<UInt8>) throws(AlertsError) {
    block.append(contentsOf: record)
    count += 1
    if block.count >= Self.blockSize { try endBlock() }
  }

  /// Ends the block that is being filled, if anything is in it.
  mutating func endBlock() throws(AlertsError) {
    guard count > 0 else { return }
    try write(block: block, count: count)
    block.removeAll(keepingCapacity: true)
    count = 0
  }

  /// Writes a block of its own.
  mutating func write(block: [UInt8], count: Int) throws(AlertsError) {
    let payload = try codec.compress(block)
    var head: [UInt8] = []
    head.appendAvro(long: Int64(count))
    head.appendAvro(long: Int64(payload.count))
    try output.write(head)
    try output.write(payload)
    try output.write(sync)
  }

  /// Writes what is left. The file gets its name by ``AtomicOutput/commit()``.
  public mutating func finish() throws(AlertsError) { try endBlock() }

  private static func marker(for text: String) -> [UInt8] {
    var low: UInt64 = 0xcbf2_9ce4_8422_2325
    var high: UInt64 = 0x6c62_272e_07bb_0142
    for byte in text.utf8 {
      low = (low ^ UInt64(byte)) &* 0x100_0000_01b3
      high = (high ^ low) &* 0x100_0000_01b3
    }
    return Swift.withUnsafeBytes(of: (low.littleEndian, high.littleEndian)) { Array($0) }
  }
}
