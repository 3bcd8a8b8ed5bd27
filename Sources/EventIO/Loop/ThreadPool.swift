// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Threads for code that may block, so that a blocking handler stalls neither a loop nor the other handlers.
///
/// A thread is started when work waits and nobody is free, up to a bound; one that finds nothing to do for a while
/// ends. Beyond the bound, work waits in order of arrival.
package final class HandlerPool: TaskExecutor {
  private let name: String
  private let maximumThreads: Int
  private let idleTime: Duration
  private let queue = JobQueue()

  package init(name: String = "handler", maximumThreads: Int = 64, idleTime: Duration = .seconds(10)) {
    self.name = name
    self.maximumThreads = max(1, maximumThreads)
    self.idleTime = idleTime
  }

  /// How many threads there are now.
  package var threadCount: Int { queue.locked { $0.threads } }

  /// How many threads there are, how many there may be, and how many jobs wait for one.
  package var load: (threads: Int, limit: Int, waiting: Int) {
    queue.locked { ($0.threads, maximumThreads, $0.jobs.count) }
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let needsThread = queue.locked { state in
      state.jobs.append(job)
      guard state.idle < state.jobs.count, state.threads < maximumThreads else { return false }
      state.threads += 1
      return true
    }
    queue.signal()
    if needsThread { startWorker() }
  }

  private func startWorker() {
    do throws(IOError) {
      try startThread(name: name) { [self] in work() }
    } catch {
      // No thread to be had: the others take the job when they are free. Without any other, it is run right here,
      // which blocks the caller but loses nothing.
      let isAlone = queue.locked { state in
        state.threads -= 1
        return state.threads == 0
      }
      if isAlone { runWaiting() }
    }
  }

  private func work() {
    while let job = queue.next(waiting: idleTime) { run(job) }
  }

  private func runWaiting() {
    while let job = queue.locked({ $0.jobs.popFirst() }) { run(job) }
  }

  private func run(_ job: UnownedJob) {
    job.runSynchronously(on: asUnownedTaskExecutor())
  }
}

/// The jobs that wait and the threads that wait for them.
private final class JobQueue: @unchecked Sendable {
  // `@unchecked` because `state` is only touched with `mutex` held: `Mutex` has no condition variable to go with it.

  struct State {
    var jobs = JobList()
    var threads = 0
    var idle = 0
  }

  private var state = State()
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func locked<Result>(_ body: (inout State) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(&state)
  }

  func signal() { pthread_cond_signal(condition) }

  /// The next job; nil when none came for `idleTime`, and then the calling thread no longer counts.
  func next(waiting idleTime: Duration) -> UnownedJob? {
    var deadline = timespec()
    clock_gettime(CLOCK_MONOTONIC, &deadline)
    deadline.add(idleTime)
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    // No access may span the wait, because others change the state meanwhile: so not in `locked`.
    state.idle += 1
    defer { state.idle -= 1 }
    while state.jobs.isEmpty {
      if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT, state.jobs.isEmpty {
        state.threads -= 1
        return nil
      }
    }
    return state.jobs.popFirst()
  }
}

/// First in, first out.
private struct JobList {
  private var jobs: [UnownedJob] = []
  private var first = 0

  var count: Int { jobs.count - first }
  var isEmpty: Bool { count == 0 }

  mutating func append(_ job: UnownedJob) { jobs.append(job) }

  mutating func popFirst() -> UnownedJob? {
    guard first < jobs.count else { return nil }
    let job = jobs[first]
    first += 1
    if first == jobs.count || first >= 1024 {
      jobs.removeFirst(first)
      first = 0
    }
    return job
  }
}

extension timespec {
  fileprivate mutating func add(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    tv_sec += Int(seconds)
    tv_nsec += Int(attoseconds / 1_000_000_000)
    if tv_nsec >= 1_000_000_000 {
      tv_sec += 1
      tv_nsec -= 1_000_000_000
    }
  }
}
