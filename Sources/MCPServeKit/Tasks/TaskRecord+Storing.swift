// SPDX-License-Identifier: Apache-2.0
package import JSONKit
import MCPCore

/// A task as a text, for stores that are no memory.
extension TaskRecord {
  /// All there is to know of it.
  package var stored: JSON {
    var json: JSONObject = [
      "id": .string(id), "revision": .string(revision.rawValue), "created": .number(JSONNumber(created)),
      "lifetime": .number(JSONNumber(lifetime)), "pollInterval": .number(JSONNumber(pollInterval)),
      "status": .string(status.rawValue), "updated": .number(JSONNumber(updated)), "asked": .number(JSONNumber(asked)),
      "version": .number(JSONNumber(version)),
    ]
    json["principal"] = owner.principal.map { .string($0) }
    json["session"] = owner.session.map { .string($0) }
    json["message"] = statusMessage.map { .string($0) }
    switch outcome {
    case .result(let result)?: json["result"] = .object(result)
    case .error(let error)?: json["error"] = error.json
    case nil: break
    }
    if !questions.isEmpty { json["questions"] = .array(questions.map(\.stored)) }
    if !answers.isEmpty { json["answers"] = .object(answers) }
    return .object(json)
  }

  /// Reads what `stored` says; nil when another program wrote it.
  package init?(stored json: JSON) {
    guard let id = json["id"]?.string, let revision = json["revision"]?.string.flatMap(Revision.init(rawValue:)),
      let created = json["created"]?.int, let lifetime = json["lifetime"]?.int,
      let pollInterval = json["pollInterval"]?.int, let updated = json["updated"]?.int, let asked = json["asked"]?.int,
      let status = json["status"]?.string.flatMap(TaskState.Status.init(rawValue:)), let version = json["version"]?.int
    else { return nil }
    let owner = TaskOwner(principal: json["principal"]?.string, session: json["session"]?.string)
    self.init(
      id: id, owner: owner, revision: revision, created: created, lifetime: lifetime, pollInterval: pollInterval)
    (self.status, self.updated, self.asked, self.version) = (status, updated, asked, version)
    statusMessage = json["message"]?.string
    if let result = json["result"]?.object { outcome = .result(result) }
    if let error = json["error"].flatMap({ try? RPCError(json: $0) }) { outcome = .error(error) }
    questions = (json["questions"]?.array ?? []).compactMap(Question.init)
    answers = json["answers"]?.object ?? [:]
  }
}

extension TaskRecord.Question {
  fileprivate var stored: JSON {
    [
      "key": .string(key), "method": .string(method.rawValue), "params": .object(params),
      "isSent": .bool(isSent),
    ]
  }

  fileprivate init?(_ json: JSON) {
    guard let key = json["key"]?.string, let method = json["method"]?.string, let params = json["params"]?.object else {
      return nil
    }
    self.init(key: key, method: Method(rawValue: method), params: params, isSent: json["isSent"] == true)
  }
}
