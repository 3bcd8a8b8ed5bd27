// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore

extension Client {
  /// Has the responder answer what a task waits for, and says how the task is then. A task that waits for nothing is left
  /// alone.
  ///
  /// Spec: 2025-11-25, basic/utilities/tasks, "Input Required Status"; the Tasks extension, "tasks/update".
  public func answerTask(
    _ id: String, options request: RequestOptions = RequestOptions()
  ) async throws(ClientError) -> TaskState {
    let look = try await self.request(.tasksGet, ["taskId": .string(id)], options: RequestOptions(asTask: true))
    let task = try taskState(look, .tasksGet)
    guard task.status == .inputRequired else { return task }
    guard negotiated.era == .legacy else {
      try await updateTask(id, try await answers(to: look, of: .tasksGet).answers)
      return try await self.task(id)
    }
    let limit = request.totalTimeout ?? options.timeouts.total
    let outcome = await within(limit) { await self.answerWhileWaiting(id) }
    guard let outcome else {
      throw ClientError(.timeout, "\(serverName) has not taken the answer for the task within \(limit)")
    }
    return try outcome.get()
  }

  /// A legacy server asks whoever waits for the result, as ordinary requests; once it has its answer, nobody waits any more.
  private func answerWhileWaiting(_ id: String) async -> Result<TaskState, ClientError> {
    await withTaskGroup(of: Result<TaskState, ClientError>?.self) { group in
      group.addTask {
        let wait = RequestOptions(
          idleTimeout: self.options.timeouts.total, totalTimeout: self.options.timeouts.total)
        do throws(ClientError) {
          _ = try await self.request(.tasksResult, ["taskId": .string(id)], options: wait)
        } catch {
          // The error a task has ended with is no failure to answer it.
          if error.code != .rpc { return .failure(error) }
        }
        return await self.looked(at: id)
      }
      group.addTask {
        while true {
          let look = await self.looked(at: id)
          guard case .success(let task) = look, task.status == .inputRequired else { return look }
          guard (try? await self.pause(untilNextLookAt: task)) != nil else { return nil }
        }
      }
      defer { group.cancelAll() }
      while let outcome = await group.next() {
        if let outcome { return outcome }
      }
      return .failure(ClientError(.cancelled, "answering the task was cancelled"))
    }
  }

  private func looked(at id: String) async -> Result<TaskState, ClientError> {
    do throws(ClientError) { return .success(try await task(id)) } catch { return .failure(error) }
  }
}
