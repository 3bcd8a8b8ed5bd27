// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore

/// This process's standard input and output as a channel.
struct StandardChannel: MessageChannel {
  private let streams: StandardStreams

  init(limits: ServeLimits) throws { streams = try StandardStreams(lineLimit: limits.messageBytes) }

  func send(_ text: [UInt8]) async throws { try streams.write(line: text) }
  func receive() async throws -> [UInt8]? { try await streams.line() }
  func close() async {}
}
