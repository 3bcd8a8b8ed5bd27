// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import MCPCore

extension Client {
  /// Calls a tool. A tool that fails answers with `isError`; that is no thrown error.
  public func callTool(
    _ name: String, _ arguments: JSONObject = [:], options request: RequestOptions = RequestOptions()
  ) async throws(ClientError) -> ToolResult {
    let result = try await self.request(
      .toolsCall, ["name": .string(name), "arguments": .object(arguments)], options: request)
    return try decode(.toolsCall) { () throws(InvalidShape) in try ToolResult(json: result) }
  }

  /// Reads a resource; a server may answer with several contents, a directory for instance.
  public func readResource(
    _ uri: String, options request: RequestOptions = RequestOptions()
  ) async throws(ClientError) -> [ResourceContents] {
    let result = try await self.request(.resourcesRead, ["uri": .string(uri)], options: request)
    return try decode(.resourcesRead) { () throws(InvalidShape) in
      var contents: [ResourceContents] = []
      for json in result["contents"]?.array ?? [] { contents.append(try ResourceContents(json: json)) }
      return contents
    }
  }

  /// Renders a prompt; arguments are always strings.
  public func getPrompt(
    _ name: String, _ arguments: [String: String] = [:], options request: RequestOptions = RequestOptions()
  ) async throws(ClientError) -> [PromptMessage] {
    let members = arguments.sorted { $0.key < $1.key }.map { JSONObject.Member(name: $0.key, value: .string($0.value)) }
    let result = try await self.request(
      .promptsGet, ["name": .string(name), "arguments": .object(JSONObject(members))], options: request)
    return try decode(.promptsGet) { () throws(InvalidShape) in
      var messages: [PromptMessage] = []
      for json in result["messages"]?.array ?? [] { messages.append(try PromptMessage(json: json)) }
      return messages
    }
  }

  /// What an argument to complete belongs to.
  public enum CompletionReference: Sendable, Hashable {
    /// The prompt of this name.
    case prompt(String)
    /// The resource template with this URI.
    case resource(String)
  }

  /// Suggests values for an argument, given its beginning and the arguments already chosen.
  public func complete(
    _ argument: String, from prefix: String, of reference: CompletionReference, chosen: [String: String] = [:],
    options request: RequestOptions = RequestOptions()
  ) async throws(ClientError) -> [String] {
    let ref: JSON =
      switch reference {
      case .prompt(let name): ["type": "ref/prompt", "name": .string(name)]
      case .resource(let uri): ["type": "ref/resource", "uri": .string(uri)]
      }
    var params: JSONObject = ["ref": ref, "argument": ["name": .string(argument), "value": .string(prefix)]]
    if !chosen.isEmpty {
      let members = chosen.sorted { $0.key < $1.key }.map { JSONObject.Member(name: $0.key, value: .string($0.value)) }
      params["context"] = ["arguments": .object(JSONObject(members))]
    }
    let result = try await self.request(.complete, params, options: request)
    return (result["completion"]?["values"]?.array ?? []).compactMap(\.string)
  }

  /// Asks whether the server is there. The modern era has no `ping`, so there it is asked to describe itself.
  public func ping(options request: RequestOptions = RequestOptions()) async throws(ClientError) {
    _ = try await self.request(negotiated.era == .modern ? .discover : .ping, options: request)
  }

  private func decode<Value>(
    _ method: Method, _ body: () throws(InvalidShape) -> Value
  ) throws(ClientError) -> Value {
    do throws(InvalidShape) {
      return try body()
    } catch {
      throw ClientError(.invalidResponse, "\(serverName) answered \(method) with a bad result: \(error.message)")
    }
  }
}
