// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import MCPServeKit
import Observability

/// How a session is written into its record. The names are those that other programs around MCP give these fields.
enum SessionFields {
  /// What never changes.
  static func constant(_ session: Session, instance: String, service: String) -> [RedisArgument] {
    var fields: [RedisArgument] = [
      "sessionId", .text(session.id.rawValue), "instanceId", .text(instance), "serviceName", .text(service),
      "transportType", .text(session.transport), "protocolVersion", .text(session.handshake.revision.rawValue),
      "initParams",
      .text(initParams(session.handshake).text), "version", "0",
    ]
    if let principal = session.principal { fields += ["principal", .text(principal)] }
    return fields
  }

  /// What may.
  static func variable(_ session: Session) -> [RedisArgument] {
    var fields: [RedisArgument] = [
      "state", .text(session.state.rawValue), "active", "true", "ready", session.isReady ? "1" : "0", "lifetime",
      .int(session.lifetime.milliseconds), "subs",
      .text(JSON.array(session.subscriptions.sorted().map { .string($0) }).text),
    ]
    if let level = session.logLevel { fields += ["logLevel", .text(level.name)] }
    return fields
  }

  private static func initParams(_ handshake: Handshake) -> JSON {
    var params: JSONObject = [
      "protocolVersion": .string(handshake.revision.rawValue), "capabilities": .object(handshake.clientCapabilities),
    ]
    if let info = handshake.clientInfo { params["clientInfo"] = .object(info) }
    return .object(params)
  }
}

extension StoredSession {
  /// Reads a record; nil when it is a grave, is over, or was written by another program.
  init?(record: [String: [UInt8]], now: Int) {
    func text(_ name: String) -> String? { record[name].map { String(decoding: $0, as: UTF8.self) } }
    func number(_ name: String) -> Int? { text(name).flatMap { Int($0) } }
    guard let id = text("sessionId"), let state = text("state").flatMap({ SessionState(rawValue: $0) }),
      state != .terminated, let lastActive = number("lastActive"), let lifetime = number("lifetime"),
      let expiresAt = number("expiresAt"), now < min(lastActive + lifetime, expiresAt),
      let createdAt = number("createdAt"), let version = number("version"),
      let revision = text("protocolVersion").flatMap({ Revision(rawValue: $0) }),
      let params = record["initParams"].flatMap({ try? JSONObject(parsing: $0) })
    else { return nil }
    let handshake = Handshake(
      revision: revision, clientInfo: params["clientInfo"]?.object,
      clientCapabilities: params["capabilities"]?.object ?? [:])
    let subscriptions = record["subs"].flatMap { try? JSON(parsing: $0) }?.array ?? []
    var session = Session(
      id: Session.ID(rawValue: id), principal: text("principal"), handshake: handshake, state: state,
      logLevel: text("logLevel").flatMap { Logger.Level(name: $0) },
      subscriptions: Set(subscriptions.compactMap(\.string)),
      isReady: text("ready") == "1", lifetime: .milliseconds(lifetime), opened: .milliseconds(createdAt))
    session.version = version
    session.transport = text("transportType") ?? session.transport
    self.init(session: session, idle: .milliseconds(max(0, now - lastActive)), instance: text("instanceId"))
  }
}

extension Duration {
  /// Whole milliseconds, at least one of what is longer than nothing.
  var milliseconds: Int {
    let (seconds, attoseconds) = components
    let whole =
      Int(clamping: seconds.multipliedReportingOverflow(by: 1000).partialValue)
      + Int(attoseconds / 1_000_000_000_000_000)
    return whole == 0 && self > .zero ? 1 : whole
  }
}
