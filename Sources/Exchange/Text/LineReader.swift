import Foundation

/// Bytes of a file or a part of it, valid until the reader that gave them moves on.
typealias Bytes = UnsafeBufferPointer<UInt8>

/// Reads a file, or standard input for `-`, line by line through one buffer. What is compressed
/// with gzip is uncompressed on the way.
///
/// Ends of line are LF or CR LF and are not part of the line; a byte order mark at the start is
/// skipped. The memory used is that of the longest line.
final class LineReader {
  /// A text file has no line longer than this [bytes]; a binary one easily has.
  static let longestLine = 1 << 24
  /// Of what ``nextBlock()`` gives [bytes]: some milliseconds of work.
  static let blockSize = 1 << 20

  let file: String
  /// Of the line that ``next()`` gave last, from 1.
  private(set) var lineNumber = 0

  private let descriptor: Int32
  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity = 1 << 20
  private var start = 0
  private var end = 0
  private var atEnd = false
  private var gzip: GzipStream?

  init(path: String) throws(ExchangeError) {
    file = path
    if path == "-" {
      descriptor = STDIN_FILENO
    } else {
      descriptor = open(path, O_RDONLY | O_CLOEXEC)
      if descriptor < 0 {
        throw .cannotRead(file: path, reason: String(cString: strerror(errno)))
      }
    }
    buffer = .allocate(capacity: capacity)
    while end < 2 && !atEnd { try fill() }
    if GzipStream.isGzip(head) {
      guard let stream = GzipStream(first: head) else {
        throw .cannotRead(file: path, reason: "no memory to uncompress it")
      }
      gzip = stream
      end = 0
    }
    while end < 1 << 16 && !atEnd { try fill() }
    if end == 0 { throw .empty(file: path) }
    if end >= 3 && buffer[0] == 0xEF && buffer[1] == 0xBB && buffer[2] == 0xBF { start = 3 }
    try refuseBinary()
  }

  deinit {
    buffer.deallocate()
    if descriptor != STDIN_FILENO { close(descriptor) }
  }

  /// The first bytes of the file that have not been read yet: for recognising its format.
  var head: Bytes { Bytes(start: buffer + start, count: end - start) }

  /// The next line; its bytes are valid until the next call. Nil at the end.
  func next() throws(ExchangeError) -> Bytes? {
    while true {
      if start < end, let found = memchr(buffer + start, 0x0A, end - start) {
        let stop = UnsafeRawPointer(found) - UnsafeRawPointer(buffer)
        return line(upTo: stop, after: stop + 1)
      }
      if atEnd { return start < end ? line(upTo: end, after: end) : nil }
      try fill()
    }
  }

  /// Reads up to and with the header line of a CSV: the first that is neither blank nor a comment
  /// (`#`, unless the comment is the header itself).
  /// - Returns: the columns' names and the number of lines read.
  func header(
    _ isHeader: ([String]) -> Bool
  ) throws(ExchangeError) -> (names: [String], lines: Int) {
    while let line = try next() {
      let names = DetectionFormat.columnNames(line, delimiter: 0x2C)
      let isComment = line.first == 0x23 && !isHeader(names)
      if !isComment && names != [""] { return (names, lineNumber) }
    }
    throw .empty(file: file)
  }

  /// The next whole lines, about ``blockSize`` bytes of them; nil at the end.
  func nextBlock() throws(ExchangeError) -> LineBlock? {
    while end - start < Self.blockSize && !atEnd { try fill() }
    var length = end - start
    while !atEnd {
      if let last = head.lastIndex(of: 0x0A) {
        length = last + 1
        break
      }
      try fill()
      length = end - start
    }
    guard length > 0 else { return nil }
    let bytes = Bytes(start: buffer + start, count: length)
    let block = LineBlock(bytes: Array(bytes), firstLine: lineNumber + 1)
    var ends = 0
    for byte in bytes where byte == 0x0A { ends += 1 }
    lineNumber += bytes[length - 1] == 0x0A ? ends : ends + 1
    start += length
    return block
  }

  /// Goes on in ``head``, for formats that are not lines.
  func skip(_ count: Int) { start += count }

  /// Reads on, so that ``head`` has more bytes than so many.
  /// - Returns: false at the end of the file.
  func readMore(keeping count: Int) throws(ExchangeError) -> Bool {
    while end - start <= count && !atEnd { try fill() }
    return end - start > count
  }

  /// Everything that is left, for formats that need it whole.
  func rest() throws(ExchangeError) -> Data {
    var data = Data(head)
    start = end
    while !atEnd {
      try fill()
      data.append(contentsOf: head)
      start = end
    }
    return data
  }

  private func line(upTo stop: Int, after next: Int) -> Bytes {
    var last = stop
    if last > start && buffer[last - 1] == 0x0D { last -= 1 }
    let line = Bytes(start: buffer + start, count: last - start)
    start = next
    lineNumber += 1
    return line
  }

  private func fill() throws(ExchangeError) {
    if start > 0 {
      memmove(buffer, buffer + start, end - start)
      end -= start
      start = 0
    }
    if end == capacity {
      if capacity >= Self.longestLine {
        throw .malformed(
          file: file, line: lineNumber + 1,
          reason: "a line of more than \(Self.longestLine) bytes: this is not a text table")
      }
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2)
      memcpy(larger, buffer, end)
      buffer.deallocate()
      buffer = larger
      capacity *= 2
    }
    let count: Int
    if let gzip {
      count = try gzip.read(into: buffer + end, count: capacity - end, file: file, more: readFile)
    } else {
      count = try readFile(into: buffer + end, count: min(capacity - end, 1 << 18))
    }
    end += count
    if count == 0 { atEnd = true }
  }

  private func readFile(
    into target: UnsafeMutablePointer<UInt8>, count: Int
  ) throws(ExchangeError) -> Int {
    while true {
      let found = read(descriptor, target, count)
      if found >= 0 { return found }
      if errno != EINTR {
        throw .cannotRead(file: file, reason: String(cString: strerror(errno)))
      }
    }
  }

  private func refuseBinary() throws(ExchangeError) {
    if memchr(buffer, 0, min(end, 4096)) != nil {
      throw .unknownFormat(
        file: file, found: "the file is binary (it has zero bytes)",
        remedy: "give a text file (UTF-8)")
    }
  }
}
