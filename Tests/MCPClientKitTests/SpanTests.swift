// SPDX-License-Identifier: Apache-2.0
import MCPClientKit
import MCPServeKit
import Synchronization
import Testing

/// What clients and servers record of requests.
@Suite(.timeLimit(.minutes(1))) struct SpanTests {
  /// Keeps spans.
  private final class Recorder: Sendable {
    private let kept = Mutex<[TraceSpan]>([])
    var spans: [TraceSpan] { kept.withLock { $0 } }
    func tracer(_ sampler: Tracer.Sampler = .init()) -> Tracer {
      Tracer(sampler) { [self] span in kept.withLock { $0.append(span) } }
    }

    func span(_ name: String, _ kind: TraceSpan.Kind) throws -> TraceSpan {
      try #require(spans.first { $0.name == name && $0.kind == kind })
    }
  }

  private func makeServer() throws -> Server {
    try Server(name: "test", version: "1.0") {
      ServerTool("add", "Adds.", Parameter<Int>("a", "One.")) { context, a in .text("\(a)") }.onLoop
      ServerTool("fail", "Fails.") { _ in .error("no") }
      ServerResource(Resource(uri: "test://a?token=1", name: "a"), text: "A")
    }
  }

  private func run(
    _ revision: Revision, _ recorder: Recorder, client: Tracer.Sampler = .init(), traceContext: [String: String] = [:],
    _ body: (Client) async throws -> Void
  ) async throws {
    let (ours, theirs) = MemoryChannel.pair()
    let service = Service(try makeServer(), instruments: Instruments(tracer: recorder.tracer()))
    async let served: Void = ChannelEndpoint(service, on: theirs).run()
    var options = ClientOptions.watched(.revision(revision))
    options.tracer = recorder.tracer(client)
    options.traceContext = traceContext
    try await Client.connected(to: .channel(ours), options: options, body)
    try await served
  }

  @Test(arguments: [Revision.v20241105, .v20251125, .v20260728])
  func aCallIsOneTraceOfClientAndServer(revision: Revision) async throws {
    let recorder = Recorder()
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    try await run(revision, recorder, traceContext: ["traceparent": parent]) { client in
      _ = try await client.callTool("add", ["a": 1])
    }
    let client = try recorder.span("tools/call add", .client)
    let server = try recorder.span("tools/call add", .server)
    #expect(client.context.trace.text == "0af7651916cd43dd8448eb211c80319c")
    #expect(client.parent?.text == "b7ad6b7169203331")
    #expect(server.context.trace == client.context.trace && server.parent == client.context.span)
    #expect(client.start <= server.start && server.start <= server.end && server.end <= client.end + 1_000_000_000)
    for span in [client, server] {
      #expect(span.attributes.contains { $0.name == "gen_ai.tool.name" && $0.value == .string("add") })
      #expect(span.attributes.contains { $0.name == "mcp.protocol.version" && $0.value == .string(revision.rawValue) })
      #expect(span.failure == nil)
    }
  }

  @Test func failuresSayWhatKindTheyAre() async throws {
    let recorder = Recorder()
    try await run(.v20251125, recorder) { client in
      _ = try await client.callTool("fail")
      await #expect(throws: ClientError.self) { try await client.callTool("nosuch") }
    }
    for kind in [TraceSpan.Kind.client, .server] {
      let failed = try recorder.span("tools/call fail", kind)
      #expect(failed.attributes.contains { $0.name == "error.type" && $0.value == .string("tool_error") })
      let unknown = try recorder.span("tools/call nosuch", kind)
      #expect(unknown.attributes.contains { $0.name == "error.type" && $0.value == .string("-32602") })
      #expect(unknown.attributes.contains { $0.name == "rpc.response.status_code" && $0.value == .string("-32602") })
      #expect(failed.failure != nil && unknown.failure != nil)
    }
  }

  @Test func whatAClientDoesNotRecordTheServerDoesNotEither() async throws {
    let recorder = Recorder()
    try await run(.v20260728, recorder, client: .init(share: 0)) { client in
      _ = try await client.callTool("add", ["a": 1])
    }
    #expect(!recorder.spans.contains { $0.name == "tools/call add" })
  }

  @Test func queriesOfURIsAreNotRecorded() async throws {
    let recorder = Recorder()
    try await run(.v20251125, recorder) { _ = try await $0.readResource("test://a?token=1") }
    let uris = recorder.spans.flatMap(\.attributes).filter { $0.name == "mcp.resource.uri" }.map(\.value)
    #expect(uris.count == 2 && uris.allSatisfy { $0 == .string("test://a") })
  }
}
