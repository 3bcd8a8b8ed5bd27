// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Synchronization

/// Counts the requests of all peers that are being answered, other than those answered at once.
final class Flights: Sendable {
  private let count = Atomic<Int>(0)

  /// Whether one more may be answered; `end` is to follow.
  func begin(limit: Int) -> Bool {
    guard count.add(1, ordering: .relaxed).newValue > limit else { return true }
    end()
    return false
  }

  var current: Int { count.load(ordering: .relaxed) }

  func end() { count.subtract(1, ordering: .relaxed) }
}

extension Service {
  /// The text of a response; in the place of one that is too long, that it is.
  @inline(__always)
  func text(of response: Response) -> [UInt8] {
    let text = response.bytes
    let limit = quotas.replyBytes
    guard text.count > limit, case .success = response.outcome else { return text }
    return Response(id: response.id, outcome: .failure(.tooLong(text.count, limit: limit))).bytes
  }
}

extension Service {
  /// The text of a batch's responses.
  /// - Throws: `RPCError` when it is too long.
  func text(of responses: [Response]) throws(RPCError) -> [UInt8] {
    let text = JSON.array(responses.map(\.json)).bytes
    guard text.count <= quotas.replyBytes else { throw .tooLong(text.count, limit: quotas.replyBytes) }
    return text
  }
}

extension RPCError {
  static func serverBusy(_ limit: Int) -> RPCError {
    RPCError(.serverBusy, "\(limit) requests are in flight in this server, its limit: try again later")
  }

  static func tooLong(_ count: Int, limit: Int) -> RPCError {
    RPCError(
      .internalError,
      "the answer is \(count) bytes long, and this server sends \(limit) at most: ask for less at a time")
  }
}
