// SPDX-License-Identifier: Apache-2.0
import MCPServeKit

/// Looks at what servers keep in Redis, from outside, without being one of them: nothing it reads lives longer for that, and
/// it never asks for all keys at once.
package struct StoreInspector: Sendable {
  package let client: RedisClient
  package let layout: StoreLayout
  /// How many commands are sent before their answers are awaited.
  private static let portion = 1_000

  /// Connects when it is first needed.
  package init(_ configuration: RedisConfiguration, prefix: String = "mcp") throws(RedisError) {
    var configuration = configuration
    configuration.isBystander = true
    client = try RedisClient(configuration)
    if case .cluster = configuration.topology {
      layout = StoreLayout(prefix: prefix, isTagged: true)
    } else {
      layout = StoreLayout(prefix: prefix, isTagged: false)
    }
  }

  /// Ends the connections.
  package func close() { client.close() }

  /// Where the store is, without what is secret.
  package var place: String { client.configuration.place }

  /// Asks many things, in portions; an answer for each, which is `.error` where there is none.
  package func ask(_ commands: [RedisCommand]) async throws(RedisError) -> [RedisValue] {
    var answers: [RedisValue] = []
    answers.reserveCapacity(commands.count)
    for start in stride(from: 0, to: commands.count, by: Self.portion) {
      let part = Array(commands[start..<min(start + Self.portion, commands.count)])
      if client.map == nil { answers += try await client.send(part) } else { answers += try await askEach(part) }
    }
    return answers
  }

  /// In a cluster the keys are on several servers.
  private func askEach(_ commands: [RedisCommand]) async throws(RedisError) -> [RedisValue] {
    do {
      return try await withThrowingTaskGroup(of: (Int, RedisValue).self) { [client] group in
        for (place, command) in commands.enumerated() {
          group.addTask { (place, try await client.send([command]).first ?? .null) }
        }
        var answers = [RedisValue](repeating: .null, count: commands.count)
        for try await (place, answer) in group { answers[place] = answer }
        return answers
      }
    } catch let error as RedisError {
      throw error
    } catch {
      throw RedisError(.cancelled, "cancelled")
    }
  }

  /// The time of Redis, in milliseconds.
  package func now() async throws(RedisError) -> Int {
    let answer = try await client.send(RedisCommand("TIME")).array
    guard let answer, answer.count == 2, let seconds = answer[0].int, let microseconds = answer[1].int else {
      throw RedisError(.malformed, "the answer of Redis to TIME is none")
    }
    return seconds * 1000 + microseconds / 1000
  }

  /// What the server says of itself, such as `redis_version`.
  package func info(_ section: String = "default") async throws(RedisError) -> [String: String] {
    let text = try await client.send(RedisCommand("INFO", .text(section))).string ?? ""
    var facts: [String: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) {
      guard let colon = line.firstIndex(of: ":") else { continue }
      facts[String(line[..<colon])] = String(line[line.index(after: colon)...])
    }
    return facts
  }

  /// Whether the server can be told not to count reading as use (`OBJECT IDLETIME`): from Redis 7.2 on.
  package func leavesNoTrace() async throws(RedisError) -> Bool {
    do throws(RedisError) {
      return try await client.send(RedisCommand("CLIENT NO-TOUCH", "ON").repeatable).string == "OK"
    } catch {
      guard error.code == .server || error.code == .denied else { throw error }
      return false
    }
  }
}

// MARK: - Ending a session

extension StoreInspector {
  /// What became of it.
  package enum Ending: Sendable { case ended, unknown, foreign }

  /// Ends a session everywhere: a grave takes the place of its record, what waits for its client goes, and all nodes are told.
  package func end(_ id: String) async throws -> Ending {
    var options = RedisSessionStore.Options()
    options.prefix = layout.prefix
    let store = RedisSessionStore(client, options)
    guard try await store.remove(Session.ID(rawValue: id)) else {
      let answer = try await ask([RedisCommand("HMGET", .key(layout.session(id)), "state", "sessionId", "lastActive")])
      guard case .array(let values)? = answer.first else { return .foreign }
      return values[0].isNull && !(values[1].isNull && values[2].isNull) ? .foreign : .unknown
    }
    _ = try await ask(
      [layout.events(id), layout.streams(id), layout.listener(id)].map { RedisCommand("DEL", .key($0)).repeatable })
    _ = try await client.send(
      RedisCommand("PUBLISH", .text(layout.bus), .text(BusCue.sessionEnded(id))).repeatable)
    return .ended
  }
}
