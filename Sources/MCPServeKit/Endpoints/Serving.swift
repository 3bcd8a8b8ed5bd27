// SPDX-License-Identifier: Apache-2.0

/// Where a service is offered.
public enum Transport: Sendable {
  /// To the process that started this one, over standard input and output.
  case stdio
}

extension Service {
  /// Serves until the peers are gone.
  /// - Throws: what the transport throws.
  public func serve(_ transport: Transport) async throws {
    switch transport {
    case .stdio: try await ChannelEndpoint(self, on: StandardChannel(limits: limits)).run()
    }
  }
}

extension Server {
  /// Serves until the peers are gone.
  /// - Throws: what the transport throws.
  public func serve(_ transport: Transport) async throws { try await Service(self).serve(transport) }
}
