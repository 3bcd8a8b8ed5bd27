// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability
import Synchronization

/// Requests and answers over one transport: ids, deadlines, progress, cancellation. Knows nothing of revisions.
final class Conversation: Sendable {
  let transport: any ClientTransport
  private let name: String
  private let switchboard: Switchboard

  init(with name: String, over transport: any ClientTransport, _ switchboard: Switchboard) {
    self.name = name
    self.transport = transport
    self.switchboard = switchboard
  }

  /// Sends a request and waits for its result.
  /// - Parameter isFirst: whether the server may be starting still: it is not idle before it has read the request.
  /// - Throws: `ClientError`; on a time-out or cancellation the server was told, and nothing of the request is left.
  func call(
    _ method: Method, _ params: JSONObject = [:], idle: Duration, total: Duration, isFirst: Bool = false,
    onProgress: (@Sendable (Progress) -> Void)? = nil
  ) async throws(ClientError) -> JSONObject {
    if Task.isCancelled { throw ClientError(.cancelled, "\(method) was cancelled before it was sent") }
    let id = RequestID.number(switchboard.ids.wrappingAdd(1, ordering: .relaxed).oldValue)
    var request = Request(id: id, method: method, params: params)
    if let onProgress {
      request.params.setMeta(MetaKey.progressToken, id.json)
      switchboard.listen(for: id, onProgress)
    }
    let answer = Promise<ClientTransport.Answer>()
    switchboard.deadlines.watch(id, idle: idle, total: total) { [name] expiry in
      let what = expiry == .idle ? "did not answer \(method) within \(idle)" : "took longer than \(total) for \(method)"
      answer.keep(.failure(ClientError(.timeout, "\(name) \(what)")))
    }
    let start = ContinuousClock.now
    transport.begin(request) { answer.keep($0) }
    let starting = isFirst ? Task { await keepAlive(id) } : nil  // over when the request is read, or answered for good
    let cancelled = ClientError(.cancelled, "\(method) was cancelled")
    let outcome = await answer.value(onCancel: .failure(cancelled))
    starting?.cancel()
    switchboard.forget(id)
    switchboard.time(request, since: start)

    switch outcome {
    case .success(let response):
      switch response.outcome {
      case .success(let result): return result
      case .failure(let error): throw .rpc(error, from: name)
      }
    case .failure(let error):
      if error.code == .timeout || error.code == .cancelled {
        transport.abandon(request, reason: error.code == .timeout ? "timed out" : "cancelled by the user")
      }
      throw error
    }
  }
}

extension Conversation {
  /// How often it is looked whether a server has started.
  private static let glance = Duration.milliseconds(20)

  private func keepAlive(_ id: RequestID) async {
    while transport.isUnread {
      switchboard.deadlines.keepAlive(id)
      guard (try? await Task.sleep(for: Self.glance)) != nil else { return }
    }
    switchboard.deadlines.keepAlive(id)
  }
}

extension JSONObject {
  /// Sets a member of `_meta`.
  mutating func setMeta(_ name: String, _ value: JSON) {
    var meta = self["_meta"]?.object ?? [:]
    meta[name] = value
    self["_meta"] = .object(meta)
  }
}
