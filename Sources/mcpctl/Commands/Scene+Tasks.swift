// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit
import MCPClientKit
import MCPCore

extension Scene {
  /// How a task is, as the server wrote it.
  /// - Throws: `Failure` with exit code 8 when there is no such task.
  func lookAtTask(_ id: String) async throws -> (json: JSONObject, state: TaskState) {
    let json = try await aboutTask(id) { () async throws(ClientError) in
      try await client.request(.tasksGet, ["taskId": .string(id)], options: RequestOptions(asTask: true))
    }
    do throws(InvalidShape) {
      return (json, try TaskState(json: json))
    } catch {
      throw ClientError(.invalidResponse, "\(client.serverName) answered tasks/get with a bad task: \(error.message)")
    }
  }

  /// Does something about a task; that there is no such task is a failure with exit code 8.
  func aboutTask<Value>(_ id: String, _ body: () async throws(ClientError) -> Value) async throws -> Value {
    try requireTasks(for: id)
    do throws(ClientError) {
      return try await body()
    } catch {
      guard error.saysNotFound else { throw error }
      throw Failure(
        .notFound, "not_found", "\(client.serverName) has no task '\(id)'",
        hint: "a task is forgotten when its time is over, and may be there for the session or user alone that began it",
        facts: ["server": .string(client.serverName), "rpc": error.rpcError?.json ?? .null])
    }
  }

  private func requireTasks(for id: String) throws(Failure) {
    guard !client.negotiated.offersTasks else { return }
    throw Failure(
      .notFound, "not_found", "\(client.serverName) has no task '\(id)'", hint: client.negotiated.whyNoTasks(followUp),
      facts: ["server": .string(client.serverName)])
  }
}

extension Negotiated {
  /// Whether the server has tasks, in the way of its era.
  var offersTasks: Bool {
    era == .modern
      ? TasksExtension.isDeclared(in: capabilities) : revision.hasCoreTasks && capabilities["tasks"] != nil
  }

  /// What people are told where there are none.
  func whyNoTasks(_ followUp: FollowUp) -> String {
    era == .legacy && !revision.hasCoreTasks
      ? "revision \(revision) has no tasks; --protocol 2025-11-25 has, where the server offers them"
      : "the server does not say that it has tasks: `\(followUp("info"))` shows what it offers"
  }
}
