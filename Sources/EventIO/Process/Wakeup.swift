// SPDX-License-Identifier: Apache-2.0
import CProcess
import Glibc

/// A descriptor that any thread can make readable, to get a thread out of `poll`.
final class Wakeup: Sendable {
  let descriptor: Int32

  init() throws(IOError) {
    descriptor = cprocess_eventfd()
    if descriptor < 0 {
      throw IOError(.unavailable, "no more files can be opened: raise the limit (ulimit -n)", errno: errno)
    }
  }

  deinit { close(descriptor) }

  func signal() {
    var one: UInt64 = 1
    _ = write(descriptor, &one, 8)
  }

  func clear() {
    var count: UInt64 = 0
    _ = read(descriptor, &count, 8)
  }
}
