// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// Looks at a task until it has ended.
///
/// Spec: 2025-11-25, basic/utilities/tasks, and the Tasks extension of 2026-07-28.
struct TaskWaiting {
  let client: Client
  let id: String
  let options: RequestOptions

  func run() async throws(ClientError) -> JSONObject {
    var answered: Set<String> = []
    while true {
      let look = try await client.request(
        .tasksGet, ["taskId": .string(id)], options: RequestOptions(asTask: true))
      let task = try client.taskState(look, .tasksGet)
      options.onTask?(task)
      switch (task.status, client.negotiated.era) {
      case (.cancelled, _): throw ClientError(.taskCancelled, "\(client.serverName) has cancelled the task")
      case (.working, _): break
      case (_, .legacy): return try await legacyResult()
      case (.inputRequired, .modern): try await answer(look, &answered)
      case (.completed, .modern):
        guard let result = look["result"]?.object else { throw bad("no result") }
        return result
      case (.failed, .modern):
        guard let json = look["error"], let error = try? RPCError(json: json) else { throw bad("no error") }
        throw .rpc(error, from: client.serverName)
      }
      try await client.pause(untilNextLookAt: task)
    }
  }

  /// Waits for the result, or for what the task asks first; that comes as ordinary requests of the server.
  private func legacyResult() async throws(ClientError) -> JSONObject {
    try await client.request(
      .tasksResult, ["taskId": .string(id)],
      options: RequestOptions(
        idleTimeout: client.options.timeouts.total, totalTimeout: options.totalTimeout ?? client.options.timeouts.total)
    )
  }

  /// Answers what was not asked before: servers go on showing a question until they have taken note of its answer.
  private func answer(_ look: JSONObject, _ answered: inout Set<String>) async throws(ClientError) {
    var asked = look
    asked["inputRequests"] = look["inputRequests"]?.object.map { requests in
      .object(JSONObject(requests.members.filter { !answered.contains($0.name) }))
    }
    guard let requests = asked["inputRequests"]?.object, !requests.isEmpty else { return }
    let answers = try await client.answers(to: asked, of: .tasksGet).answers
    answered.formUnion(answers.names)
    try await client.updateTask(id, answers)
  }

  private func bad(_ what: String) -> ClientError {
    ClientError(.invalidResponse, "\(client.serverName) says that the task has ended, and gives \(what)")
  }
}

extension Client {
  /// Waits as long as the server suggests before one looks at a task again.
  func pause(untilNextLookAt task: TaskState) async throws(ClientError) {
    do { try await Task.sleep(for: task.lookInterval) } catch {
      throw ClientError(.cancelled, "waiting for the task was cancelled")
    }
  }
}
