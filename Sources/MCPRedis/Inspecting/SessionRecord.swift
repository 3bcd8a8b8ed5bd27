// SPDX-License-Identifier: Apache-2.0
import JSONKit

/// The record of a session as it is in Redis. What another program wrote under these names may lack much of it. Times are
/// those of Redis in milliseconds.
package struct SessionRecord: Sendable {
  package let id: String
  /// The node that opened it, or owns it.
  package let node: String?
  package let clientName: String?
  package let clientVersion: String?
  /// The revision of the protocol.
  package let revision: String?
  /// Who opened it: shown to nobody unasked.
  package let principal: String?
  package let state: String?
  package let transport: String?
  package let service: String?
  package let createdAt: Int?
  package let lastActive: Int?
  /// When it is over, however much it is used.
  package let expiresAt: Int?
  /// How long it lives without being used.
  package let lifetime: Int?
  /// The URIs it wants to hear of.
  package let subscriptions: [String]

  package init(
    id: String, node: String?, clientName: String?, clientVersion: String?, revision: String?, principal: String?,
    state: String?, transport: String?, service: String?, createdAt: Int?, lastActive: Int?, expiresAt: Int?,
    lifetime: Int?, subscriptions: [String]
  ) {
    (self.id, self.node, self.clientName, self.clientVersion) = (id, node, clientName, clientVersion)
    (self.revision, self.principal, self.state, self.transport) = (revision, principal, state, transport)
    (self.service, self.createdAt, self.lastActive, self.expiresAt) = (service, createdAt, lastActive, expiresAt)
    (self.lifetime, self.subscriptions) = (lifetime, subscriptions)
  }

  /// When it is over if it is used no more.
  package var end: Int? {
    guard let lastActive, let lifetime else { return expiresAt }
    return min(lastActive + lifetime, expiresAt ?? .max)
  }
}

/// Reads records. Clients that said the same are read once.
package struct SessionRecordReader: Sendable {
  /// What is asked for of each record, and in which order.
  package static let fields = [
    "sessionId", "instanceId", "owner", "protocolVersion", "initParams", "principal", "state", "transportType",
    "serviceName", "createdAt", "lastActive", "expiresAt", "lifetime", "subs",
  ]
  private static let limit = 1_000
  private var clients: [[UInt8]: (name: String?, version: String?)] = [:]

  package init() {}

  /// What is under a session's name.
  package enum Found: Sendable {
    case session(SessionRecord)
    /// It was ended a moment ago.
    case grave
    case nothing
    /// Something that is no record.
    case foreign(String)
  }

  /// What to ask for a record.
  package static func command(_ key: String) -> RedisCommand {
    RedisCommand("HMGET", [.key(key)] + fields.map { .text($0) })
  }

  /// Reads the answer.
  package mutating func read(_ answer: RedisValue, id: String) -> Found {
    guard case .array(let values) = answer, values.count == Self.fields.count else {
      if case .error(let text) = answer { return .foreign(text) }
      return .nothing
    }
    if values.allSatisfy(\.isNull) { return .nothing }
    let state = values[6].string
    if state == "terminated" { return .grave }
    let client = client(values[4].bytes)
    return .session(
      SessionRecord(
        id: id, node: values[2].string ?? values[1].string, clientName: client.name, clientVersion: client.version,
        revision: values[3].string, principal: values[5].string, state: state, transport: values[7].string,
        service: values[8].string, createdAt: values[9].int, lastActive: values[10].int, expiresAt: values[11].int,
        lifetime: values[12].int, subscriptions: Self.list(values[13].bytes)))
  }

  private mutating func client(_ params: [UInt8]?) -> (name: String?, version: String?) {
    guard let params else { return (nil, nil) }
    if let known = clients[params] { return known }
    let info = (try? JSONObject(parsing: params))?["clientInfo"]
    let client = (name: info?["name"]?.string, version: info?["version"]?.string)
    if clients.count < Self.limit { clients[params] = client }
    return client
  }

  private static func list(_ bytes: [UInt8]?) -> [String] {
    // Most have none, and need no parser.
    guard let bytes, bytes.count > 2 else { return [] }
    return ((try? JSON(parsing: bytes))?.array ?? []).compactMap(\.string)
  }
}
