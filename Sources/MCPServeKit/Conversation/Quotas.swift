// SPDX-License-Identifier: Apache-2.0
import MCPCore
import Synchronization

/// The limits of a service, which may change while it serves. Those that every request is held against are read without a
/// lock.
final class Quotas: Sendable {
  private let limits: Mutex<ServeLimits>
  private let requests: Atomic<Int>
  private let calls: Atomic<Int>
  private let reply: Atomic<Int>
  private let message: Atomic<Int>

  init(_ limits: ServeLimits) {
    self.limits = Mutex(limits)
    requests = Atomic(limits.requestsInFlight)
    calls = Atomic(limits.callsInFlight)
    reply = Atomic(limits.replyBytes)
    message = Atomic(limits.messageBytes)
  }

  func set(_ newer: ServeLimits) {
    limits.withLock { $0 = newer }
    requests.store(newer.requestsInFlight, ordering: .relaxed)
    calls.store(newer.callsInFlight, ordering: .relaxed)
    reply.store(newer.replyBytes, ordering: .relaxed)
    message.store(newer.messageBytes, ordering: .relaxed)
  }

  /// All of them.
  var all: ServeLimits { limits.withLock { $0 } }

  var requestsInFlight: Int { requests.load(ordering: .relaxed) }
  var callsInFlight: Int { calls.load(ordering: .relaxed) }
  var replyBytes: Int { reply.load(ordering: .relaxed) }
  var messageBytes: Int { message.load(ordering: .relaxed) }
}
