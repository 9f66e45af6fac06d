import Foundation
import Synchronization

/// Threads for work that may wait: they give way to every other thread of the machine that wants a
/// core, so that requests are answered while a table is made.
///
/// Work that prefers this executor runs here with all of its child tasks.
final class PatientExecutor: TaskExecutor {
  private let waiting = Mutex<[UnownedJob]>([])
  private let arrivals = DispatchSemaphore(value: 0)

  /// - Parameter threads: which live as long as the process.
  init(threads: Int) {
    for _ in 0..<max(1, threads) {
      let thread = Thread { [self] in work() }
      thread.name = "ecliptic.patient"
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

  private func work() -> Never {
    // On Linux the priority is the thread's own, as nice(1) has it.
    setpriority(__priority_which_t(UInt32(PRIO_PROCESS.rawValue)), 0, 10)
    while true {
      arrivals.wait()
      let job = waiting.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      job?.runSynchronously(on: asUnownedTaskExecutor())
    }
  }
}
