// SPDX-License-Identifier: Apache-2.0

/// A Lua script that Redis runs as one step.
package struct RedisScript: Sendable {
  package let source: String
  /// What Redis calls it.
  package let digest: String
  /// Whether running it twice is as good as once.
  package let isRepeatable: Bool

  package init(_ source: String, isRepeatable: Bool = false) {
    self.source = source
    self.isRepeatable = isRepeatable
    digest = sha1(Array(source.utf8))
  }
}

extension RedisClient {
  /// Runs a script, by its name alone when the server knows it: a server that was started anew is told it again.
  package func run(
    _ script: RedisScript, keys: [String], _ arguments: [RedisArgument] = []
  ) async throws(RedisError) -> RedisValue {
    let rest = [.int(keys.count)] + keys.map { .key($0) } + arguments
    var command = RedisCommand("EVALSHA", [.text(script.digest)] + rest)
    command.isRepeatable = script.isRepeatable
    let deadline = deadline(of: [command])
    do throws(RedisError) {
      return try await send(command, before: deadline)
    } catch {
      guard error.serverCode == "NOSCRIPT" else { throw error }
    }
    command = RedisCommand("EVAL", [.text(script.source)] + rest)
    command.isRepeatable = script.isRepeatable
    return try await send(command, before: deadline)
  }
}
