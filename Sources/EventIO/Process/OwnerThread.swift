// SPDX-License-Identifier: Apache-2.0
import CProcess
import Glibc

/// A thread of our own that blocks in one `poll` and owns what that waits for.
///
/// Used where the owner must be one permanent thread: a child process (its death signal is tied to the thread that
/// started it) and libcurl (a multi handle belongs to one thread).
enum OwnerThread {
  private final class Body {
    let name: String
    let run: @Sendable () -> Void

    init(_ name: String, _ run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  /// Starts a detached thread. All signals stay blocked on it: they belong to the threads of the program.
  static func start(_ name: String, _ body: @escaping @Sendable () -> Void) throws(IOError) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, 512 << 10)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let context = Unmanaged.passRetained(Body(name, body))
    let result = pthread_create(
      &thread, &attributes,
      { raw in
        guard let raw else { return nil }
        let body = Unmanaged<Body>.fromOpaque(raw).takeRetainedValue()
        cprocess_name_thread(body.name)
        body.run()
        return nil
      }, context.toOpaque())
    guard result == 0 else {
      context.release()
      throw IOError(
        .unavailable, "no thread can be started for \(name): \(String(cString: strerror(result)))", errno: result)
    }
  }
}
