// SPDX-License-Identifier: Apache-2.0
import CCurl

/// libcurl's multi handle.
///
/// `@unchecked Sendable` because the pointer is only a name for the handle: all calls are made on its thread, except
/// `wakeUp`, which libcurl allows anywhere and which `HTTPClientThread` makes only while the handle exists.
struct CurlMulti: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer

  init?() {
    guard let pointer = ccurl_multi_make() else { return nil }
    self.pointer = pointer
  }

  func free() { ccurl_multi_free(pointer) }

  func wakeUp() { ccurl_wakeup(pointer) }

  func perform() { ccurl_perform(pointer) }

  /// Sleeps until something can be done, until `deadline`, or until it is woken up.
  func poll(until deadline: ContinuousClock.Instant?) {
    ccurl_poll(pointer, deadline?.pollTimeout ?? 60_000)
  }

  /// The next transfer that has finished, and how.
  func nextDone() -> (id: UInt64, result: Result<Void, IOError>)? {
    let done = ccurl_next_done(pointer)
    guard let context = done.context else { return nil }
    let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    guard done.failure != 0 else { return (transfer.id, .success(())) }
    let message = done.message.map { String(cString: $0) } ?? ""
    return (transfer.id, .failure(transfer.error(ccurl_failure(UInt32(done.failure)), message)))
  }
}
