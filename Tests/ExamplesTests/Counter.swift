// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Counts from 0.
final class Counter: Sendable {
  private let count = Atomic(0)
  func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).oldValue }
}
