// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import MCPCore

/// How a call that may become a task was answered.
public enum ToolAnswer: Sendable, Hashable {
  /// With its result.
  case result(ToolResult)
  /// With a task, to be looked at by `Client.task` and waited for by `Client.result(ofTask:)`.
  case task(TaskState)
}

extension Client {
  /// Calls a tool and does not wait when the server makes a task of the call. Servers without tasks answer with the result.
  ///
  /// - Parameter lifetime: how long the task is to be kept from its beginning (2025-11-25). The server may choose another.
  ///
  /// Spec: 2025-11-25, basic/utilities/tasks, "Creating a Task"; the Tasks extension of 2026-07-28.
  public func startTool(
    _ name: String, _ arguments: JSONObject = [:], lifetime: Duration? = nil,
    options request: RequestOptions = RequestOptions()
  ) async throws(ClientError) -> ToolAnswer {
    var request = request
    request.asTask = true
    request.leavesTask = true
    var params: JSONObject = ["name": .string(name), "arguments": .object(arguments)]
    if let lifetime, negotiated.hasCoreTasks {
      let (seconds, attoseconds) = lifetime.components
      params["task"] = ["ttl": .number(JSONNumber(seconds * 1000 + attoseconds / 1_000_000_000_000_000))]
    }
    let result = try await self.request(.toolsCall, params, options: request)
    if result["resultType"] == "task" { return .task(try taskState(result, .toolsCall)) }
    if negotiated.hasCoreTasks, let task = result["task"]?.object { return .task(try taskState(task, .toolsCall)) }
    do throws(InvalidShape) {
      return .result(try ToolResult(json: result))
    } catch {
      throw ClientError(
        .invalidResponse, "\(serverName) answered \(Method.toolsCall) with a bad result: \(error.message)")
    }
  }
}

extension Negotiated {
  /// Whether the server makes tasks of calls as 2025-11-25 has it.
  var hasCoreTasks: Bool {
    revision.hasCoreTasks && capabilities["tasks"]?["requests"]?["tools"]?["call"] != nil
  }
}
