// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Observability
import Synchronization

extension Client {
  /// A result, and the era it was spoken in.
  typealias Exchanged = (result: JSONObject, era: Revision.Era)

  /// Sends a request, and sends it again where that is harmless and may help.
  func exchange(
    _ method: Method, _ params: JSONObject, _ request: RequestOptions
  ) async throws(ClientError) -> Exchanged {
    var failures = 0
    var refusals: [Int: Int] = [:]
    while true {
      let (connection, generation) = current
      switch await attempt(method, params, request, over: connection) {
      case .success(let exchanged): return exchanged
      case .failure(let error):
        if try await options.overcomes(error, &refusals) { continue }
        failures += 1
        let isRepeatable = method.isRepeatable || request.isIdempotent
        failures = try await recover(
          from: error, of: method, isRepeatable: isRepeatable, failures: failures, generation, connection.negotiated)
      }
    }
  }

  private func attempt(
    _ method: Method, _ params: JSONObject, _ request: RequestOptions, over connection: Connector.Connection
  ) async -> Result<Exchanged, ClientError> {
    let negotiated = connection.negotiated
    var params = Dialect(negotiated.revision).params(params, from: options)
    if negotiated.era == .modern, let level = state.withLock({ $0.logLevel }) {
      params.setMeta(MetaKey.logLevel, .string(level.name))
    }
    if request.asTask { declareTasks(in: &params, method, negotiated) }
    for (name, value) in options.traceContext.sorted(by: { $0.key < $1.key }) { params.setMeta(name, .string(value)) }
    let span = beginSpan(method, &params, negotiated)
    do throws(ClientError) {
      let result = try await connection.conversation.call(
        method, params, idle: request.idleTimeout ?? options.timeouts.idle,
        total: request.totalTimeout ?? options.timeouts.total, onProgress: request.onProgress)
      end(span, nil, result)
      return .success((result, negotiated.era))
    } catch {
      end(span, error)
      return .failure(error)
    }
  }

  /// Says that the answer may be a task.
  private func declareTasks(in params: inout JSONObject, _ method: Method, _ negotiated: Negotiated) {
    if negotiated.era == .modern {
      var capabilities = params["_meta"]?[MetaKey.clientCapabilities]?.object ?? [:]
      var extensions = capabilities["extensions"]?.object ?? [:]
      extensions[TasksExtension.name] = [:]
      capabilities["extensions"] = .object(extensions)
      params.setMeta(MetaKey.clientCapabilities, .object(capabilities))
    } else if method == .toolsCall, negotiated.hasCoreTasks, params["task"] == nil {
      params["task"] = [:]
    }
  }

  /// Does what has to be done before the request can be sent again.
  /// - Returns: how many failures there were by then.
  /// - Throws: `error` when nothing helps.
  private func recover(
    from error: ClientError, of method: Method, isRepeatable: Bool, failures: Int, _ generation: Int,
    _ negotiated: Negotiated
  ) async throws(ClientError) -> Int {
    let policy = RetryPolicy(
      attempts: options.retries, revision: negotiated.revision, transport: negotiated.transport)
    switch policy.step(after: error, of: method, isRepeatable: isRepeatable, failures: failures) {
    case .giveUp: throw error
    case .listTools: _ = try await list(.tools, options: RequestOptions(ignoresCache: true))
    case .again(let delay): try await pause(delay, after: error, method)
    case .reconnect(let delay):
      try await pause(delay, after: error, method)
      guard case .failure(var next) = await replaceConnection(generation) else { break }
      if next.code == .cancelled || next.code == .closed { throw next }
      next.isUnsent = next.isUnsent || error.isUnsent
      return try await recover(
        from: next, of: method, isRepeatable: isRepeatable, failures: failures + 1, generation, negotiated)
    }
    return failures
  }

  private func pause(_ delay: Duration, after error: ClientError, _ method: Method) async throws(ClientError) {
    options.logger.warning("trying again", [("method", method.rawValue), ("reason", error.message)])
    guard delay > .zero else { return }
    do { try await Task.sleep(for: delay) } catch { throw ClientError(.cancelled, "\(method) was cancelled") }
  }
}
