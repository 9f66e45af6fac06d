import Synchronization

/// At most so many pieces of work at once, and so many waiting; the rest are turned away.
final class WorkGate: Sendable {
  private struct State {
    var running = 0
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  let limit: Int
  let queueLimit: Int
  private let state = Mutex(State())

  init(limit: Int, queue queueLimit: Int) {
    self.limit = limit
    self.queueLimit = queueLimit
  }

  /// - Returns: false when too many wait already; else, after a wait, the caller may work, and
  ///   calls ``leave()`` when it is done.
  func enter() async -> Bool {
    let first = state.withLock { state -> Bool? in
      if state.running < limit {
        state.running += 1
        return true
      }
      return state.waiting.count < queueLimit ? nil : false
    }
    if let first { return first }
    return await queue()
  }

  private func queue() async -> Bool {
    await withCheckedContinuation { continuation in
      let goesOn = state.withLock { state in
        // A place may have come free since.
        if state.running < limit {
          state.running += 1
          return true
        }
        state.waiting.append(continuation)
        return false
      }
      if goesOn { continuation.resume() }
    }
    return true
  }

  func leave() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard !state.waiting.isEmpty else {
        state.running -= 1
        return nil
      }
      // The place goes straight to the one who waits longest.
      return state.waiting.removeFirst()
    }
    next?.resume()
  }

  var running: Int { state.withLock { $0.running } }
}
