// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// How a task is: work a server does after it has answered the request that asked for it (schema: `Task`).
///
/// Experimental in 2025-11-25, an extension since 2026-07-28; the two spell times differently.
public struct TaskState: Sendable, Hashable {
  /// How far the work has come.
  public enum Status: String, Sendable, Hashable, CaseIterable {
    /// It is under way.
    case working
    /// It waits for an answer of the client's.
    case inputRequired = "input_required"
    /// There is a result.
    case completed
    /// There is an error.
    case failed
    /// It was ended early.
    case cancelled

    /// Whether nothing changes any more.
    public var isFinal: Bool { self == .completed || self == .failed || self == .cancelled }
  }

  /// Names the task. Whoever knows it may act on the task where the server knows no users.
  public var id: String
  /// How far the work has come.
  public var status: Status
  /// The status in words, for people.
  public var message: String?
  /// When the task was made (ISO 8601).
  public var createdAt: String
  /// When its status changed last (ISO 8601).
  public var lastUpdatedAt: String
  /// How long after `createdAt` the server remembers it; nil for ever.
  public var lifetime: Duration?
  /// How long to wait between two looks; nil leaves that to the client.
  public var pollInterval: Duration?

  /// How long to wait between two looks: what the server suggests, within reason, else a second.
  public var lookInterval: Duration { min(max(pollInterval ?? .seconds(1), .milliseconds(10)), .seconds(60)) }

  /// Makes a state.
  public init(
    id: String, status: Status, message: String? = nil, createdAt: String, lastUpdatedAt: String,
    lifetime: Duration? = nil, pollInterval: Duration? = nil
  ) {
    self.id = id
    self.status = status
    self.message = message
    self.createdAt = createdAt
    self.lastUpdatedAt = lastUpdatedAt
    self.lifetime = lifetime
    self.pollInterval = pollInterval
  }

  /// Reads a state in either spelling.
  public init(json: JSONObject) throws(InvalidShape) {
    guard let status = Status(rawValue: try json.string("status")) else {
      throw InvalidShape("status must be working, input_required, completed, failed or cancelled")
    }
    self.init(
      id: try json.string("taskId"), status: status, message: json["statusMessage"]?.string,
      createdAt: json["createdAt"]?.string ?? "", lastUpdatedAt: json["lastUpdatedAt"]?.string ?? "",
      lifetime: Self.duration(json["ttlMs"] ?? json["ttl"]),
      pollInterval: Self.duration(json["pollIntervalMs"] ?? json["pollInterval"]))
  }

  /// The state as `revision` spells it.
  public func json(in revision: Revision) -> JSONObject {
    let isModern = revision.era == .modern
    var json: JSONObject = ["taskId": .string(id), "status": .string(status.rawValue)]
    json.set("statusMessage", message)
    json["createdAt"] = .string(createdAt)
    json["lastUpdatedAt"] = .string(lastUpdatedAt)
    json[isModern ? "ttlMs" : "ttl"] = lifetime.map(Self.milliseconds) ?? .null
    if let pollInterval { json[isModern ? "pollIntervalMs" : "pollInterval"] = Self.milliseconds(pollInterval) }
    return json
  }

  /// A day is as good as for ever; more could overflow.
  private static func duration(_ json: JSON?) -> Duration? {
    json?.int.map { .milliseconds(min(max($0, 0), 86_400_000)) }
  }

  private static func milliseconds(_ duration: Duration) -> JSON {
    let (seconds, attoseconds) = duration.components
    return .number(JSONNumber(seconds * 1000 + attoseconds / 1_000_000_000_000_000))
  }
}

/// Names of the Tasks extension of 2026-07-28.
public enum TasksExtension {
  /// What both sides declare in `capabilities.extensions`.
  public static let name = "io.modelcontextprotocol/tasks"
}
