// SPDX-License-Identifier: Apache-2.0
import MCPCore
import Observability
import Synchronization

extension Client {
  /// Pings a legacy server by the clock; one that does not answer before the next ping is due has lost the connection.
  ///
  /// Spec: 2025-11-25, basic/utilities/ping. 2026-07-28 has no ping.
  func keepAlive(every interval: Duration) {
    let pinging = Task { [weak self] in
      while (try? await Task.sleep(for: interval)) != nil {
        guard let self else { return }
        await self.ping(within: interval)
      }
    }
    state.withLock { $0.pinging = pinging }
  }

  private func ping(within time: Duration) async {
    let (connection, generation) = current
    guard connection.negotiated.era == .legacy else { return }
    do throws(ClientError) {
      _ = try await connection.conversation.call(.ping, idle: time, total: time)
    } catch {
      guard error.code == .timeout || error.code == .disconnected else { return }
      options.logger.warning("no answer to ping; opening the connection again", [("reason", error.message)])
      // Should that fail too, the next ping tries again.
      _ = await replaceConnection(generation)
    }
  }
}
