import Foundation
import Synchronization

/// Stands before a mock cluster of one broker and knows what that doesn't: at which offset the
/// messages of a moment begin. All else it passes on, but for the broker's port in the answers
/// that say where the brokers are, which becomes its own.
final class TimeProxy: Sendable {
  /// Kafka's numbers of the requests that are looked into.
  private enum API {
    static let listOffsets: Int16 = 2
    static let metadata: Int16 = 3
    static let findCoordinator: Int16 = 10
  }

  private struct Asked: Sendable {
    var api: Int16
    var version: Int16
    /// Moments asked for, in the order of the request; -1 and -2 are the ends.
    var moments: [Int64] = []
  }

  /// The first offset of a topic's partition that is of a moment or later.
  typealias Lookup = @Sendable (_ topic: String, _ partition: Int32, _ moment: Int64) -> Int64

  private let descriptor: Int32
  private let count = Atomic(0)
  let address: String

  /// How often offsets were asked for by time.
  var lookups: Int { count.load(ordering: .relaxed) }

  init(broker: UInt16, _ lookup: @escaping Lookup) throws {
    let (listener, port) = try Loopback.listen()
    descriptor = listener
    address = "127.0.0.1:\(port)"
    Thread { [weak self] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0, let self, let server = Loopback.connect(broker) else { return }
        self.relay(client, server, broker: broker, port: port, lookup)
      }
    }.start()
  }

  deinit {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  private func relay(
    _ client: Int32, _ server: Int32, broker: UInt16, port: UInt16, _ lookup: @escaping Lookup
  ) {
    let asked = Asking()
    @Sendable func end() {
      shutdown(client, Int32(SHUT_RDWR))
      shutdown(server, Int32(SHUT_RDWR))
    }
    Thread {
      while let frame = Self.frame(client) {
        asked.note(frame)
        guard Loopback.send(Self.framed(frame), to: server) else { break }
      }
      end()
    }.start()
    Thread { [weak self] in
      while var frame = Self.frame(server) {
        let request = asked.take(Self.int32(frame, 0))
        switch request?.api {
        case API.metadata, API.findCoordinator: Self.move(&frame, from: broker, to: port)
        case API.listOffsets:
          if let request, Self.fill(&frame, request.version, request.moments, lookup) {
            self?.count.add(1, ordering: .relaxed)
          }
        default: break
        }
        guard Loopback.send(Self.framed(frame), to: client) else { break }
      }
      end()
    }.start()
  }

  /// What a connection asked for and has no answer yet, by its number.
  private final class Asking: Sendable {
    private let open = Mutex<[Int32: Asked]>([:])

    func note(_ frame: [UInt8]) {
      var asked = Asked(api: TimeProxy.int16(frame, 0), version: TimeProxy.int16(frame, 2))
      if asked.api == API.listOffsets { asked.moments = TimeProxy.moments(frame, asked.version) }
      open.withLock { $0[TimeProxy.int32(frame, 4)] = asked }
    }

    func take(_ number: Int32) -> Asked? { open.withLock { $0.removeValue(forKey: number) } }
  }

  // MARK: The protocol's bytes

  private static func frame(_ descriptor: Int32) -> [UInt8]? {
    Loopback.read(4, from: descriptor).flatMap {
      Loopback.read(Int(int32($0, 0)), from: descriptor)
    }
  }

  private static func framed(_ frame: [UInt8]) -> [UInt8] { bytes(Int32(frame.count)) + frame }

  private static func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }

  private static func number<T: FixedWidthInteger>(_ frame: [UInt8], _ at: Int) -> T {
    frame[at..<at + T.bitWidth / 8].reduce(0) { $0 << 8 | T(truncatingIfNeeded: $1) }
  }

  fileprivate static func int16(_ frame: [UInt8], _ at: Int) -> Int16 { number(frame, at) }

  fileprivate static func int32(_ frame: [UInt8], _ at: Int) -> Int32 { number(frame, at) }

  /// The moments of a ListOffsets request of versions 1 to 5.
  fileprivate static func moments(_ frame: [UInt8], _ version: Int16) -> [Int64] {
    guard (1...5).contains(version) else { return [] }
    // API, version, number; the client's name; the replica, and the isolation from 2 on.
    var at = 8
    at += 2 + max(0, Int(int16(frame, at))) + 4 + (version >= 2 ? 1 : 0)
    var moments: [Int64] = []
    let topics = int32(frame, at)
    at += 4
    for _ in 0..<topics {
      at += 2 + Int(int16(frame, at))
      let partitions = int32(frame, at)
      at += 4
      for _ in 0..<partitions {
        at += 4 + (version >= 4 ? 4 : 0)
        moments.append(number(frame, at))
        at += 8
      }
    }
    return moments
  }

  /// Writes offsets into the answer where moments were asked for.
  ///
  /// - Returns: whether there were any.
  private static func fill(
    _ frame: inout [UInt8], _ version: Int16, _ moments: [Int64], _ lookup: Lookup
  ) -> Bool {
    guard moments.contains(where: { $0 >= 0 }) else { return false }
    var at = 4 + (version >= 2 ? 4 : 0)
    var index = 0
    let topics = int32(frame, at)
    at += 4
    for _ in 0..<topics {
      let length = Int(int16(frame, at))
      let topic = String(decoding: frame[(at + 2)..<(at + 2 + length)], as: UTF8.self)
      at += 2 + length
      let partitions = int32(frame, at)
      at += 4
      for _ in 0..<partitions {
        if moments[index] >= 0 {
          let offset = lookup(topic, int32(frame, at), moments[index])
          frame.replaceSubrange((at + 6)..<(at + 22), with: bytes(moments[index]) + bytes(offset))
        }
        index += 1
        at += 22 + (version >= 4 ? 4 : 0)
      }
    }
    return true
  }

  /// The broker's port behind every host name of an answer.
  private static func move(_ frame: inout [UInt8], from broker: UInt16, to port: UInt16) {
    let old = bytes(Int32(broker))
    for host in ["127.0.0.1", "localhost"] {
      let pattern = Array(host.utf8) + old
      var at = 0
      while at + pattern.count <= frame.count {
        if frame[at..<at + pattern.count].elementsEqual(pattern) {
          let place = at + host.utf8.count
          frame.replaceSubrange(place..<place + 4, with: bytes(Int32(port)))
        }
        at += 1
      }
    }
  }
}
