import Dispatch
import Dynamics
import Foundation
import Synchronization

/// What a caller's arrays have wrong.
struct CallError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Writes a text for C: cut to what there is room for, always ended.
func write(_ text: String, to error: UnsafeMutablePointer<CChar>?, _ length: Int) {
  guard let error, length > 0 else { return }
  let bytes = Array(text.utf8.prefix(length - 1))
  for (i, byte) in bytes.enumerated() { error[i] = CChar(bitPattern: byte) }
  error[bytes.count] = 0
}

/// Runs a function's body and turns what it throws into what C understands.
func answer(
  _ library: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<CChar>?, _ errorLength: Int,
  _ body: (SolarSystem) throws -> Int
) -> Int {
  guard let library else {
    write("the library is not open: call ecliptic_open first", to: error, errorLength)
    return -1
  }
  let solarSystem = Unmanaged<Library>.fromOpaque(library).takeUnretainedValue().solarSystem
  do {
    return try body(solarSystem)
  } catch let fault {
    write("\(fault)", to: error, errorLength)
    return -1
  }
}

/// Waits for work on all cores. The calling thread is the other language's, none of Swift's own.
func waiting<Value: Sendable>(
  for body: @escaping @Sendable () async throws -> Value
) throws -> Value {
  let box = Box<Value>()
  let done = DispatchSemaphore(value: 0)
  Task.detached {
    let result: Result<Value, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    box.value.withLock { $0 = result }
    done.signal()
  }
  done.wait()
  guard let result = box.value.withLock({ $0 }) else { throw CallError("the work was given up") }
  return try result.get()
}

private final class Box<Value: Sendable>: Sendable {
  let value = Mutex<Result<Value, any Error>?>(nil)
}

/// Cores to use.
func cores(_ jobs: Int) -> Int { jobs > 0 ? jobs : ProcessInfo.processInfo.activeProcessorCount }

/// A caller's array.
///
/// - Throws: it is null though there is something in it, or its length is negative.
func array<Value>(
  _ pointer: UnsafePointer<Value>?, _ count: Int, _ name: String
) throws -> [Value] {
  guard count >= 0 else { throw CallError("\(name): a negative length") }
  if count == 0 { return [] }
  guard let pointer else { throw CallError("\(name): a null pointer for \(count) values") }
  return Array(UnsafeBufferPointer(start: pointer, count: count))
}

/// A caller's optional array; nil when it is not given.
func optionalArray<Value>(_ pointer: UnsafePointer<Value>?, _ count: Int) -> [Value]? {
  pointer.map { Array(UnsafeBufferPointer(start: $0, count: max(0, count))) }
}

extension Double {
  /// Nil for NaN, by which callers say that there is no value.
  var given: Double? { isNaN ? nil : self }
}
