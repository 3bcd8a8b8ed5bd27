// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// How a connection begins: asks a modern server to describe itself, or shakes hands with a legacy one.
struct Opening {
  let server: String
  let options: ClientOptions

  /// Asks for the server's description in `revision`.
  func discover(
    _ revision: Revision, in conversation: Conversation, within timeout: Duration, silentFor patience: Duration? = nil
  ) async -> Result<JSONObject, ClientError> {
    let params = discovery(in: revision).params
    do throws(ClientError) {
      return .success(
        try await conversation.call(
          .discover, params, idle: patience ?? timeout, total: timeout, isFirst: patience != nil))
    } catch {
      return .failure(error)
    }
  }

  /// Shakes hands. The server may counter-offer any legacy revision.
  ///
  /// Spec: 2025-11-25, basic/lifecycle, "Initialization".
  func initialize(
    _ revision: Revision, in conversation: Conversation, within timeout: Duration
  ) async throws(ClientError) -> (revision: Revision, result: JSONObject) {
    let result = try await conversation.call(
      .initialize, handshake(in: revision).params, idle: timeout, total: timeout)
    guard let version = result["protocolVersion"]?.string else {
      throw ClientError(.invalidResponse, "\(server) answered initialize without a protocolVersion")
    }
    guard let agreed = Revision.legacy.first(where: { $0.rawValue == version }) else {
      let spoken = Revision.legacy.map(\.rawValue).joined(separator: ", ")
      throw ClientError(
        .unsupportedRevision, "\(server) insists on revision \(version); this client shakes hands in \(spoken)")
    }
    try await conversation.transport.send(.init(.initialized))
    return (agreed, result)
  }

  /// The request that begins a conversation in the modern era.
  func discovery(in revision: Revision) -> Request {
    Request(id: .number(1), method: .discover, params: Dialect(revision).params([:], from: options))
  }

  /// The request that begins one in the legacy era.
  func handshake(in revision: Revision) -> Request {
    let params: JSONObject = [
      "protocolVersion": .string(revision.rawValue), "capabilities": .object(options.declared(.legacy)),
      "clientInfo": options.client.json,
    ]
    return Request(id: .number(1), method: .initialize, params: params)
  }
}

extension ClientOptions {
  /// What the client can do, the responder's skills included.
  func declared(_ era: Revision.Era) -> JSONObject {
    var all = responder?.skills.capabilities(era) ?? [:]
    for capability in capabilities.members { all[capability.name] = capability.value }
    return all
  }
}

extension Dialect {
  /// `params` with what every request of this revision says about its sender.
  func params(_ params: JSONObject, from options: ClientOptions) -> JSONObject {
    request(
      Request(id: .number(0), method: .discover, params: params), from: options.client,
      capabilities: options.declared(.modern)
    )
    .params
  }
}
