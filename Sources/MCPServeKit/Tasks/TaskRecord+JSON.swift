// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

extension TaskRecord {
  /// What `tasks/get` says of the task. The extension says what it waits for and how it ended along with it; 2025-11-25 has
  /// `tasks/result` for both.
  func description(in revision: Revision) -> JSONObject {
    var json = info.json(in: revision)
    guard revision.hasTasksExtension else { return json }
    if status == .inputRequired {
      json["inputRequests"] = .object(
        JSONObject(
          questions.map { question in
            .init(
              name: question.key,
              value: ["method": .string(question.method.rawValue), "params": .object(question.params)])
          }))
    }
    switch outcome {
    case .result(var result)?:
      result["resultType"] = "complete"
      json["result"] = .object(result)
    case .error(let error)?: json["error"] = error.json
    case nil: break
    }
    return json
  }

  /// What a peer is told when the task has changed.
  ///
  /// Spec: 2025-11-25, `notifications/tasks/status`; the extension, `notifications/tasks`.
  func notification(in revision: Revision) -> Message.Notification {
    Message.Notification(revision.hasTasksExtension ? .tasksChanged : .tasksStatus, description(in: revision))
  }
}
