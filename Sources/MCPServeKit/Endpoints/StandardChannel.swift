// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore

/// This process's standard input and output as a channel.
struct StandardChannel: MessageChannel {
  private let streams: StandardStreams

  init(limits: ServeLimits) throws {
    var own = StandardStreams.Limits()
    own.line = limits.messageBytes
    streams = try StandardStreams(limits: own)
  }

  /// The thread lines come and go on.
  var executor: any TaskExecutor { streams.loop }

  func send(_ text: [UInt8]) async throws { try await streams.write(line: text) }
  func receive() async throws -> [UInt8]? { try await streams.line() }
  func close() async { await streams.drain() }
}
