// SPDX-License-Identifier: Apache-2.0
import JSONKit

/// How a revision spells tasks.
extension Dialect {
  /// The result that says that a call goes on as a task.
  func created(_ task: TaskState, from server: JSON) -> Result<JSONObject, RPCError> {
    if revision.hasCoreTasks { return .success(["task": .object(task.json(in: revision))]) }
    guard revision.hasTasksExtension else {
      return .failure(RPCError(.internalError, "the answer is a task, which revision \(revision) does not know"))
    }
    var result: JSONObject = ["resultType": "task"]
    result.members += task.json(in: revision).members
    result["_meta"] = .object([MetaKey.serverInfo: server])
    return .success(result)
  }

  /// The capability of a server that has tasks: since 2026-07-28 it is an extension.
  func tasksCapability(from extensions: JSON?) -> JSON? {
    guard revision.hasCoreTasks, extensions?[TasksExtension.name] != nil else { return nil }
    return ["list": [:], "cancel": [:], "requests": ["tools": ["call": [:]]]]
  }
}
