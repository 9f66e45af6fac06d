import Foundation
import Synchronization

/// Threads for long work beside the requests, which live on those of Swift. Nice ones give way to
/// every other thread of the machine that wants a core.
///
/// Work that prefers this executor runs here with all of its child tasks.
final class SideExecutor: TaskExecutor {
  private let waiting = Mutex<[UnownedJob]>([])
  private let arrivals = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - threads: which live as long as the process.
  ///   - niceness: as nice(1) has it.
  init(threads: Int, niceness: Int32) {
    for _ in 0..<max(1, threads) {
      let thread = Thread { [self] in work(niceness) }
      thread.name = "ecliptic.side"
      // As deep as those that Swift makes: fits keep their matrices on the stack.
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let unowned = UnownedJob(job)
    waiting.withLock { $0.append(unowned) }
    arrivals.signal()
  }

  private func work(_ niceness: Int32) -> Never {
    // On Linux the priority is the thread's own.
    if niceness != 0 {
      setpriority(__priority_which_t(UInt32(PRIO_PROCESS.rawValue)), 0, niceness)
    }
    while true {
      arrivals.wait()
      let job = waiting.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      job?.runSynchronously(on: asUnownedTaskExecutor())
    }
  }
}
