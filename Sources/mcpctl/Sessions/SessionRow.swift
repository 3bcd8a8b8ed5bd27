// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit
import MCPRedis

/// A session as operators see it at a moment.
struct SessionRow: Sendable {
  let record: SessionRecord
  /// The moment, by the clock of Redis, in milliseconds.
  let now: Int
  /// What waits for its client; nil when that was not asked.
  var queued: Int?
  /// Whether its node has been heard of lately; nil where nodes are not kept in Redis.
  var isNodeAlive: Bool?

  init(_ record: SessionRecord, now: Int) { (self.record, self.now) = (record, now) }

  /// In milliseconds.
  var age: Int? { record.createdAt.map { max(0, now - $0) } }
  var idle: Int? { record.lastActive.map { max(0, now - $0) } }
  var ttl: Int? { record.end.map { max(0, $0 - now) } }

  /// Name and version of the client program.
  var client: String {
    [record.clientName, record.clientVersion].compactMap(\.self).joined(separator: "/")
  }

  /// Who opened it, as far as anybody may see.
  func user(isShown: Bool) -> String {
    guard let principal = record.principal else { return "" }
    return isShown ? principal : masked(principal)
  }

  /// As `-o json` has it; times in seconds.
  func json(showsIdentity: Bool) -> JSON {
    var object: JSONObject = ["id": .string(record.id)]
    object["node"] = record.node.map(JSON.string)
    object["nodeAlive"] = isNodeAlive.map(JSON.bool)
    if let name = record.clientName {
      var client: JSONObject = ["name": .string(name)]
      client["version"] = record.clientVersion.map(JSON.string)
      object["client"] = .object(client)
    }
    object["era"] = "legacy"
    object["protocolVersion"] = record.revision.map(JSON.string)
    if record.principal != nil { object["user"] = .string(user(isShown: showsIdentity)) }
    object["state"] = record.state.map(JSON.string)
    object["transport"] = record.transport.map(JSON.string)
    object["service"] = record.service.map(JSON.string)
    object["createdAt"] = record.createdAt.map { .number(JSONNumber($0)) }
    object["lastActive"] = record.lastActive.map { .number(JSONNumber($0)) }
    object["age"] = age.map { .number(JSONNumber($0 / 1000)) }
    object["idle"] = idle.map { .number(JSONNumber($0 / 1000)) }
    object["ttl"] = ttl.map { .number(JSONNumber($0 / 1000)) }
    object["subscriptions"] = .number(JSONNumber(record.subscriptions.count))
    object["queued"] = queued.map { .number(JSONNumber($0)) }
    return .object(object)
  }

  static let columns: [Table.Column] = [
    .init(heading: "ID"), .init(heading: "NODE"), .init(heading: "CLIENT"), .init(heading: "ERA"),
    .init(heading: "USER"),
    .init(heading: "AGE"), .init(heading: "IDLE"), .init(heading: "SUBS"), .init(heading: "TTL"),
    .init(heading: "STATE", isWide: true), .init(heading: "TRANSPORT", isWide: true),
    .init(heading: "SERVICE", isWide: true),
    .init(heading: "QUEUED", isWide: true),
  ]

  /// One row of a table. A node that is not heard of any more is marked.
  func cells(showsIdentity: Bool) -> [String] {
    [
      record.id, (record.node ?? "") + (isNodeAlive == false ? "†" : ""), client, record.revision ?? "?",
      user(isShown: showsIdentity), age.spoken, idle.spoken, String(record.subscriptions.count), ttl.spoken,
      record.state ?? "?", record.transport ?? "", record.service ?? "", queued.map(String.init) ?? "",
    ]
  }
}

/// Enough of a name to tell it from others, too little to know it.
func masked(_ identity: String) -> String {
  identity.count > 4 ? identity.prefix(3) + "…" : "…"
}

extension Int? {
  /// Milliseconds as people read them; `?` when they are not known.
  var spoken: String { map(spokenTime) ?? "?" }
}

/// Milliseconds in the one unit that matters.
func spokenTime(_ milliseconds: Int) -> String {
  let seconds = milliseconds / 1000
  switch seconds {
  case ..<120: return "\(seconds)s"
  case ..<7_200: return "\(seconds / 60)m"
  case ..<172_800: return "\(seconds / 3600)h"
  default: return "\(seconds / 86_400)d"
  }
}
