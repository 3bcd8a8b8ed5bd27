// SPDX-License-Identifier: Apache-2.0
import EventIO

extension Service {
  /// Serves as all a program does: like `serve`, but where that throws, such as when the port is taken, the program says
  /// why in one line on standard error and ends with the exit code 2. For `main`; call `serve` to handle errors yourself.
  public func run(
    _ transport: Transport, sessions: (any SessionStore)? = nil, events: (any EventLog)? = nil,
    ready: @Sendable (Listening) -> Void = { _ in }
  ) async {
    do {
      try await serve(transport, sessions: sessions, events: events, ready: ready)
    } catch {
      endProgram(saying: "\(error)", code: 2)
    }
  }
}

extension Server {
  /// Serves as all a program does, with the default limits and without a log; see `Service.run`.
  public func run(_ transport: Transport, ready: @Sendable (Listening) -> Void = { _ in }) async {
    await Service(self).run(transport, ready: ready)
  }
}
