import Dispatch

/// Work that holds a thread for long (a query, a propagation) on threads of its own: those of Swift
/// concurrency are as few as the cores, and all requests live on them.
enum Blocking {
  private static let queue = DispatchQueue(label: "ecliptic.blocking", attributes: .concurrent)

  static func run<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try body() }) }
    }
  }
}
