// SPDX-License-Identifier: Apache-2.0
import MCPClientKit
import MCPServeKit
import Synchronization
import Testing

/// Client and server of this package together, in every revision each transport has.
@Suite(.timeLimit(.minutes(1))) struct ServerAndClientTests {
  private func makeServer() throws -> Server {
    try Server(name: "test", version: "1.0", instructions: "add") {
      ServerTool("add", "Adds.", Parameter<Int>("a", "One."), Parameter<Int>("b", "Other.")) { context, a, b in
        await context.progress(1, of: 2, "adding")
        return .text("\(a + b)")
      }
      ServerTool("hang", "Waits until it is cancelled.") { context in
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        context.onCancel { end.finish() }
        for await _ in ends {}
        return .text("cancelled")
      }
    }
  }

  private func exercise(_ client: Client, _ revision: Revision) async throws {
    #expect(client.negotiated.revision == revision)
    #expect(client.negotiated.server?.name == "test")
    #expect(client.negotiated.instructions == "add")
    #expect(try await client.listTools().map(\.name) == ["add", "hang"])
    let progress = Mutex<[Progress]>([])
    let options = RequestOptions { step in progress.withLock { $0.append(step) } }
    #expect(try await client.callTool("add", ["a": 1, "b": 2], options: options).content == [.text("3")])
    #expect(progress.withLock { $0.map(\.done) } == [1])
    try await client.ping()
    let error = await #expect(throws: ClientError.self) { try await client.callTool("nosuch") }
    #expect(error?.rpcError?.code == .invalidParams)
    let late = await #expect(throws: ClientError.self) {
      try await client.callTool("hang", options: RequestOptions(idleTimeout: .milliseconds(30)))
    }
    #expect(late?.code == .timeout)
    try await client.ping()
  }

  @Test(arguments: Revision.allCases) func inMemory(revision: Revision) async throws {
    let (ours, theirs) = MemoryChannel.pair()
    async let served: Void = ChannelEndpoint(Service(makeServer()), on: theirs).run()
    let options = ClientOptions.watched(.revision(revision))
    try await Client.connected(to: .channel(ours), options: options) { try await exercise($0, revision) }
    try await served
  }

  @Test(arguments: Revision.allCases.filter(\.hasStreamableHTTP)) func overStreamableHTTP(revision: Revision)
    async throws
  {
    try await serving { port in
      let options = ClientOptions.watched(.revision(revision))
      try await Client.connected(to: .http("http://127.0.0.1:\(port)/mcp"), options: options) {
        try await exercise($0, revision)
        #expect(($0.negotiated.sessionID != nil) == (revision.era == .legacy))
      }
    }
  }

  @Test(arguments: Revision.legacy) func overSSE(revision: Revision) async throws {
    try await serving { port in
      let options = ClientOptions.watched(.revision(revision))
      try await Client.connected(to: .http("http://127.0.0.1:\(port)/sse", transport: .automatic), options: options) {
        #expect($0.negotiated.transport == .sse)
        try await exercise($0, revision)
      }
    }
  }

  @Test func theNewestIsChosenWhenNobodySaysOtherwise() async throws {
    try await serving { port in
      try await Client.connected(to: .http("http://127.0.0.1:\(port)/mcp")) { try await exercise($0, .v20260728) }
    }
  }

  /// Runs `body` with the port of a running HTTP server.
  private func serving(_ body: (UInt16) async throws -> Void) async throws {
    let (ports, tell) = AsyncStream.makeStream(of: UInt16.self)
    let service = Service(try makeServer())
    var options = HTTPOptions(host: "127.0.0.1", port: 0)
    options.eventsPath = "/sse"
    let serving = Task { [options] in try await service.serve(.http(options)) { tell.yield($0.port) } }
    for await port in ports {
      do { try await body(port) } catch { Issue.record(error) }
      break
    }
    serving.cancel()
    try? await serving.value
  }
}
