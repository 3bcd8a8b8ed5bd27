// SPDX-License-Identifier: Apache-2.0
import EventIO

/// The names of keys, in portions, without holding up the server. A key that is there all along comes at least once; one that
/// comes or goes meanwhile may be missed, and any may come twice.
package struct RedisScan: AsyncSequence, Sendable {
  package typealias Element = [String]

  let client: RedisClient
  let pattern: String?
  let type: String?
  let count: Int

  package func makeAsyncIterator() -> Iterator { Iterator(scan: self) }

  package struct Iterator: AsyncIteratorProtocol {
    fileprivate let scan: RedisScan
    private var servers: [StreamEndpoint?]?
    private var cursor: String?

    fileprivate init(scan: RedisScan) { self.scan = scan }

    /// The next portion, which may be empty.
    package mutating func next() async throws(RedisError) -> [String]? {
      if servers == nil { servers = try await scan.client.masters().map { $0.map(\.self) } ?? [nil] }
      guard let server = servers?.first else { return nil }
      let answer = try await ask(server)
      guard let parts = answer.array, parts.count == 2, let next = parts[0].string, let keys = parts[1].strings else {
        throw RedisError(.malformed, "the answer of Redis to SCAN is no cursor with keys")
      }
      cursor = next
      if next == "0" {
        cursor = nil
        servers?.removeFirst()
      }
      return keys
    }

    private func ask(_ server: StreamEndpoint?) async throws(RedisError) -> RedisValue {
      var command = RedisCommand("SCAN", .text(cursor ?? "0"), "COUNT", .int(scan.count))
      if let pattern = scan.pattern {
        command.append("MATCH")
        command.append(.text(pattern))
      }
      if let type = scan.type {
        command.append("TYPE")
        command.append(.text(type))
      }
      guard let server else { return try await scan.client.send(command) }
      return try await scan.client.send(command, to: server)
    }
  }
}

extension RedisClient {
  /// The keys, of all servers of a cluster.
  /// - Parameters:
  ///   - pattern: what they are like, such as `mcp:sessions:*`; nil for all.
  ///   - type: what they are, such as `hash`; nil for all.
  ///   - count: about how many the server looks at for one portion.
  package func scan(matching pattern: String? = nil, type: String? = nil, count: Int = 500) -> RedisScan {
    RedisScan(client: self, pattern: pattern, type: type, count: count)
  }
}
