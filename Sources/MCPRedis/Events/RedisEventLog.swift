// SPDX-License-Identifier: Apache-2.0
import JSONKit
package import MCPCore
package import MCPServeKit

/// Keeps events in Redis, so that a client may come back to any server.
///
/// A session has one stream in Redis with the events of all its streams, and a hash that knows what is open, who sends it and what was
/// forgotten. What is too old, or too much for one session, is forgotten as it is noticed.
package final class RedisEventLog: EventLog {
  /// For how long a server is believed to send a general stream without saying so.
  private static let claimTime = Duration.seconds(30)

  private let client: RedisClient
  private let keys: ClusterKeys
  private let limits: @Sendable () -> ServeLimits
  /// This server among the others; nil where there are none.
  private let node: RedisNode?
  private let shift: @Sendable () -> Duration
  /// Tells the connections of this process from those of an earlier one of its name.
  private let connection = String(UInt32.random(in: .min ... .max), radix: 36)

  /// - Parameters:
  ///   - limits: how much is kept of each session, and for how long. What all sessions together keep is for Redis to limit.
  ///   - shift: added to the time of Redis, so that a test need not wait.
  package init(
    _ client: RedisClient, prefix: String, limits: @escaping @Sendable () -> ServeLimits, node: RedisNode? = nil,
    shift: @escaping @Sendable () -> Duration = { .zero }
  ) {
    self.client = client
    self.limits = limits
    self.node = node
    self.shift = shift
    keys = ClusterKeys(prefix: prefix, client)
  }

  private func run(
    _ script: RedisScript, _ stream: String, _ session: Session.ID, _ more: [RedisArgument] = []
  ) async throws -> RedisValue {
    let limits = limits()
    return try await client.run(
      script, keys: [keys.events(session), keys.streams(session), keys.listener(session)],
      [
        .int(shift().milliseconds), .int(limits.loggedTime.milliseconds),
        .int(limits.sessionLifetime.milliseconds), .text(stream),
      ] + more)
  }

  package func open(_ stream: String, of session: Session.ID) async throws {
    _ = try await run(EventScripts.open, stream, session, ["", "[]"])
  }

  package func append(_ message: [UInt8], to stream: String, of session: Session.ID) async throws -> EventID {
    try await append(message, stream, session, holder: node?.node ?? "")
  }

  package func relay(_ message: [UInt8], of session: Session.ID) async throws {
    do {
      _ = try await append(message, EventID.generalStream, session, holder: "*")
    } catch is EventRefusal {}
  }

  /// - Parameter holder: the server that has to send the general stream; `*` for any, and nothing for none in particular.
  private func append(
    _ message: [UInt8], _ stream: String, _ session: Session.ID, holder: String
  ) async throws -> EventID {
    let limits = limits()
    let answer = try await run(
      EventScripts.append, stream, session,
      [.bytes(message), .text(holder), .int(limits.loggedEvents), .int(limits.loggedBytes)])
    guard let parts = answer.strings, parts.count == 2 else { throw malformed("what was kept") }
    switch parts[0] {
    case "held": throw EventRefusal(parts[1].isEmpty ? "nobody sends the stream" : "\(parts[1]) sends the stream")
    case "lost": throw EventRefusal("the request was ended because this server was taken for dead")
    default: break
    }
    if let node, parts[1] != node.node || holder == "*" { await node.ring(parts[1], session, stream) }
    return EventID(stream: stream, position: parts[0])
  }

  package func close(_ stream: String, of session: Session.ID) async throws {
    let answer = try await run(EventScripts.close, stream, session)
    guard let node, let parts = answer.strings, parts.count == 2 else { return }
    if parts[0] != node.node { await node.ring(parts[0], session, stream) }
    let requests = (try? JSON(parsing: Array(parts[1].utf8)))?.array?.compactMap(RequestID.init(json:)) ?? []
    for request in requests {
      _ = try await client.send(RedisCommand("DEL", .key(keys.request(request, session))).repeatable)
    }
  }

  package func events(
    after position: String, on stream: String, of session: Session.ID, limit: Int
  ) async throws -> LoggedEvents? {
    // A position that is none stands for one that was never told.
    let start = position == EventID.start ? "0-0" : RedisStreamID(position)?.description ?? "\(UInt64.max >> 12)-0"
    let answer = try await run(EventScripts.read, stream, session, [.text(start), .int(limit)])
    if answer.isNull { return nil }
    guard let parts = answer.array, parts.count == 4, let last = parts[2].string, let found = parts[3].array else {
      throw malformed("what was said")
    }
    var events: [(id: EventID, message: [UInt8])] = []
    for place in stride(from: 0, to: found.count - 1, by: 2) {
      guard let id = found[place].string, let message = found[place + 1].bytes else { throw malformed("what was said") }
      events.append((EventID(stream: stream, position: id), message))
    }
    return LoggedEvents(
      events: events, position: last == "0-0" ? EventID.start : last, isComplete: parts[0].int == 1,
      isClosed: parts[1].int == 1)
  }

  package func newest(on stream: String, of session: Session.ID) async throws -> String {
    guard let position = try await run(EventScripts.newest, stream, session).string else {
      throw malformed("the newest event")
    }
    return position
  }

  package func forget(_ session: Session.ID) async throws {
    _ = try await client.send(
      [keys.events(session), keys.streams(session), keys.listener(session)].map {
        RedisCommand("DEL", .key($0)).repeatable
      })
  }

  private func malformed(_ what: String) -> RedisError {
    RedisError(.malformed, "Redis did not tell \(what) as it should: did another program write the keys?")
  }
}

// MARK: - Among others

extension RedisEventLog {
  package var isShared: Bool { node != nil }
  package var isCutOff: Bool { node?.hasLapsed ?? false }

  package func begin(_ stream: String, answering requests: [RequestID], of session: Session.ID) async throws {
    guard let node else { return try await open(stream, of: session) }
    let now = try await client.time()
    for request in requests {
      let key = keys.request(request, session)
      _ = try await client.send([
        RedisCommand(
          "HSET", .key(key), "node", .text(node.node), "bootId", .text(node.bootID), "stream", .text(stream),
          "startedAt",
          .int(now), "done", "0", "id", .text(request.json.text)
        ).repeatable,
        RedisCommand("PEXPIRE", .key(key), .int((node.options.longestRequest + .seconds(60)).milliseconds)).repeatable,
      ])
    }
    _ = try await run(
      EventScripts.open, stream, session, [.text(node.node), .text(JSON.array(requests.map(\.json)).text)])
  }

  package func claim(_ stream: String, of session: Session.ID) async throws -> StreamClaim {
    let (former, wasHeard) = try await claim(stream, session, isExpected: false)
    guard let node, stream == EventID.generalStream else { return StreamClaim(isFirst: false, mayHaveGap: false) }
    // Whether a server that sent it until now is alive is not known: what it may have missed is made up for.
    return StreamClaim(isFirst: !wasHeard, mayHaveGap: wasHeard && former != node.node)
  }

  package func expect(_ session: Session.ID) async throws {
    guard node != nil else { return }
    _ = try await claim(EventID.generalStream, session, isExpected: true)
  }

  private func claim(
    _ stream: String, _ session: Session.ID, isExpected: Bool
  ) async throws -> (former: String, wasHeard: Bool) {
    let name = node?.node ?? ""
    let answer = try await run(
      EventScripts.claim, stream, session,
      [.text(name), .text(connection), .int(Self.claimTime.milliseconds), .text(isExpected ? "1" : "0")])
    guard let parts = answer.array, parts.count == 2, let former = parts[0].string else {
      throw malformed("who sends the stream")
    }
    if !isExpected, let node, !former.isEmpty, former != name {
      _ = try await node.send(.takenOver(session, stream: stream), to: former)
    }
    return (former, parts[1].int == 1)
  }

  package func keepClaims(_ sessions: [Session.ID]) async throws -> [Session.ID] {
    guard let node else { return [] }
    var lost: [Session.ID] = []
    for session in sessions {
      let isHeld = try await run(
        EventScripts.hold, EventID.generalStream, session,
        [.text(node.node), .text(connection), .int(Self.claimTime.milliseconds)])
      if isHeld.int == 0 { lost.append(session) }
    }
    return lost
  }
}
