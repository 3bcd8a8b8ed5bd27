// SPDX-License-Identifier: Apache-2.0
import EventIO
package import MCPServeKit
package import Observability

/// The secrets that servers share which answer for each other: what session ids are signed with, and what `requestState` is sealed
/// with. They come from the configuration; where it has none, the first server makes one, and leaves it in Redis for the others.
package struct ClusterKeyRing: Sendable {
  package let sessionKeys: [[UInt8]]
  package let stateKeys: StateKeys

  private let client: RedisClient
  private let meta: String
  /// The secret this ring was made of, where Redis has it.
  private let sharedSecret: String?
  /// What the ring is known by; it says nothing of the keys.
  package let print: String

  /// - Parameter secrets: the first signs and seals, all verify and open.
  /// - Throws: `RedisError`; `IOError` without libcrypto.
  package init(_ client: RedisClient, prefix: String, secrets: [String], logger: Logger) async throws {
    self.client = client
    meta = ClusterKeys(prefix: prefix, client).meta
    sharedSecret = secrets.isEmpty ? try await Self.secret(client, meta) : nil
    var (session, state): ([[UInt8]], [StateKeys.Key]) = ([], [])
    for secret in secrets + (sharedSecret.map { [$0] } ?? []) {
      let secret = Array(secret.utf8)
      session.append(try authenticationCode(of: Array("session ids".utf8), key: secret))
      let bytes = try authenticationCode(of: Array("request states".utf8), key: secret)
      if let key = StateKeys.Key(bytes) { state.append(key) }
    }
    sessionKeys = session
    stateKeys = StateKeys(state) ?? StateKeys()
    let code = try authenticationCode(of: Array("fingerprint".utf8), key: session[0])
    print = code.prefix(6).map(Self.hexadecimal).joined()
    if let known = try await client.send(RedisCommand("HGET", .key(meta), "keyset")).string, known != print {
      logger.warning(
        "other servers sign with another key: right while keys are changed, else a mistake", [("keyset", print)])
    }
    try await share()
  }

  /// Leaves in Redis what servers have in common, where it is missing.
  package func share() async throws {
    let more = sharedSecret.map { ["secret", RedisArgument.text($0)] }
    for field in [["clusterId", .text(Session.ID.random().rawValue)], ["schema", "1"], more].compactMap(\.self) {
      _ = try await client.send(RedisCommand("HSETNX", [.key(meta)] + field).repeatable)
    }
    _ = try await client.send(RedisCommand("HSET", .key(meta), "keyset", .text(print)).repeatable)
  }

  private static func secret(_ client: RedisClient, _ meta: String) async throws -> String {
    var generator = SystemRandomNumberGenerator()
    let made = (0..<32).map { _ in hexadecimal(UInt8.random(in: .min ... .max, using: &generator)) }.joined()
    _ = try await client.send(RedisCommand("HSETNX", .key(meta), "secret", .text(made)).repeatable)
    return try await client.send(RedisCommand("HGET", .key(meta), "secret")).string ?? made
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
  }
}
