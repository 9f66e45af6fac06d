import Synchronization

extension Task where Failure == any Error {
  /// The task's value, or an error when it takes too long; the task goes on.
  func value(
    within limit: Duration, else tooLong: @escaping @Sendable () -> any Error
  ) async throws -> Success {
    let turn = Turn()
    return try await withCheckedThrowingContinuation { continuation in
      let timer = Task<Void, Never> {
        try? await Task<Never, Never>.sleep(for: limit)
        if turn.take() { continuation.resume(throwing: tooLong()) }
      }
      _ = Task<Void, Never> {
        let result = await self.result
        if turn.take() { continuation.resume(with: result) }
        timer.cancel()
      }
    }
  }
}

/// Whoever takes it first has it.
private final class Turn: Sendable {
  private let isTaken = Mutex(false)

  func take() -> Bool {
    isTaken.withLock { isTaken in
      defer { isTaken = true }
      return !isTaken
    }
  }
}
