// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization
import Testing

@testable import MCPClientKit

/// Pings by the clock.
@Suite(.timeLimit(.minutes(1))) struct KeepAliveTests {
  @Test func aLegacyServerIsPingedByTheClock() async throws {
    let pings = Atomic(0)
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.legacy { request in
        pings.add(1, ordering: .relaxed)
        await exchange.answer(request.answer([:]))
      }
    }) { _, url in
      let options = ClientOptions(protocolChoice: .legacy, timeouts: .init(ping: .milliseconds(20)))
      try await Client.connected(to: .http(url), options: options) { client in
        while pings.load(ordering: .relaxed) < 3, !Task.isCancelled { await Task.yield() }
        #expect(client.negotiated.era == .legacy)
      }
    }
  }

  @Test func nobodyIsPingedUnasked() async throws {
    #expect(ClientOptions().timeouts.ping == nil)
  }

  @Test func aServerThatDoesNotAnswerAPingIsConnectedToAnew() async throws {
    let pings = Atomic(0)
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.legacy { request in
        let isSilent = pings.add(1, ordering: .relaxed).newValue == 1
        if isSilent { await exchange.untilDisconnected() } else { await exchange.answer(request.answer([:])) }
      }
    }) { server, url in
      let options = ClientOptions(protocolChoice: .legacy, timeouts: .init(ping: .milliseconds(20)))
      try await Client.connected(to: .http(url), options: options) { client in
        while client.current.generation == 0, !Task.isCancelled { await Task.yield() }
        _ = try await client.request(.ping)
      }
      #expect(server.summary.count { $0 == "POST initialize" } >= 2)
    }
  }
}
