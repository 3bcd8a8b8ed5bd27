// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit
import MCPCore

extension Presentation {
  /// A list of tasks.
  init(tasks result: JSONObject) {
    let tasks = result["tasks"]?.array ?? []
    self.init(
      list: result, items: tasks,
      table: Table(
        columns: [
          .init(heading: "ID"), .init(heading: "STATUS"), .init(heading: "CREATED"),
          .init(heading: "CHANGED", isWide: true), .init(heading: "KEPT", isWide: true), .init(heading: "MESSAGE"),
        ],
        rows: tasks.map {
          [
            $0.word("taskId"), $0.word("status"), $0.word("createdAt"), $0.word("lastUpdatedAt"), $0.lifetimeOfTask,
            $0.word("statusMessage"),
          ]
        }),
      empty: "no tasks")
  }

  /// One task as a page.
  init(task json: JSONObject) {
    let task = JSON.object(json)
    var rows = [("task", task.word("taskId")), ("status", task.word("status"))]
    rows += [("says", "statusMessage"), ("created", "createdAt"), ("changed", "lastUpdatedAt")].map {
      ($0, task.word($1))
    }
    rows.append(("kept", task.lifetimeOfTask))
    for request in json["inputRequests"]?.object?.members ?? [] {
      let params = request.value["params"]
      let text = params?["message"]?.string ?? params?["url"]?.string ?? ""
      rows.append(("asks", "\(request.name): \(request.value.word("method"))\(text.isEmpty ? "" : ": \(text)")"))
    }
    if let error = json["error"] { rows.append(("error", "\(error.word("code")): \(error.word("message"))")) }
    let shown = rows.filter { !$0.1.isEmpty }.map {
      $0.0.padded(to: 9) + oneLine($0.1) + "\n"
    }
    self.init(.object(json), text: shown.joined(), value: task["status"], names: [task.word("taskId")])
  }

  /// One look at a task as a line.
  init(lookAt json: JSONObject) {
    let task = JSON.object(json)
    let status = task.word("status")
    let words = [
      task.word("lastUpdatedAt"), status.padded(to: 14),
      oneLine(task.word("statusMessage")),
    ].filter { !$0.isEmpty }
    self.init(task: json)
    text = words.joined(separator: "  ").trimmed + "\n"
  }

  /// What says that a call has become a task: its id, for the next command.
  init(begun result: JSONObject) {
    let id = (result["task"] ?? .object(result)).word("taskId")
    self.init(.object(result), text: id, value: .string(id), names: [id])
  }
}

extension JSON {
  /// How long a server keeps a task, in either spelling.
  fileprivate var lifetimeOfTask: String { (self["ttlMs"] ?? self["ttl"])?.int.map(spokenTime) ?? "" }
}
