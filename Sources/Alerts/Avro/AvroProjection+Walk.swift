extension AvroProjection {
  /// Walks one record.
  ///
  /// - Parameters:
  ///   - bytes: memory that the record lies in.
  ///   - offset: where it begins.
  ///   - slots: filled, one for each of ``fields``; reuse it from record to record.
  /// - Returns: where the record ends.
  /// - Throws: ``AlertsError/malformed(offset:reason:)``.
  /// - Complexity: linear in the number of fields, not of bytes.
  public func walk(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, into slots: inout [AvroSlot]
  ) throws(AlertsError) -> Int {
    guard let cursor = AvroCursor(bytes, at: offset) else {
      throw .malformed(offset: offset, reason: "no data")
    }
    if slots.count != fields.count {
      slots = Array(repeating: AvroSlot(), count: fields.count)
    } else {
      for index in slots.indices { slots[index].state = .absent }
    }
    let result: Result<Int, AvroFault> = operations.withUnsafeBufferPointer { operations in
      elements.withUnsafeBufferPointer { elements in
        routines.withUnsafeBufferPointer { routines in
          branches.withUnsafeBufferPointer { branches in
            slots.withUnsafeMutableBufferPointer { slots in
              var walker = AvroWalker(
                operations: operations, elements: elements, routines: routines,
                branches: branches, slots: slots, cursor: cursor)
              do throws(AvroFault) {
                try walker.execute(0, depth: 0)
                return .success(walker.cursor.offset)
              } catch {
                return .failure(error)
              }
            }
          }
        }
      }
    }
    switch result {
    case .success(let end): return end
    case .failure(let fault): throw fault.alertsError
    }
  }
}

/// Executes a projection's program. Its tables are views of the projection's arrays, valid for
/// one walk; indices into them come from the compiler, offsets into data are checked.
private struct AvroWalker {
  let operations: UnsafeBufferPointer<AvroOperation>
  let elements: UnsafeBufferPointer<AvroElement>
  let routines: UnsafeBufferPointer<AvroRoutine>
  let branches: UnsafeBufferPointer<Int32>
  let slots: UnsafeMutableBufferPointer<AvroSlot>
  var cursor: AvroCursor

  static let depthLimit = 128

  mutating func execute(_ routine: Int, depth: Int) throws(AvroFault) {
    guard depth < Self.depthLimit else { throw cursor.fault(.tooDeep) }
    var index = Int(routines[routine].start)
    let end = Int(routines[routine].end)
    while index < end {
      let operation = operations[index]
      index &+= 1
      switch operation.code {
      case .run: try run(operation)
      case .skip: try cursor.skip(Int(operation.a))
      case .octets: try cursor.skip(try cursor.length())
      case .nullableOctets:
        let tag = try cursor.long()
        guard tag == 0 || tag == 1 else { throw cursor.fault(.unionBranch) }
        if tag == Int64(operation.a >> 1) { try cursor.skip(try cursor.length()) }
      case .union:
        let branch = try cursor.long()
        guard branch >= 0, branch < Int64(operation.b) else { throw cursor.fault(.unionBranch) }
        try execute(Int(branches[Int(operation.a) &+ Int(branch)]), depth: depth &+ 1)
      case .blocks:
        try blocks(Int(operation.a), isMap: operation.b == 1, depth: depth)
      case .call: try execute(Int(operation.a), depth: depth &+ 1)
      default: try capture(operation)
      }
    }
  }

  private mutating func blocks(
    _ item: Int, isMap: Bool, depth: Int
  ) throws(AvroFault) {
    let isEmpty = !isMap && routines[item].start == routines[item].end
    while true {
      let (count, bytes) = try cursor.block()
      if count == 0 { return }
      if let bytes {
        cursor.offset &+= bytes  // block() has checked that they are there
        continue
      }
      if isEmpty { continue }
      for _ in 0..<count {
        let before = cursor.offset
        if isMap { try cursor.skip(try cursor.length()) }
        try execute(item, depth: depth &+ 1)
        // Items of no bytes are all alike: a hostile count of them must not take forever.
        if cursor.offset == before { break }
      }
    }
  }

  /// Steps over small fields: without checks where the whole run is sure to fit, else one by one.
  @inline(__always)
  private mutating func run(_ operation: AvroOperation) throws(AvroFault) {
    var index = Int(operation.a)
    let end = index &+ Int(operation.b)
    if cursor.remaining >= Int(operation.c) {
      var at = cursor.base + cursor.offset
      fast: while index < end {
        let element = elements[index]
        switch element.kind {
        case .fixed: at += Int(element.width)
        case .nullableFixed:
          let tag = at.load(as: UInt8.self)
          if tag == element.valueTag {
            at += 1 &+ Int(element.width)
          } else if tag == 2 &- element.valueTag {
            at += 1
          } else {
            break fast
          }
        case .varint:
          guard let next = Self.afterVarint(at) else { break fast }
          at = next
        case .nullableVarint:
          let tag = at.load(as: UInt8.self)
          if tag == element.valueTag {
            guard let next = Self.afterVarint(at + 1) else { break fast }
            at = next
          } else if tag == 2 &- element.valueTag {
            at += 1
          } else {
            break fast
          }
        }
        index &+= 1
      }
      cursor.offset = at - cursor.base
    }
    while index < end {
      try step(elements[index])
      index &+= 1
    }
  }

  /// Past a variable-length integer that has ten bytes of room; nil when it is longer.
  @inline(__always)
  private static func afterVarint(_ start: UnsafeRawPointer) -> UnsafeRawPointer? {
    var at = start
    for _ in 0..<10 {
      let byte = at.load(as: UInt8.self)
      at += 1
      if byte < 0x80 { return at }
    }
    return nil
  }

  private mutating func step(_ element: AvroElement) throws(AvroFault) {
    switch element.kind {
    case .fixed: try cursor.skip(Int(element.width))
    case .varint: _ = try cursor.long()
    case .nullableFixed, .nullableVarint:
      let start = cursor.offset
      let branch = try cursor.long()
      guard branch == 0 || branch == 1 else {
        cursor.offset = start
        throw cursor.fault(.unionBranch)
      }
      guard branch == Int64(element.valueTag >> 1) else { return }
      if element.kind == .nullableFixed {
        try cursor.skip(Int(element.width))
      } else {
        _ = try cursor.long()
      }
    }
  }

  private mutating func capture(_ operation: AvroOperation) throws(AvroFault) {
    let slot = Int(operation.a)
    switch operation.code {
    case .begin:
      slots[slot].state = .present
      slots[slot].kind = .other
      slots[slot].start = cursor.offset
    case .end: slots[slot].end = cursor.offset
    case .captureNull: slots[slot].state = .null
    case .captureBoolean: set(slot, .integer, try cursor.boolean() ? 1 : 0)
    case .captureInteger: set(slot, .integer, UInt64(bitPattern: try cursor.long()))
    case .captureFloat: set(slot, .floating, Double(try cursor.float()).bitPattern)
    case .captureDouble: set(slot, .floating, try cursor.double().bitPattern)
    case .captureOctets:
      let length = try cursor.length()
      set(slot, .octets, UInt64(length))
      cursor.offset &+= length
    default: break
    }
  }

  private mutating func set(_ slot: Int, _ kind: AvroSlot.Kind, _ bits: UInt64) {
    slots[slot].kind = kind
    slots[slot].bits = bits
  }
}
