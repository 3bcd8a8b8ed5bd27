// SPDX-License-Identifier: Apache-2.0
import MCPCore
import Synchronization

/// Answers what a legacy server asks, several requests at once, while the transport reads on: the answer to one may
/// depend on what comes next.
final class ServerRequests: Sendable {
  private let limit: Int
  private let asked: @Sendable (Request) async -> Response
  private let underWay = Atomic(0)

  init(_ limits: ClientOptions.Limits, _ events: TransportEvents) {
    limit = limits.serverRequests
    asked = events.asked
  }

  /// Answers `request` through `send`; the task is over when the answer is sent.
  @discardableResult
  func answer(_ request: Request, through send: @escaping @Sendable (Response) async -> Void) -> Task<Void, Never> {
    let isAllowed = underWay.wrappingAdd(1, ordering: .relaxed).oldValue < limit
    return Task.immediate { [self] in
      let response =
        isAllowed
        ? await asked(request)
        : Response(id: request.id, outcome: .failure(RPCError(.internalError, "too many requests at once")))
      await send(response)
      underWay.wrappingSubtract(1, ordering: .relaxed)
    }
  }
}
