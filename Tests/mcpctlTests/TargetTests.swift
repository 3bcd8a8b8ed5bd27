// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Testing

@testable import mcpctl

@Suite struct TargetTests {
  private static let file = """
    {"mcpServers": {
      "files": {"command": "${HOME}/bin/files", "args": ["--root", "${env:ROOT:-/srv}"], "env": {"A": "b"}, "cwd": "/tmp"},
      "web": {"url": "https://example.com/mcp", "headers": {"Authorization": "Bearer ${TOKEN}"}},
      "old": {"type": "sse", "url": "http://example.com/sse"},
      "both": {"command": "x", "url": "http://y"}}}
    """

  private func resolver(_ environment: [String: String] = [:]) -> TargetResolver {
    let console = MemoryConsole(environment: environment, files: ["mcp.json": Self.file, "bad.json": "{"]).console
    return TargetResolver(environs: console.environs)
  }

  private func failure(_ word: String, _ environment: [String: String] = [:]) -> Failure? {
    #expect(throws: Failure.self) { try reached(word, .automatic, environment) }
  }

  private func reached(
    _ word: String, _ http: Target.HTTP, _ environment: [String: String] = [:]
  ) throws -> Target {
    try resolver(environment).resolve(word, http, isExplicit: true).target
  }

  @Test(arguments: [
    ("builtin", Target.builtin), ("https://h/mcp", .url("https://h/mcp")), ("http://h:1/x", .url("http://h:1/x")),
    ("localhost:8000", .url("http://localhost:8000/mcp")), ("127.0.0.1:80", .url("http://127.0.0.1:80/mcp")),
    ("[::1]:80", .url("http://[::1]:80/mcp")), ("example.com:443", .url("https://example.com:443/mcp")),
    ("example.com:443/api/mcp", .url("https://example.com:443/api/mcp")),
  ])
  func aWordNamesATarget(word: String, target: Target) throws {
    #expect(try reached(word, .automatic) == target)
  }

  @Test(arguments: [
    ("a,b", ["a", "b"]), ("a,", ["a", ""]), ("https://h/x?k=a,b", ["https://h/x?k=a,b"]),
    ("a,https://h/x,y,http://i/z", ["a", "https://h/x,y", "http://i/z"]),
  ])
  func commasInURLsSeparateNothing(list: String, names: [String]) { #expect(Repl.names(in: list) == names) }

  @Test func aHostSpokenToOverSSEGetsThePathOfSSE() throws {
    #expect(try reached("localhost:8000", .sse) == .url("http://localhost:8000/sse", .sse))
  }

  @Test func anEntryOfAFileIsReadWithItsVariables() throws {
    let environment = ["HOME": "/home/a", "TOKEN": "t"]
    #expect(
      try reached("mcp.json:files", .automatic, environment)
        == .program(
          command: "/home/a/bin/files", arguments: ["--root", "/srv"], environment: ["A": "b"], directory: "/tmp"))
    #expect(
      try reached("mcp.json:web", .automatic, environment)
        == .url("https://example.com/mcp", headers: [.init(name: "Authorization", value: "Bearer t")]))
    #expect(try reached("mcp.json:old", .automatic) == .url("http://example.com/sse", .sse))
  }

  @Test func theFirstHitWinsAndTwoAreAnError() throws {
    let resolver = resolver(["MCPCTL_SERVER": "localhost:1"])
    #expect(try resolver.resolve(server: "builtin", program: [], http: .automatic).target == .builtin)
    #expect(
      try resolver.resolve(server: nil, program: ["a", "b"], http: .automatic).target
        == .program(command: "a", arguments: ["b"]))
    #expect(
      try resolver.resolve(server: nil, program: [], http: .automatic).target == .url("http://localhost:1/mcp"))
    #expect(throws: UsageError.self) { try resolver.resolve(server: "builtin", program: ["a"], http: .automatic) }
    let none = try self.resolver().resolve(server: nil, program: [], http: .automatic)
    #expect(none == .init(target: .builtin, isExplicit: false))
  }

  @Test func anUnknownNameSaysWhatWouldBeAccepted() {
    let failure = failure("prod")
    #expect(failure?.exit == .notFound)
    #expect(failure?.message == "no server is called 'prod'")
    #expect(failure?.hint?.contains("host:port") == true)
  }

  @Test func aURLOfAnotherSchemeIsRefused() {
    let error = #expect(throws: UsageError.self) { try reached("ftp://x/", .automatic) }
    #expect(error?.message == "'ftp' is no scheme of a server; URLs begin with http:// or https://")
  }

  @Test func faultsOfAFileNameThePlace() {
    #expect(failure("mcp.json:flies")?.hint == "did you mean 'mcp.json:files'?")
    #expect(failure("mcp.json")?.message == "mcp.json holds 4 servers")
    #expect(failure("mcp.json:both")?.message == "mcp.json: both has both 'command' and 'url'; keep one")
    #expect(failure("mcp.json:web")?.message == "mcp.json: web needs the environment variable TOKEN")
    #expect(failure("gone.json:x")?.exit == .notFound)
    #expect(failure("bad.json:x")?.exit == .badConfiguration)
  }
}
