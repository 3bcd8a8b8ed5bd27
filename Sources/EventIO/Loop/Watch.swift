// SPDX-License-Identifier: Apache-2.0
import CEvent
import Glibc

/// Calls an action on the loop's thread whenever a descriptor is ready, a time has passed or a signal has come.
///
/// It stops when it is released, also from within its own action. To be made, used and released on the loop's thread.
package final class Watch {
  /// What a descriptor should be ready for.
  package enum Readiness { case reading, writing }

  private var event: OpaquePointer?
  private let loop: EventLoop
  private let action: () -> Void

  /// Watches a descriptor that the caller keeps open for as long as the watch lives.
  package convenience init(
    _ loop: EventLoop, _ descriptor: CInt, for readiness: Readiness, _ action: @escaping () -> Void
  ) {
    let what = (readiness == .reading ? EV_READ : EV_WRITE) | EV_PERSIST
    self.init(loop, descriptor, what, action)
    resume()
  }

  /// Fires after `interval`, and then again each time it has passed.
  package convenience init(_ loop: EventLoop, every interval: Duration, _ action: @escaping () -> Void) {
    self.init(loop, -1, EV_PERSIST, action)
    add(after: interval)
  }

  /// Fires once, after `delay`.
  package convenience init(_ loop: EventLoop, after delay: Duration, _ action: @escaping () -> Void) {
    self.init(loop, -1, 0, action)
    add(after: delay)
  }

  /// Fires at each arrival of a signal. One loop of the process may watch signals.
  package convenience init(_ loop: EventLoop, signal: CInt, _ action: @escaping () -> Void) {
    self.init(loop, signal, EV_SIGNAL | EV_PERSIST, action)
    resume()
  }

  private init(_ loop: EventLoop, _ descriptor: CInt, _ what: CInt, _ action: @escaping () -> Void) {
    loop.checkIsolated()
    self.loop = loop
    self.action = action
    event = event_new(
      loop.base, descriptor, Int16(what),
      { _, _, context in
        guard let context else { return }
        Unmanaged<Watch>.fromOpaque(context).takeUnretainedValue().action()
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  deinit {
    if let event { event_free(event) }
  }

  /// Starts or goes on watching.
  package func resume() {
    if let event { event_add(event, nil) }
  }

  /// Stops watching until `resume`.
  package func pause() {
    if let event { event_del(event) }
  }

  /// Calls the action soon as if the descriptor were ready, unless it is paused before.
  package func fire() {
    if let event { event_active(event, Int32(EV_READ), 1) }
  }

  private func add(after delay: Duration) {
    guard let event else { return }
    var time = timeval(delay)
    event_add(event, &time)
  }
}
