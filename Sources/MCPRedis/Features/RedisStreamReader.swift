// SPDX-License-Identifier: Apache-2.0
import EventIO

/// Waits for what comes to one stream. While it waits its connection does nothing else, so it has one of its own.
package final class RedisStreamReader: Sendable {
  private let client: RedisClient
  private let key: String
  private let link: RedisLink

  init(_ client: RedisClient, of key: String) {
    self.client = client
    self.key = key
    link = RedisLink(client.loop, client.finder(near: key), client.settings)
  }

  deinit { link.close() }

  /// The entries after one of them, at most so many; when there are none, those that come first within `time`, or nothing.
  package func entries(
    after id: RedisStreamID, atMost count: Int, waiting time: Duration
  ) async throws(RedisError) -> [RedisStreamEntry] {
    let (seconds, attoseconds) = time.components
    // 0 would wait for ever.
    let milliseconds = max(1, Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
    // What Redis waits, and what an answer may take besides.
    let patience = time + client.settings.limits.commandTime
    let command = RedisCommand(
      "XREAD", "COUNT", .int(count), "BLOCK", .int(milliseconds), "STREAMS", .key(key), .text("\(id)"))
    let call = Call([command], deadline: .now + patience, time: patience)
    let answer = try await link.perform(call).get().first ?? .null
    if case .error(let text) = answer {
      follow(text)
      throw .server(text, to: command, at: link.finder.place)
    }
    guard let stream = answer.array?.first?.array, stream.count == 2 else { return [] }
    return try RedisStreamEntry.list(stream[1], of: "XREAD")
  }

  /// The next attempt goes where the stream has gone.
  private func follow(_ error: String) {
    guard let map = client.map, case .moved(let slot, let owner)? = Redirection(error, by: .file("")) else { return }
    map.moved(slot, to: owner)
    link.leave()
  }

  /// Ends its connection.
  package func close() { link.close() }
}
