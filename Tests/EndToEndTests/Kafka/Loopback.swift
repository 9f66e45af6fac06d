import Foundation

/// Sockets of this machine, for the servers of tests.
enum Loopback {
  /// A socket that takes connections, and its port.
  static func listen() throws -> (descriptor: Int32, port: UInt16) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var port: UInt16 = 0
    let isListening = with(port: 0) { address, size in
      var size = size
      guard bind(listener, address, size) == 0, Glibc.listen(listener, 64) == 0,
        getsockname(listener, address, &size) == 0
      else { return false }
      address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        port = UInt16(bigEndian: $0.pointee.sin_port)
      }
      return true
    }
    guard isListening else { throw MockFailure(description: "no socket: errno \(errno)") }
    return (listener, port)
  }

  /// Nil where nobody listens.
  static func connect(_ port: UInt16) -> Int32? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let isOpen = with(port: port) { Glibc.connect(descriptor, $0, $1) == 0 }
    if !isOpen { close(descriptor) }
    return isOpen ? descriptor : nil
  }

  private static func with(
    port: UInt16, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Bool
  ) -> Bool {
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    place.sin_port = port.bigEndian
    return withUnsafeMutablePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  /// False when the other side is gone.
  static func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var at = 0
    while at < bytes.count {
      let count = bytes[at...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      at += count
    }
    return true
  }

  /// Nil when the other side is gone before all came.
  static func read(_ count: Int, from descriptor: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var at = 0
    while at < count {
      let got = bytes[at...].withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress, $0.count)
      }
      guard got > 0 else { return nil }
      at += got
    }
    return bytes
  }
}
