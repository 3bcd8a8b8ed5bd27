// SPDX-License-Identifier: Apache-2.0

/// What a connection says first.
struct Login: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
  var user: String?
  var password: String?
  var database = 0
  /// What the connection is called in `CLIENT LIST`.
  var name: String?
  /// Whether the server has to be one that takes writes.
  var mustBeMaster = false
  /// Whether reading should not count as use, where the server knows how.
  var isBystander = false

  /// What is printed by mistake holds no password.
  var description: String { user ?? "the default user" }
  var customMirror: Mirror { Mirror(self, children: ["user": description]) }
}

extension Login {
  /// A command and what its answer has to be: an error when it is not.
  struct Step {
    let command: RedisCommand
    let check: (RedisValue, _ place: String) -> RedisError?
  }

  /// What to send, in order.
  var steps: [Step] {
    var steps: [Step] = []
    if let password {
      let command = RedisCommand("AUTH", (user.map { [.text($0)] } ?? []) + [.text(password)])
      steps.append(Step(command: command, check: { Self.refusal($0, of: command, at: $1) }))
    }
    if database != 0 {
      let command = RedisCommand("SELECT", .int(database))
      steps.append(Step(command: command, check: { Self.refusal($0, of: command, at: $1) }))
    }
    if let name {
      // A server that knows no names, or forbids them, does without.
      steps.append(Step(command: RedisCommand("CLIENT SETNAME", .text(name)), check: { _, _ in nil }))
    }
    if isBystander { steps.append(Step(command: RedisCommand("CLIENT NO-TOUCH", "ON"), check: { _, _ in nil })) }
    steps.append(Step(command: RedisCommand("PING"), check: Self.notReady))
    if mustBeMaster { steps.append(Step(command: RedisCommand("ROLE"), check: Self.notMaster)) }
    return steps
  }

  private static func refusal(_ value: RedisValue, of command: RedisCommand, at place: String) -> RedisError? {
    guard case .error(let text) = value else { return nil }
    return .server(text, to: command, at: place)
  }

  /// A server that cannot answer commands yet; whether `PING` is permitted does not matter.
  private static func notReady(_ value: RedisValue, at place: String) -> RedisError? {
    guard case .error(let text) = value, !text.hasPrefix("NOPERM") else { return nil }
    let error = RedisError.server(text, to: RedisCommand("PING"), at: place)
    guard error.code != .denied else { return error }
    return RedisError(.unreachable, error.message, serverCode: error.serverCode)
  }

  private static func notMaster(_ value: RedisValue, at place: String) -> RedisError? {
    if value.array?.first?.string == "master" { return nil }
    if case .error(let text) = value, text.hasPrefix("NOPERM") { return nil }
    return RedisError(.unreachable, "Redis at \(place) takes no writes: it is not the master, or no longer")
  }
}
