// SPDX-License-Identifier: Apache-2.0
import CProcess

/// What the C library's heap holds.
package struct HeapFigures: Sendable, Hashable {
  /// Bytes in use, free, and in pieces that have a mapping of their own. Zero where the library cannot tell.
  package let used, free, mapped: Int

  /// Asks now.
  package init() {
    let heap = cprocess_heap()
    (used, free, mapped) = (heap.used, heap.free, heap.mapped)
  }
}
