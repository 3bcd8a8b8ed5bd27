// SPDX-License-Identifier: Apache-2.0
import JSONKit
import TestSupport
import Testing

@testable import mcpctl

/// `mcpctl sessions` at a server that has its sessions in memory.
@Suite struct ServerMemoryTests {
  private static let key = "an-admin-key-of-tests"

  /// A server with the admin key, until `body` is done.
  private func serving(_ words: String..., body: (_ place: String, _ url: String) throws -> Void) throws {
    let folder = TemporaryFolder()
    let file = try folder.write(
      "transport: {type: http-stream, port: 0, sse: true}\nauth.admin_key: ${ADMIN}\n", to: "c.yaml")
    let program = try RunningProgram(
      [binary, "serve", "--config", file] + words, environment: ["ADMIN": Self.key])
    let url = String(try #require(program.line(holding: "serving ")).split(separator: " ").last ?? "")
    try body(url.replacing("/mcp", with: ""), url)
    program.signal(15)
    #expect(program.finish().code == 0)
  }

  /// Opens a session, and returns its id.
  private func open(_ url: String, _ client: String) throws -> String {
    let hello =
      #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{"roots":{}},"#
      + #""clientInfo":{"name":"\#(client)","version":"1","title":"\#(client) itself"}}}"#
    let head = try run([
      "curl", "-s", "-D", "-", "-o", "/dev/null", "-H", "Content-Type: application/json", "-H",
      "Accept: application/json, text/event-stream", "-d", hello, url,
    ]).output
    let line = try #require(
      head.split(whereSeparator: \.isNewline).first { $0.lowercased().hasPrefix("mcp-session-id:") })
    return String(line.split(separator: " ").last ?? "")
  }

  private func sessions(_ words: String..., key: String? = key) throws -> ProgramRun {
    try run([binary, "sessions"] + words, environment: key.map { ["MCPCTL_ADMIN_KEY": $0] } ?? [:])
  }

  @Test func sessionsInMemoryAreListedShownAndEnded() throws {
    try serving { place, url in
      let (one, other) = (try open(url, "cursor"), try open(url, "claude"))
      #expect(
        try Set(sessions("ls", "--store", place, "-o", "name").output.split(separator: "\n")) == [one[...], other[...]])
      #expect(try sessions("ls", "--store", place, "--client", "claude", "-o", "name").output == "\(other)\n")
      #expect(try sessions("ls", "--store", place, "--limit", "1", "-o", "name").output == "\(other)\n", "used last")
      let shown = try JSON(parsing: sessions("get", one, "--store", place, "-o", "json").output)
      #expect(shown["client"]?["name"] == "cursor" && shown["protocolVersion"] == "2025-06-18")
      #expect(
        shown["capabilities"] == ["roots": [:]] && shown["state"] == "initialized" && shown["service"] == "mcpctl")
      let list = try JSON(
        parsing: run(["curl", "-s", "-H", "Authorization: Bearer \(Self.key)", "\(place)/admin/sessions"]).output)
      #expect(list["total"] == 2 && list["sessions"]?[0]?["capabilities"] == nil, "a list tells the names alone")
      #expect(list["sessions"]?.array?.allSatisfy { $0["clientInfo"]?.object?.count == 2 } == true)
      var beginning = String(one.prefix(4))
      while other.hasPrefix(beginning) { beginning = String(one.prefix(beginning.count + 1)) }
      #expect(try sessions("get", beginning, "--store", place, "-o", "name").output == "\(one)\n")
      let killed = try sessions("kill", one, "--store", place, "--yes")
      #expect(killed.code == 0 && killed.error.contains("1 session ended"))
      let gone = try sessions("get", one, "--store", place)
      #expect(gone.code == 8 && gone.error.contains("there is no session"), "\(gone)")
      let status = try run([
        "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Mcp-Session-Id: \(one)", "-H",
        "Content-Type: application/json", "-H", "Accept: application/json, text/event-stream", "-d",
        #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, url,
      ]).output
      #expect(status == "404")
      #expect(
        try sessions("kill", "--selector", "client=claude", "--store", place, "--dry-run").error.contains(
          "would be ended"))
      #expect(try sessions("ls", "--store", place, "-o", "name").output == "\(other)\n")
    }
  }

  @Test func whoHasNoKeyLearnsNothing() throws {
    try serving { place, url in
      _ = try open(url, "cursor")
      let none = try sessions("ls", "--store", place, key: nil)
      #expect(none.code != 0 && none.error.contains("MCPCTL_ADMIN_KEY"), "\(none)")
      let wrong = try sessions("ls", "--store", place, key: "another-key-of-16-bytes")
      #expect(
        wrong.code != 0 && wrong.error.contains("another admin key") && !wrong.error.contains("of-16-bytes"), "\(wrong)"
      )
      let watched = try sessions("watch", "--store", place)
      #expect(watched.code == 64 && watched.error.contains("ls, get and kill"), "\(watched)")
      for method in ["GET", "DELETE"] {
        let status = try run([
          "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", method, "\(place)/admin/sessions",
        ])
        #expect(status.output == "401")
      }
    }
  }

  @Test func aServerWithoutAKeyShowsNothing() throws {
    let program = try RunningProgram([binary, "serve", "--transport", "http-stream", "--port", "0"])
    let url = String(try #require(program.line(holding: "serving ")).split(separator: " ").last ?? "")
    let refused = try sessions("ls", "--store", url.replacing("/mcp", with: ""))
    #expect(
      refused.code == 8 && refused.error.contains("the server has no auth.admin_key, so nobody may"), "\(refused)")
    #expect(refused.error.contains("with the key set it shows them"), "\(refused)")
    let unnamed = try run([binary, "sessions", "ls"])
    for way in ["--store redis://HOST:PORT", "MCPCTL_REDIS_URL", "--store http://HOST:PORT", "MCPCTL_ADMIN_KEY"] {
      #expect(unnamed.error.contains(way), "\(unnamed)")
    }
    #expect(try run([binary, "help", "environment"]).output.contains("MCPCTL_ADMIN_KEY"))
    program.signal(15)
    _ = program.finish()
  }
}
