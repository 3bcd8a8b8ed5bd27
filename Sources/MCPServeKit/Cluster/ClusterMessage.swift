// SPDX-License-Identifier: Apache-2.0
package import JSONKit
package import MCPCore

/// What servers that answer for each other tell one another.
package enum ClusterMessage: Sendable {
  /// The record of a session is another.
  case changed(Session.ID)
  /// A session is over.
  case ended(Session.ID)
  /// Features came or went, or a resource changed.
  case announced(Announcement)
  /// There is something to send on a stream.
  case rung(Session.ID, stream: String)
  /// Another server sends a stream from now on.
  case takenOver(Session.ID, stream: String)
  /// The client has answered a question.
  case answered(Session.ID, JSON)
  /// The client does not need an answer any more.
  case cancelled(Session.ID, RequestID, reason: String?)
  /// A message for a session of HTTP+SSE, whose stream is here, from a caller that was let in.
  case posted(Session.ID, JSON, Caller?)
  /// What others said may have been missed.
  case missed
  /// Sessions cannot be looked up any more, and not for a moment only.
  case storeIsLost

  /// Who sent a message, as the server that got it found out.
  package struct Caller: Sendable {
    package let name: String
    package let scopes: [String]

    package init(name: String, scopes: [String]) { (self.name, self.scopes) = (name, scopes) }
  }
}

extension Announcement {
  /// Whether every server hears of it, so that the one says it to a client that has its stream.
  var isHeardByAll: Bool {
    switch self {
    case .listChanged, .resourceUpdated: true
    case .log, .task: false
    }
  }
}

// MARK: - As a text

extension ClusterMessage {
  /// Nil for what is never sent.
  package var json: JSONObject? {
    func about(_ session: Session.ID, _ kind: String, _ more: JSONObject = [:]) -> JSONObject {
      var json: JSONObject = ["kind": .string(kind), "session": .string(session.rawValue)]
      for member in more.members { json[member.name] = member.value }
      return json
    }
    switch self {
    case .changed(let session): return about(session, "changed")
    case .ended(let session): return about(session, "ended")
    case .announced(.listChanged(let kind)): return ["kind": "list_changed", "list": .string(kind.rawValue)]
    case .announced(.resourceUpdated(let uri)): return ["kind": "resource_updated", "uri": .string(uri)]
    // Whoever hears it looks the task up.
    case .announced(.task(let task)): return ["kind": "task_changed", "task": .string(task.id)]
    // What is logged belongs to one server.
    case .announced(.log), .missed, .storeIsLost: return nil
    case .rung(let session, let stream): return about(session, "rung", ["stream": .string(stream)])
    case .takenOver(let session, let stream): return about(session, "taken_over", ["stream": .string(stream)])
    case .answered(let session, let response): return about(session, "answered", ["response": response])
    case .cancelled(let session, let id, let reason):
      return about(session, "cancelled", ["id": id.json, "reason": reason.map { .string($0) } ?? .null])
    case .posted(let session, let message, let caller):
      let who: JSON =
        caller.map { ["name": .string($0.name), "scopes": .array($0.scopes.map { .string($0) })] } ?? .null
      return about(session, "posted", ["message": message, "caller": who])
    }
  }

  /// Nil when a newer server says something this one does not know.
  package init?(_ json: JSON) {
    let session = Session.ID(rawValue: json["session"]?.string ?? "")
    switch json["kind"]?.string {
    case "changed": self = .changed(session)
    case "ended": self = .ended(session)
    case "list_changed":
      guard let kind = json["list"]?.string.flatMap(FeatureKind.init(rawValue:)) else { return nil }
      self = .announced(.listChanged(kind))
    case "resource_updated":
      guard let uri = json["uri"]?.string else { return nil }
      self = .announced(.resourceUpdated(uri))
    case "rung", "taken_over":
      guard let stream = json["stream"]?.string else { return nil }
      self = json["kind"] == "rung" ? .rung(session, stream: stream) : .takenOver(session, stream: stream)
    case "answered":
      guard let response = json["response"] else { return nil }
      self = .answered(session, response)
    case "cancelled":
      guard let id = json["id"].flatMap(RequestID.init(json:)) else { return nil }
      self = .cancelled(session, id, reason: json["reason"]?.string)
    case "posted":
      guard let message = json["message"] else { return nil }
      let caller = json["caller"]?["name"]?.string.map {
        Caller(name: $0, scopes: json["caller"]?["scopes"]?.array?.compactMap(\.string) ?? [])
      }
      self = .posted(session, message, caller)
    default: return nil
    }
  }
}
