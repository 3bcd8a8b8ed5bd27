// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// How one revision is spoken. Handlers and callers use the newest revision's shapes; a dialect turns those into what
/// its revision can say.
public struct Dialect: Sendable, Hashable {
  /// The revision spoken.
  public let revision: Revision

  /// The dialect of `revision`.
  public init(_ revision: Revision) { self.revision = revision }
}

// MARK: - The server's side

extension Dialect {
  /// Spells a handler's reply to `method`.
  /// - Parameters:
  ///   - reply: what the handler answered.
  ///   - method: what was asked.
  ///   - server: who answers; modern results name it.
  public func outcome(
    _ reply: consuming Reply, to method: Method, from server: JSON
  ) -> Result<JSONObject, RPCError> {
    switch consume reply {
    case .complete(let result, let cache):
      return .success(revision.era == .modern ? modern(result, cache, method, server) : legacy(result, method))
    case .invalidArguments(let faults):
      let message = faults.joined(separator: "; ")
      guard revision.reportsArgumentFaultsAsResult else { return .failure(.invalidParams(message)) }
      return outcome(.complete(ToolResult.error(message).json), to: method, from: server)
    case .inputRequired(let input):
      guard revision.era == .modern, method.mayRequireInput else {
        return .failure(
          RPCError(.internalError, "\(method) needs input, which revision \(revision) has no way to ask for"))
      }
      return .success(inputRequired(input, from: server))
    case .task(let task): return created(task, from: server)
    }
  }

  /// Spells an error a handler threw.
  public func error(_ error: RPCError, to method: Method) -> RPCError {
    guard revision.era == .legacy, error.code == .invalidParams, error.data?["uri"] != nil,
      method == .resourcesRead || method == .resourcesSubscribe
    else { return error }
    return RPCError(.legacyResourceNotFound, error.message, data: error.data)
  }

  /// The answer to `initialize`, made from the answer to `server/discover`.
  public func initializeResult(from discovery: JSONObject, by server: JSON) -> JSONObject {
    var capabilities = discovery["capabilities"]?.object ?? [:]
    capabilities["tasks"] = tasksCapability(from: capabilities["extensions"])
    capabilities["extensions"] = nil
    if !revision.hasCompletionsCapability { capabilities["completions"] = nil }
    var result: JSONObject = [
      "protocolVersion": .string(revision.rawValue), "capabilities": .object(capabilities), "serverInfo": server,
    ]
    result["instructions"] = discovery["instructions"]
    return result
  }

  private func modern(
    _ result: consuming JSONObject, _ cache: Reply.CacheHint, _ method: Method, _ server: JSON
  ) -> JSONObject {
    var members = (consume result).members
    members.append(.init(name: "resultType", value: "complete"))
    if method != .toolsCall, method.isCacheable {
      let milliseconds =
        cache.lifetime.components.seconds * 1000 + cache.lifetime.components.attoseconds / 1_000_000_000_000_000
      members.append(.init(name: "ttlMs", value: .number(JSONNumber(milliseconds))))
      members.append(.init(name: "cacheScope", value: cache.isPublic ? "public" : "private"))
    }
    if let index = members.firstIndex(where: { $0.name == "_meta" }), var meta = members[index].value.object {
      meta[MetaKey.serverInfo] = server
      members[index].value = .object(meta)
    } else {
      members.append(.init(name: "_meta", value: .object(JSONObject([.init(name: MetaKey.serverInfo, value: server)]))))
    }
    return JSONObject(members)
  }
}

extension Method {
  /// Results of these methods carry `ttlMs` and `cacheScope` (2026-07-28).
  package var isCacheable: Bool {
    switch self {
    case .discover, .toolsList, .resourcesList, .resourceTemplatesList, .promptsList, .resourcesRead: true
    default: false
    }
  }
}

// MARK: - The client's side

extension Dialect {
  /// Adds what every request of this revision says about its sender.
  ///
  /// Spec: 2026-07-28, basic/index, "Request metadata".
  public func request(_ request: Request, from client: Implementation, capabilities: JSONObject) -> Request {
    guard revision.era == .modern else { return request }
    var meta = request.params["_meta"]?.object ?? [:]
    meta[MetaKey.protocolVersion] = .string(revision.rawValue)
    meta[MetaKey.clientCapabilities] = .object(capabilities)
    meta[MetaKey.clientInfo] = client.json
    var request = request
    request.params["_meta"] = .object(meta)
    return request
  }
}
