// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization
import Testing

@testable import MCPClientKit

/// What is sent again after a failure, and what never is.
@Suite(.timeLimit(.minutes(1))) struct RetryTests {
  private func step(
    _ error: ClientError, _ method: Method, isRepeatable: Bool? = nil, failures: Int = 1,
    over transport: Negotiated.Transport = .streamableHTTP
  ) -> RetryPolicy.Step {
    RetryPolicy(attempts: 2, revision: .v20260728, transport: transport)
      .step(after: error, of: method, isRepeatable: isRepeatable ?? method.isRepeatable, failures: failures)
  }

  private func isAgain(_ step: RetryPolicy.Step) -> Bool { if case .again = step { true } else { false } }
  private func isReconnect(_ step: RetryPolicy.Step) -> Bool { if case .reconnect = step { true } else { false } }

  @Test func whatIsHarmlessIsRepeatedWhenTheAnswerIsLost() {
    let lost = ClientError(.disconnected, "")
    for method in [Method.initialize, .ping, .toolsList, .resourcesRead, .promptsGet, .complete] {
      #expect(isAgain(step(lost, method)), "\(method)")
      #expect(isReconnect(step(lost, method, over: .stdio)), "\(method)")
    }
    #expect(step(lost, .toolsCall) == .giveUp)
    #expect(step(lost, Method(rawValue: "some/thing")) == .giveUp)
    #expect(isAgain(step(lost, .toolsCall, isRepeatable: true)))
  }

  @Test func whatNeverArrivedIsRepeated() {
    #expect(isAgain(step(ClientError(.unreachable, "").unsent(), .toolsCall)))
    #expect(isReconnect(step(ClientError(.disconnected, "").unsent(), .toolsCall, over: .stdio)))
    #expect(step(ClientError(.disconnected, "").unsent(), .toolsCall, failures: 3, over: .stdio) == .giveUp)
  }

  @Test func onlyFailuresThatMayPassAreWaitedFor() {
    for status in [429, 502, 503, 504] {
      #expect(isAgain(step(ClientError(.httpStatus, "", httpStatus: status), .toolsList)))
      #expect(step(ClientError(.httpStatus, "", httpStatus: status), .toolsCall) == .giveUp)
    }
    for error in [
      ClientError(.httpStatus, "", httpStatus: 500), ClientError(.unauthorized, ""), ClientError(.timeout, ""),
      ClientError(.invalidResponse, ""), ClientError(.cancelled, ""), ClientError(.closed, ""),
      .rpc(RPCError(.internalError, ""), from: ""),
    ] {
      #expect(step(error, .toolsList) == .giveUp, "\(error.code)")
    }
  }

  @Test func aLostSessionIsOpenedAgainOnce() {
    let refused = ClientError(.sessionLost, "").unsent()
    #expect(step(refused, .toolsCall) == .reconnect(after: .zero))
    #expect(step(refused, .toolsCall, failures: 2) == .giveUp)
    #expect(step(ClientError(.sessionLost, ""), .toolsCall) == .giveUp, "lost while the answer was awaited")
  }

  @Test func waitsGrowToALimit() {
    let delays = (1...20).map(Backoff.delay)
    #expect(delays.allSatisfy { $0 <= .seconds(10) && $0 >= .milliseconds(187) })
    #expect(delays[19] >= .milliseconds(7500))
  }

  // In use

  @Test func aBusyServerIsAskedAgain() async throws {
    let asked = Atomic(0)
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.modern { request in
        asked.add(1, ordering: .relaxed).newValue == 1
          ? await exchange.response.send(503) : await exchange.answer(request.answer(["tools": []]))
      }
    }) { _, url in
      try await Client.connected(to: .http(url)) { _ = try await $0.listTools() }
      #expect(asked.load(ordering: .relaxed) == 2)
    }
  }

  @Test(arguments: [true, false]) func aLostCallIsRepeatedOnlyWhenItIsIdempotent(isIdempotent: Bool) async throws {
    let asked = Atomic(0)
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.modern { request in
        if asked.add(1, ordering: .relaxed).newValue > 1 { return await exchange.answer(request.says("done")) }
        await exchange.startEvents()
        await exchange.response.finish()
      }
    }) { server, url in
      try await Client.connected(to: .http(url)) { client in
        let request = RequestOptions(isIdempotent: isIdempotent)
        if isIdempotent {
          _ = try await client.callTool("x", options: request)
        } else {
          let error = await #expect(throws: ClientError.self) { try await client.callTool("x", options: request) }
          #expect(error?.code == .disconnected)
        }
      }
      let ids = server.requests.compactMap { (try? JSON(parsing: $0.body))?["id"] }
      #expect(Set(ids).count == ids.count, "repeated under a new id")
    }
  }

  private func server(_ script: String) -> ServerTarget { .stdio("/bin/sh", ["-c", script]) }

  /// A legacy server in shell that ends after each call of a tool, answered or not.
  private let mortal = """
    answer() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\\n' "$1" "$2"; }
    while read -r line; do
      id=${line#*\\"id\\":}; id=${id%%,*}
      case $line in
        *'"initialize"'*) answer "$id" '{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"m","version":"1"}}' ;;
        *'"tools/list"'*) answer "$id" '{"tools":[]}' ;;
        *'"die"'*) exit 3 ;;
        *'"last"'*) answer "$id" '{"content":[]}'; exit 0 ;;
        *'"id"'*) answer "$id" '{}' ;;
      esac
    done
    """

  @Test func aChildThatDiedIsStartedAgain() async throws {
    try await Client.connected(to: server(mortal), options: ClientOptions(protocolChoice: .legacy)) { client in
      let error = await #expect(throws: ClientError.self) { try await client.callTool("die") }
      #expect(error?.code == .disconnected, "a call that may have had an effect is not repeated")
      #expect(try await client.listTools().isEmpty)
      _ = try await client.callTool("last")
      #expect(try await client.listTools().isEmpty)
      #expect(client.negotiated.revision == .v20251125)
    }
  }

  @Test func aChildThatDiesAtOnceIsGivenUp() async throws {
    let error = await #expect(throws: ClientError.self) {
      try await Client.connect(to: server("exit 3"), options: ClientOptions(protocolChoice: .legacy))
    }
    #expect(error?.code == .disconnected)
  }

  @Test func manyRequestsShareOneRestart() async throws {
    let notes = Mutex<[String]>([])
    let counting = "echo started >&2; \(mortal)"
    var options = ClientOptions(protocolChoice: .legacy, standardError: .discard)
    options.onTrace = { event in
      if case .sent(let text) = event, String(decoding: text, as: UTF8.self).contains("\"initialize\"") {
        notes.withLock { $0.append("initialize") }
      }
    }
    try await Client.connected(to: server(counting), options: options) { client in
      _ = try? await client.callTool("die")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<10 { group.addTask { _ = try await client.listTools() } }
        try await group.waitForAll()
      }
    }
    #expect(notes.withLock { $0.count } == 2)
  }
}
