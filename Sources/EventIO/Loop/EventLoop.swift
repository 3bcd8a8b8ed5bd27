// SPDX-License-Identifier: Apache-2.0
import CEvent
import Glibc
import Observability
import Synchronization

/// One thread that waits for sockets, timers and signals and runs the tasks that prefer it.
///
/// It is a `SerialExecutor`, so an actor whose `unownedExecutor` is a loop lives on that thread, and a `TaskExecutor`,
/// so a task can prefer it: such a task calls ordinary actors and nonisolated code without leaving the thread.
/// Nothing that runs here may block.
package final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
  // `@unchecked` because `base` and the two lists of jobs are touched by the loop's thread alone, which `enqueue`
  // and `Watch` check; what other threads hand over goes through `inbox`, behind its lock.

  private struct Inbox {
    var jobs: [UnownedJob] = []
    var work: [@Sendable () -> Void] = []
    var isStopping = false
    var isEmpty: Bool { jobs.isEmpty && work.isEmpty && !isStopping }
  }

  let base: OpaquePointer
  private let wakeDescriptor: CInt
  private var wakeWatch: Watch?
  /// Has a value on the loop's thread alone. Comparing `pthread_self()` would not do: C declares it constant, so the
  /// optimizer keeps its value across an `await`, after which an async function may be on another thread.
  private let threadKey: pthread_key_t
  private let hasStarted = Atomic<Bool>(false)
  private let inbox = Mutex(Inbox())
  private var queued: [UnownedJob] = []
  private var running: [UnownedJob] = []
  private var isStopping = false

  /// Makes a loop that does nothing until `start`.
  package init() throws(IOError) {
    // No locks inside libevent: only the loop's thread touches the base.
    guard let configuration = event_config_new() else {
      throw IOError(.unavailable, "the event loop could not be made: out of memory")
    }
    defer { event_config_free(configuration) }
    event_config_set_flag(configuration, CInt(EVENT_BASE_FLAG_NOLOCK.rawValue))
    let descriptor = cevent_wake_open()
    guard descriptor >= 0 else { throw IOError(.unavailable, "the event loop could not be made", errno: errno) }
    guard let base = event_base_new_with_config(configuration) else {
      close(descriptor)
      throw IOError(.unavailable, "the event loop could not be made: no way to wait for events", errno: errno)
    }
    var key = pthread_key_t()
    guard pthread_key_create(&key, nil) == 0 else {
      event_base_free(base)
      close(descriptor)
      throw IOError(.unavailable, "the event loop could not be made: there are too many already")
    }
    threadKey = key
    self.base = base
    wakeDescriptor = descriptor
  }

  deinit {
    wakeWatch = nil
    event_base_free(base)
    close(wakeDescriptor)
    pthread_key_delete(threadKey)
  }

  /// Starts the thread. To be called once; the loop lives until `stop`.
  package func start(name: String) throws(IOError) {
    let isFirst = !hasStarted.exchange(true, ordering: .relaxed)
    precondition(isFirst, "an event loop is started once")
    try startThread(name: name) { [self] in run() }
  }

  /// Ends the thread once what was handed over before has run. Tasks that still wait on this loop never resume, so
  /// end them first.
  package func stop() {
    handOver { $0.isStopping = true }
  }

  /// Runs `work` on the loop's thread, after what was handed over before.
  package func execute(_ work: @escaping @Sendable () -> Void) {
    handOver { $0.work.append(work) }
  }

  /// Whether the caller is on the loop's thread.
  package var isCurrent: Bool { pthread_getspecific(threadKey) != nil }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if isCurrent {
      queued.append(job)
    } else {
      handOver { $0.jobs.append(job) }
    }
  }

  package func checkIsolated() {
    precondition(isCurrent, "this code belongs to the thread of its event loop")
  }

  package func isIsolatingCurrentContext() -> Bool? { isCurrent }

  private func handOver(_ change: (inout Inbox) -> Void) {
    let wasEmpty = inbox.withLock { inbox in
      let wasEmpty = inbox.isEmpty
      change(&inbox)
      return wasEmpty
    }
    if wasEmpty { cevent_wake(wakeDescriptor) }
  }

  private func run() {
    pthread_setspecific(threadKey, UnsafeRawPointer(base))
    wakeWatch = Watch(self, wakeDescriptor, for: .reading) { [unowned self] in takeInbox() }
    takeInbox()
    let batch = LogBatch()
    while !isStopping {
      batch.flush()
      let isBusy = !queued.isEmpty
      event_base_loop(base, EVLOOP_ONCE | (isBusy ? EVLOOP_NONBLOCK : 0))
      runJobs()
    }
    batch.flush()
    wakeWatch = nil
  }

  private func takeInbox() {
    cevent_wake_clear(wakeDescriptor)
    let taken = inbox.withLock { inbox in
      defer { inbox = Inbox() }
      return inbox
    }
    for work in taken.work { work() }
    queued.append(contentsOf: taken.jobs)
    if taken.isStopping { isStopping = true }
  }

  /// Runs what is queued and what that queues in turn; after some rounds the sockets get their turn again.
  private func runJobs() {
    if queued.isEmpty { return }
    let executor = asUnownedSerialExecutor()
    let taskExecutor = asUnownedTaskExecutor()
    for _ in 0..<16 {
      if queued.isEmpty { return }
      swap(&queued, &running)
      for job in running { job.runSynchronously(isolatedTo: executor, taskExecutor: taskExecutor) }
      running.removeAll(keepingCapacity: true)
    }
  }
}
