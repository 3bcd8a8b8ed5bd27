// SPDX-License-Identifier: Apache-2.0
import JSONKit
import TestSupport
import Testing

@testable import mcpctl

/// The built program as client of the built program as server, over every transport in every revision it has.
@Suite struct TransportTests {
  static let legacyOverHTTP = ["2025-03-26", "2025-06-18", "2025-11-25"]

  /// What `--protocol` asks for, and what is agreed on.
  static let streamable =
    [("auto", "2026-07-28"), ("legacy", "2025-11-25"), ("2026-07-28", "2026-07-28")] + legacyOverHTTP.map { ($0, $0) }

  @Test(arguments: streamable) func streamableHTTPIsSpokenInEveryRevision(asked: String, agreed: String) throws {
    try check(transport: "http-stream", asked, agreed, session: agreed < "2026")
  }

  /// HTTP+SSE belongs to 2024-11-05; the handshake may agree on any legacy revision over it, and SDKs do.
  @Test(arguments: [("auto", "2025-11-25"), ("2025-03-26", "2025-03-26"), ("2024-11-05", "2024-11-05")])
  func sseIsSpokenInLegacyRevisions(asked: String, agreed: String) throws {
    try check(transport: "sse", asked, agreed, session: false)
  }

  private func check(transport: String, _ asked: String, _ agreed: String, session: Bool) throws {
    let (server, url) = try ServeTests.start("--transport", transport)
    defer {
      server.signal(15)
      _ = server.finish(deadline: 30)
    }
    let call = try mcpctl("-s", url, "call", "echo", "message=hi", "--protocol", asked)
    #expect(call.output == "{\"echo\":\"hi\"}\n", "\(call.error)")
    #expect(call.code == 0)
    let info = try JSON(parsing: mcpctl("-s", url, "info", "--protocol", asked, "-o", "json").output)
    #expect(info["protocolVersion"]?.string == agreed)
    #expect(info["transport"]?.string == transport)
    #expect(info["hasSession"] == .bool(session))
    #expect(try mcpctl("-s", url, "call", "nosuch", "--protocol", asked).code == 8)
    #expect(try mcpctl("-s", url, "ping", "--protocol", asked).code == 0)
    #expect(try mcpctl("-s", url, "resources", "read", "sample://abuot", "--protocol", asked).code == 8)
  }

  @Test func hostAndPortAreEnough() throws {
    let (server, url) = try ServeTests.start("--transport", "http-stream")
    let address = String(url.dropFirst("http://".count).prefix { $0 != "/" })
    #expect(try mcpctl("-s", address, "call", "calculator", "a=1", "b=2").output == "3\n")
    #expect(
      try mcpctl("tools", "ls", "-o", "name", environment: ["MCPCTL_SERVER": address]).output.hasPrefix("calculator\n"))
    server.signal(15)
    _ = server.finish()
  }

  @Test func whatIsNoServerIsSaidPlainly() throws {
    #expect(try mcpctl("ping", "-s", "127.0.0.1:1").code == 5)
    #expect(try mcpctl("ping", "-s", "http://no-such-host.invalid/mcp").code == 5)
    let (server, url) = try ServeTests.start("--transport", "http-stream")
    let lost = try mcpctl("ping", "-s", url + "/elsewhere")
    #expect(lost.code == 6, "\(lost.error)")
    server.signal(15)
    _ = server.finish()
  }

  @Test(arguments: [2, 15] as [Int32]) func aSignalEndsACallOverHTTP(signal: Int32) throws {
    let (server, url) = try ServeTests.start("--transport", "http-stream")
    let program = try RunningProgram([binary, "-s", url, "call", "sleep", "seconds=60", "-vv"])
    #expect(program.line(holding: "tools/call") != nil)
    program.signal(signal)
    #expect(program.finish(deadline: 30).code == 128 + signal)
    server.signal(15)
    #expect(server.finish(deadline: 30).code == 0)
  }
}
