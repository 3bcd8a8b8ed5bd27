// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What `body` returns on a thread with a stack of that many bytes.
func onThread(stack: Int, _ body: @escaping @Sendable () -> Bool) -> Bool {
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setstacksize(&attributes, stack)
  defer { pthread_attr_destroy(&attributes) }
  let work = Unmanaged.passRetained(Work(body))
  var thread = pthread_t()
  pthread_create(
    &thread, &attributes,
    { work in
      guard let work else { return nil }
      let result = Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body()
      return UnsafeMutableRawPointer(bitPattern: result ? 1 : 2)
    }, work.toOpaque())
  var result: UnsafeMutableRawPointer?
  pthread_join(thread, &result)
  return result == UnsafeMutableRawPointer(bitPattern: 1)
}

private final class Work: Sendable {
  let body: @Sendable () -> Bool
  init(_ body: @escaping @Sendable () -> Bool) { self.body = body }
}
