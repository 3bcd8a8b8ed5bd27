// SPDX-License-Identifier: Apache-2.0
import EventIO

/// Commands on their way, in one piece, and who waits for their answers.
final class Call: Sendable {
  typealias Outcome = Result<[RedisValue], RedisError>

  let commands: [RedisCommand]
  let encoded: [UInt8]
  let deadline: ContinuousClock.Instant
  let time: Duration
  /// Whether all of it may be sent twice.
  let isRepeatable: Bool
  let outcome = Promise<Outcome>()

  init(_ commands: [RedisCommand], deadline: ContinuousClock.Instant, time: Duration) {
    self.commands = commands
    self.deadline = deadline
    self.time = time
    var encoded: [UInt8] = []
    for command in commands { encoded += command.encoded }
    self.encoded = encoded
    isRepeatable = commands.allSatisfy(\.isRepeatable)
  }

  /// What it is called in errors.
  var name: String {
    guard let first = commands.first else { return "nothing" }
    return commands.count == 1 ? first.name : "\(first.name) and \(commands.count - 1) more"
  }

  func fail(_ error: RedisError) { outcome.keep(.failure(error)) }
}
