import CRDKafka

/// How far the tagger came, read from the end of a topic that it writes to.
struct TopicTail {
  let reader: KafkaConsumer
  let topic: String
  let partitionCount: Int32

  /// First look back this far; then eight times further, until a mark or the beginning is found.
  private static let firstReach: Int64 = 16

  /// The last mark that a stream left for each of its partitions, since it was last rewound.
  ///
  /// - Parameter rewound: of each source partition wanted.
  func lastOffsets(
    stream: String, rewound: [Int32: Int64]
  ) throws(KafkaFailure) -> [Int32: Int64] {
    var found: [Int32: Int64] = [:]
    let byTarget = Dictionary(grouping: rewound.keys) { $0 % partitionCount }
    for (target, sources) in byTarget {
      let (begin, end) = try reader.bounds(topic, target)
      var wanted = Set(sources)
      var upper = end
      var reach = Self.firstReach
      while upper > begin, !wanted.isEmpty {
        let lower = max(begin, upper - reach)
        var newest: [Int32: Int64] = [:]
        for mark in try marks(target, from: lower, to: upper)
        where mark.stream == stream && rewound[mark.partition] == mark.rewound {
          newest[mark.partition] = mark.offset
        }
        for (source, offset) in newest where wanted.remove(source) != nil {
          found[source] = offset
        }
        upper = lower
        reach *= 8
      }
    }
    return found
  }

  /// Marks of a range of offsets, in order.
  private func marks(
    _ partition: Int32, from lower: Int64, to upper: Int64
  ) throws(KafkaFailure) -> [SourceMark] {
    try reader.assign(topic, [partition: lower])
    var marks: [SourceMark] = []
    var idle = 0
    while true {
      switch try reader.poll(milliseconds: 1_000) {
      case .message(let message):
        guard message.offset < upper else { return marks }
        if let mark = message.header(SourceMark.header).flatMap({ SourceMark($0) }) {
          marks.append(mark)
        }
        if message.offset == upper - 1 { return marks }
        idle = 0
      case .endOfPartition: return marks
      case .nothing:
        idle += 1
        guard idle < 60 else {
          throw KafkaFailure(
            "reading the end of \(topic) [\(partition)]", code: RD_KAFKA_RESP_ERR__TIMED_OUT)
        }
      }
    }
  }
}
