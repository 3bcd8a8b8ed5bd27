// SPDX-License-Identifier: Apache-2.0
import CEvent
import Glibc

/// Starts a detached thread that runs `body` and ends. Signals go to other threads.
func startThread(name: String, _ body: @escaping @Sendable () -> Void) throws(IOError) {
  final class Start {
    let name: String
    let body: @Sendable () -> Void
    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }
  let start = Unmanaged.passRetained(Start(name: name, body: body))
  var thread = pthread_t()
  let failure = pthread_create(
    &thread, nil,
    { context in
      guard let context else { return nil }
      let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
      cevent_name_thread(String(start.name.prefix(15)))
      start.body()
      return nil
    }, start.toOpaque())
  guard failure == 0 else {
    start.release()
    throw IOError(.unavailable, "no thread for '\(name)': raise the limit on processes (ulimit -u)", errno: failure)
  }
  pthread_detach(thread)
}
