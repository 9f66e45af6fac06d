/// Which input message an output message was made from: the header ``header`` of every message
/// that the tagger writes.
///
/// Messages of an input partition are written in its order, so the last mark of an output
/// partition says how far the tagger came, whatever was committed: after a crash the messages up
/// to it are matched again, but not written again.
package struct SourceMark: Hashable, CustomStringConvertible {
  package static let header = "ecliptic-source"

  package var partition: Int32
  package var offset: Int64
  /// The time that the group was rewound to, milliseconds since 1970; 0: never. Marks from before
  /// a rewind say nothing about what was written since.
  package var rewound: Int64
  /// Consumer group and input topic.
  package var stream: String

  package init(partition: Int32, offset: Int64, rewound: Int64, stream: String) {
    self.partition = partition
    self.offset = offset
    self.rewound = rewound
    self.stream = stream
  }

  package var description: String { "\(partition):\(offset):\(rewound):\(stream)" }

  /// Nil for text that is none.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, let partition = Int32(parts[0]), let offset = Int64(parts[1]),
      let rewound = Int64(parts[2])
    else { return nil }
    self.init(
      partition: partition, offset: offset, rewound: rewound, stream: String(parts[3]))
  }
}
