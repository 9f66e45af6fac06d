import Dispatch
public import Testing

/// For tests that wait for clocks, brokers or other processes.
///
/// All tests start at once and share as many threads as there are cores; numeric tests keep these
/// for seconds, and a test that wants to look every 100 ms whether something has come is not heard
/// for a minute. With this trait it runs on a thread of its own, and few do so at once: their
/// processes would only take the cores from one another.
public struct WaitingTests: TestTrait, SuiteTrait, TestScoping {
  private static let places = Places(count: 4)

  public var isRecursive: Bool { true }

  public func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? {
    testCase == nil ? nil : self
  }

  public func provideScope(
    for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
  ) async throws {
    await Self.places.take()
    let outcome: Result<Void, any Error>
    do {
      try await withTaskExecutorPreference(OwnThread()) { try await body() }
      outcome = .success(())
    } catch {
      outcome = .failure(error)
    }
    await Self.places.giveBack()
    try outcome.get()
  }
}

extension Trait where Self == WaitingTests {
  /// See ``WaitingTests``.
  public static var waits: Self { Self() }
}

private final class OwnThread: TaskExecutor {
  private let queue = DispatchQueue(label: "waiting test")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

private actor Places {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(count: Int) { free = count }

  func take() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  func giveBack() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}
