// SPDX-License-Identifier: Apache-2.0
import JSONKit
import TestSupport
import Testing

@testable import mcpctl

/// `mcpctl serve` over HTTP, as whoever starts it sees it.
@Suite struct ServeTests {
  /// Starts a server on a port of the system's choice; the URL is the one it prints.
  static func start(_ words: String..., environment: [String: String] = [:]) throws -> (RunningProgram, url: String) {
    let program = try RunningProgram([binary, "serve", "--port", "0"] + words, environment: environment)
    let line = try #require(program.line(holding: "serving "))
    return (program, String(line.split(separator: " ").last ?? ""))
  }

  @Test(arguments: ["http-stream", "http", "streamable-http", "streaming"])
  func theAddressAndALineToCopyArePrinted(spelling: String) throws {
    let (program, url) = try Self.start("--transport", spelling)
    #expect(url.hasPrefix("http://127.0.0.1:") && url.hasSuffix("/mcp"))
    #expect(program.line(holding: "try: ")?.hasSuffix("mcpctl -s \(url) call calculator a=1 b=2") == true)
    program.signal(15)
    #expect(program.finish().code == 0)
  }

  @Test func sseIsAnnouncedAsDeprecated() throws {
    let (program, url) = try Self.start("--transport", "sse")
    #expect(url.hasSuffix("/sse"))
    #expect(program.line(holding: "deprecated") != nil)
    program.signal(2)
    #expect(program.finish().code == 0)
  }

  @Test func aSecondSignalDoesNotWaitForWhatIsInFlight() throws {
    let (program, url) = try Self.start("--transport", "http-stream", "--shutdown-timeout", "60s")
    let client = try RunningProgram([binary, "-s", url, "call", "sleep", "seconds=60", "-vv"])
    #expect(client.line(holding: "notifications/progress") != nil)
    program.signal(15)
    #expect(program.line(holding: "server stopping") != nil)
    program.signal(15)
    #expect(program.finish(deadline: 30).code != 137)
    #expect(client.finish(deadline: 30).code == 5)
  }

  @Test func theEnvironmentChoosesTransportAndPort() throws {
    let environment = ["MCP_TRANSPORT_TYPE": "http-stream", "MCP_PORT": "0", "MCP_LOG_LEVEL": "ERROR"]
    let program = try RunningProgram([binary, "serve"], environment: environment)
    #expect(program.line(holding: "serving http-stream") != nil)
    program.signal(15)
    let run = program.finish()
    #expect(!run.error.contains("server stopping"))
    #expect(run.code == 0)
  }

  @Test func anAddressNeedsATransportThatHasOne() throws {
    let run = try mcpctl("serve", "--port", "9000")
    #expect(run.code == 64)
    #expect(run.error.contains("--port is for a server over HTTP: add --transport http-stream"))
  }

  @Test func aBusyPortNamesItself() throws {
    let (program, url) = try Self.start("--transport", "http-stream")
    let port = try #require(url.split(separator: ":").last?.split(separator: "/").first)
    let run = try mcpctl("serve", "--transport", "http-stream", "--port", String(port))
    #expect(run.code == 2)
    #expect(run.error.contains("127.0.0.1:\(port) is already in use by mcpctl (process \(program.id)): stop it"))
    program.signal(15)
    _ = program.finish()
  }

  @Test func jsonLogsAreNotMixedWithProse() throws {
    let program = try RunningProgram([
      binary, "serve", "--transport", "http-stream", "--port", "0", "--log-format", "json",
    ])
    let line = try #require(program.line(holding: "server started"))
    #expect(try JSON(parsing: line)["addresses"]?.string?.hasPrefix("127.0.0.1:") == true)
    program.signal(15)
    for line in program.finish().error.split(separator: "\n") { _ = try JSON(parsing: String(line)) }
  }
}
