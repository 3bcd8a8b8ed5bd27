// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// Asks from within a task: the questions wait with the task until its owner comes for them, and the handler waits for
/// the answers, in either era.
///
/// Spec: 2025-11-25, basic/utilities/tasks, "Input Required Status"; the extension, `tasks/update`.
struct TaskInquirer: Inquirer {
  let desk: TaskDesk
  let id: String

  func ask(_ questions: [Question], in context: RequestContext) async throws -> [JSONObject] {
    let asked = try await desk.ask(questions, of: id)
    do {
      let answers = try await desk.answers(to: asked.keys, of: id, since: asked.version)
      return try zip(questions, answers).map { question, answer in
        if let error = answer["error"] {
          let cause = try? RPCError(json: error)
          throw QuestionError(
            .refused, "the client refused \(question.method): \(cause?.message ?? error.text)", cause: cause)
        }
        guard let result = answer["result"]?.object else {
          throw QuestionError(.malformedAnswer, "the answer to \(question.method) must be an object")
        }
        return result
      }
    } catch {
      await desk.withdraw(asked.keys, of: id)
      throw error
    }
  }
}

/// Where what a task's handler says goes: to whoever waits for its result, else the way its call came. What it says of its
/// progress becomes the task's status message.
///
/// Spec: 2025-11-25, basic/utilities/tasks, "Progress" and "Related Task Metadata"; the extension has neither progress nor
/// log notifications of tasks.
struct TaskSink: NotificationSink {
  let desk: TaskDesk
  let id: String
  let call: RequestContext

  func send(_ notification: Message.Notification) async {
    if notification.method == .progress {
      if let message = notification.params["message"]?.string { await desk.report(message, of: id) }
      guard call.meta[MetaKey.progressToken] != nil else { return }
    }
    guard call.revision.hasCoreTasks else { return }
    var notification = notification
    var meta = notification.params["_meta"]?.object ?? [:]
    meta[MetaKey.relatedTask] = ["taskId": .string(id)]
    notification.params["_meta"] = .object(meta)
    await (desk.listener(of: id) ?? call).tell(notification)
  }
}
