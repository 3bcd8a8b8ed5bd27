// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability
import TestSupport
import Testing

@testable import MCPServeKit

/// What a service measures of what its peers do.
@Suite(.timeLimit(.minutes(1))) struct MetersTests {
  private func lines(_ metrics: Metrics) async -> [Substring] {
    String(decoding: await metrics.text(), as: UTF8.self).split(separator: "\n")
  }

  private func request(_ tool: String, _ arguments: JSONObject = [:]) -> Request {
    Request(id: .number(1), method: .toolsCall, params: ["name": .string(tool), "arguments": .object(arguments)])
  }

  private func ask(_ service: Service, _ request: Request) async {
    let context = RequestContext(id: request.id, revision: .v20251125, method: request.method, params: request.params)
    _ = await service.outcome(of: request, in: context)
  }

  @Test func executionsAreCountedByToolAndHowTheyEnded() async throws {
    let server = try makeFixture()
    let metrics = Metrics()
    let service = Service(server, instruments: Instruments(metrics: metrics))
    for _ in 0..<2 { await ask(service, request("add", ["a": 1])) }
    await ask(service, request("add", ["a": "x"]))
    for name in ["fail", "refuse", "nosuch"] { await ask(service, request(name)) }
    let lines = await lines(metrics)
    for line in [
      #"mcp_tool_execution_total{tool_name="add",status="success"} 2"#,
      #"mcp_tool_execution_total{tool_name="add",status="error"} 1"#,
      #"mcp_tool_execution_total{tool_name="fail",status="error"} 1"#,
      #"mcp_tool_execution_total{tool_name="refuse",status="error"} 1"#,
      #"mcp_tool_execution_total{tool_name="report",status="success"} 0"#,
      #"mcp_tool_execution_duration_seconds_count{tool_name="add",status="success"} 2"#,
      #"mcp_tool_execution_duration_seconds_bucket{tool_name="add",status="success",le="1"} 2"#,
      #"mcp_server_operation_duration_seconds_count{mcp_method_name="tools/call",error_type=""} 2"#,
      #"mcp_server_operation_duration_seconds_count{mcp_method_name="tools/call",error_type="tool_error"} 2"#,
      #"mcp_server_operation_duration_seconds_count{mcp_method_name="tools/call",error_type="-32602"} 2"#,
    ] {
      #expect(lines.contains { $0 == line }, "\(line)")
    }
    #expect(!lines.contains { $0.contains("nosuch") })
    #expect(server.features.figures.first { $0.name == "add" }?.successes.count == 2)
  }

  @Test func aWithdrawnExecutionIsNoError() async throws {
    let started = Happening()
    let server = try Server(name: "t", version: "1") {
      ServerTool("hang", "Waits.") { context in
        started.happen()
        try await Task.sleep(for: .seconds(60))
        return .text("")
      }
    }
    let request = request("hang")
    let context = RequestContext(id: .number(1), revision: .v20251125, method: .toolsCall, params: request.params)
    let answer = Task { try await server.handle(request, in: context) }
    await started.wait()
    context.cancel(reason: nil)
    await #expect(throws: CancellationError.self) { _ = try await answer.value }
    let meter = try #require(server.features.current.tools["hang"]?.meter)
    #expect(meter[.cancelled].snapshot.count == 1)
    #expect(meter[.error].snapshot.count == 0)
  }

  @Test func aRoundOfQuestionsIsNoExecution() async throws {
    let meter = ToolMeter()
    meter.ended(with: InputRequired([:], state: "s"), since: .now)
    #expect(ToolMeter.Status.allCases.allSatisfy { meter[$0].snapshot.count == 0 })
  }

  @Test func aHandlerSetAnewKeepsTheCount() async throws {
    let server = try makeFixture()
    let before = server.features.current.tools["fail"]?.meter
    try server.features.setHandler(of: "fail") { _, _ in .text("") }
    #expect(before != nil && server.features.current.tools["fail"]?.meter === before)
  }

  @Test func openSessionsAreCountedAndEndedOnesMeasured() async throws {
    let metrics = Metrics()
    try await withSite(instruments: Instruments(metrics: metrics)) { site in
      let peer = try site.peer()
      #expect(site.site.activeSessions == 0)
      let one = try await site.initialize("2025-11-25", peer)
      _ = try await site.initialize("2025-11-25", peer)
      #expect(site.site.activeSessions == 2)
      _ = try await peer.ask("DELETE", "/mcp", ["Mcp-Session-Id": one])
      #expect(site.site.activeSessions == 1)
    }
    let ended = #"mcp_server_session_duration_seconds_count{mcp_protocol_version="2025-11-25"} 1"#
    #expect(await lines(metrics).contains { $0 == ended })
  }

  @Test func aSessionWhoseTimeIsUpIsNotOpen() async throws {
    let time = ManualTime()
    try await withSite(now: { time.now }) { site in
      _ = try await site.initialize("2025-11-25", try site.peer())
      #expect(site.site.activeSessions == 1)
      time.advance(by: .seconds(1801))
      #expect(site.site.activeSessions == 0)
    }
  }

  @Test func reloadsAreCounted() async throws {
    let metrics = Metrics()
    let service = Service(try makeFixture(), instruments: Instruments(metrics: metrics))
    try await service.reload {}
    await #expect(throws: Mishap.self) { try await service.reload { throw Mishap() } }
    var lines = await lines(metrics)
    #expect(lines.contains { $0 == #"mcp_reloads_total{status="success"} 1"# })
    #expect(lines.contains { $0 == #"mcp_reloads_total{status="error"} 1"# })
    #expect(lines.contains { $0 == "mcp_last_reload_successful 0" })
    try await service.reload {}
    lines = await self.lines(metrics)
    #expect(lines.contains { $0 == "mcp_last_reload_successful 1" })
  }

  @Test func everyFamilyIsDescribedOnce() async throws {
    let metrics = Metrics()
    try await withSite(nil, instruments: Instruments(metrics: metrics)) { site in
      site.site.measure(in: metrics, HTTPServerPulse(of: site.http, lag: Histogram()), connections: { 1 })
      let families = await lines(metrics).filter { $0.hasPrefix("# TYPE ") }
      #expect(Set(families).count == families.count)
      #expect(families.count > 25)
    }
  }

  @Test func theMonitorTellsWhoDrains() async throws {
    try await withSite { site in
      let peer = try site.peer()
      #expect(try await peer.ask("GET", "/ready").status == 200)
      #expect(try await peer.ask("POST", "/ready", body: "{}").status == 405)
      site.service.readiness.drain()
      #expect(try await peer.ask("GET", "/ready").status == 503)
      #expect(try await peer.ask("GET", "/health").status == 200)
      #expect(try await peer.ask("GET", "/metrics").status == 404, "nothing is measured here")
    }
  }
  @Test func whereCallersAreAskedMetricsAreForThem() async throws {
    try await withSite(
      authorization: try Authorization(keyRules()), instruments: Instruments(metrics: Metrics()),
      options: { $0.trustedProxies = [TrustedProxy("127.0.0.1")].compactMap(\.self) }
    ) { site in
      let peer = try site.peer()
      for more in [[:], ["X-Forwarded-For": "127.0.0.1"]] {
        #expect(try await peer.ask("GET", "/metrics", more).status == 401)
        #expect(try await peer.ask("GET", "/metrics", more.merging(Keys.header(Keys.ada)) { $1 }).status == 200)
      }
      #expect(try await peer.ask("GET", "/ready").status == 200, "who balances load has no key")
    }
  }
}
