// SPDX-License-Identifier: Apache-2.0
import EventIO
import Glibc
import JSONKit
import MCPClientKit
import MCPCore
import Testing

/// What holds for a whole connection.
@Suite(.timeLimit(.minutes(1))) struct ManyRequestsTests {
  @Test(arguments: [ClientOptions.ProtocolChoice.legacy, .revision(.v20260728)])
  func anIDIsUsedOnce(choice: ClientOptions.ProtocolChoice) async throws {
    let server: ScriptedServer =
      choice == .legacy
      ? .legacy { [$0.answer(["tools": []])] } : .modern { [$0.answer(["tools": [], "resultType": "complete"])] }
    try await Client.connected(to: server.target, options: ClientOptions(protocolChoice: choice)) { client in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<50 { group.addTask { _ = try await client.listTools() } }
        try await group.waitForAll()
      }
      for _ in 0..<10 { _ = try await client.listTools() }
    }
    #expect(server.requests.count == 61)
    #expect(Set(server.requests.map(\.id)).count == 61)
  }

  @Test func aHandshakeThatIsGivenUpIsNotCancelled() async throws {
    let (ours, theirs) = MemoryChannel.pair()
    let options = ClientOptions(protocolChoice: .legacy, timeouts: .init(opening: .milliseconds(30)))
    async let failure = #expect(throws: ClientError.self) {
      try await Client.connect(to: .channel(theirs, name: "silent"), options: options)
    }
    var methods: [String?] = []
    while let text = await ours.receive() { methods.append(try JSON(parsing: text)["method"]?.string) }
    #expect(methods == ["initialize"])
    #expect(await failure?.code == .timeout)
  }

  @Test func answersGoWithNoOtherRequest() async throws {
    let server = ScriptedServer.modern { request in
      guard request.method == .toolsCall, request.params["requestState"] == nil else {
        return [request.answer(["content": [], "tools": [], "resultType": "complete"])]
      }
      let ask: JSON = ["method": "roots/list"]
      return [request.answer(["resultType": "input_required", "inputRequests": ["r": ask], "requestState": "s"])]
    }
    let options = ClientOptions(responder: CustomResponder(.roots) { _ in ["roots": []] })
    try await Client.connected(to: server.target, options: options) { client in
      _ = try await client.callTool("x")
      _ = try await client.listTools()
      _ = try await client.callTool("x", ["a": 1])
    }
    let sent = server.requests.map { $0.params.contains("requestState") || $0.params.contains("inputResponses") }
    #expect(sent == [false, false, true, false, false, true], "the discovery, twice a call in two rounds, a list")
  }

  @Test func aModernServerThatDiedIsFollowedByAModernOne() async throws {
    // The second time it is started it speaks the older revisions alone.
    let mark = "/tmp/mcpctl-demoted-\(UInt64.random(in: 0 ... .max))"
    let script = """
      answer() { printf '{"jsonrpc":"2.0","id":%s,%s}\\n' "$id" "$1"; }
      if [ -e \(mark) ]; then again=1; fi
      touch \(mark)
      while read -r line; do
        id=${line#*\\"id\\":}; id=${id%%,*}
        case "$again$line" in
          1*server/discover*) answer '"error":{"code":-32601,"message":"what?"}';;
          1*initialize*) answer '"result":{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"s","version":"1"}}';;
          *server/discover*) answer '"result":\(ScriptedServer.discovery.text)';;
          *) exit 3;;
        esac
      done
      """
    try await Client.connected(to: .stdio("/bin/sh", ["-c", script])) { client in
      #expect(client.negotiated.revision == .v20260728)
      let error = await #expect(throws: ClientError.self) { try await client.listTools() }
      #expect(error?.code == .unsupportedRevision)
      #expect(client.negotiated.revision == .v20260728)
    }
    _ = try await Client.connected(to: .stdio("/bin/sh", ["-c", script])) { client in
      #expect(client.negotiated.revision == .v20251125, "who asks anew is told the truth")
    }
    _ = remove(mark)
  }

  @Test func aLegacyRequestIsSentWithWhatItsTransportWants() async throws {
    try await ScriptedHTTP.serving({ exchange in
      try await exchange.legacy { await exchange.answer($0.answer(["tools": []])) }
    }) { server, url in
      try await Client.connected(to: .http(url), options: ClientOptions(protocolChoice: .legacy)) {
        _ = try await $0.listTools()
      }
      let posts = server.requests.filter { $0.method == .post }
      #expect(posts.count == 3)
      for post in posts {
        #expect(post.headers["Accept"] == "application/json, text/event-stream")
        #expect(post.headers["Content-Type"] == "application/json")
        #expect(try JSON(parsing: post.body).object != nil, "one message each")
      }
    }
  }

  @Test func whatWasChosenBeforeGoesWithACompletion() async throws {
    let server = ScriptedServer.modern { [$0.answer(["completion": ["values": ["x"]], "resultType": "complete"])] }
    try await Client.connected(to: server.target) { client in
      let found = try await client.complete("b", from: "x", of: .prompt("p"), chosen: ["a": "1"])
      #expect(found == ["x"])
    }
    let params = server.requests.last?.params
    #expect(params?["ref"] == ["type": "ref/prompt", "name": "p"])
    #expect(params?["argument"] == ["name": "b", "value": "x"])
    #expect(params?["context"] == ["arguments": ["a": "1"]])
  }

  @Test func aListenerOfAChildThatDiedListensAgain() async throws {
    let mark = "/tmp/mcpctl-listen-\(UInt64.random(in: 0 ... .max))"
    // The first child dies as soon as it is listened to; the second has news.
    let script = """
      say() { printf '{"jsonrpc":"2.0",%s}\\n' "$1"; }
      while read -r line; do
        id=${line#*\\"id\\":}; id=${id%%,*}
        meta='"_meta":{"io.modelcontextprotocol/subscriptionId":'$id'}'
        case "$line" in
          *server/discover*) say '"id":'$id',"result":\(ScriptedServer.discovery.text)';;
          *subscriptions/listen*)
            say '"method":"notifications/subscriptions/acknowledged","params":{'$meta',"notifications":{"toolsListChanged":true}}'
            if [ ! -e \(mark) ]; then touch \(mark); exit 3; fi
            say '"method":"notifications/tools/list_changed","params":{'$meta'}';;
        esac
      done
      """
    try await Client.connected(to: .stdio("/bin/sh", ["-c", script])) { client in
      let subscription = try await client.listen(to: Interests(toolsChanged: true))
      var heard = subscription.makeAsyncIterator()
      #expect(try await heard.next() == .interrupted)
      #expect(try await heard.next() == .toolsChanged)
      await subscription.cancel()
    }
    _ = remove(mark)
  }
}
