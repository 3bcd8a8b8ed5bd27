// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import MCPClientKit
import TestSupport
import Testing

@testable import mcpctl

/// What `mcpctl auth` says without anybody who issues tokens.
@Suite struct AuthCommandTests {
  /// Runs words with a state folder there is nothing in, unless `state` says otherwise.
  private func run(
    _ words: [String], state: String? = "/proc/none", isTerminal: Bool = false
  ) async -> (code: ExitCode, said: String) {
    var environment = ["BROWSER": ""]
    environment["XDG_STATE_HOME"] = state
    let console = MemoryConsole(isTerminal: isTerminal, environment: environment)
    let code = await Mcpctl.run(words, in: console.console)
    return (code, console.output + console.error)
  }

  @Test(arguments: [
    ["auth", "login"], ["auth", "login", "builtin"],
    ["auth", "login", "http://127.0.0.1:1/", "-s", "http://127.0.0.1:2/"],
    ["auth", "login", "http://127.0.0.1:1/", "--client-credentials"],
    ["auth", "login", "http://127.0.0.1:1/", "--issuer", "https://as.example"],
    ["auth", "login", "http://127.0.0.1:1/", "--client-id", "x", "--client-credentials"],
    [
      "auth", "login", "http://127.0.0.1:1/", "--client-id", "x", "--client-secret-env", "A", "--client-secret-file",
      "b",
    ],
    ["auth", "token"], ["auth", "logout", "builtin"], ["auth"], ["auth", "login", "x://y"],
    ["ping", "-s", "http://127.0.0.1:1/", "--askpass"], ["ping", "--askpass"],
    ["ping", "-s", "http://127.0.0.1:1/", "--askpass", "--bearer-env", "X"],
  ]) func wordsThatMakeNoSenseAreAUsageError(words: [String]) async {
    #expect(await run(words).code == .usage)
  }

  @Test func nobodyIsLoggedInAtFirst() async {
    #expect(await run(["auth", "status", "-o", "json", "--path", ".grants"]).said == "[]\n")
    #expect(await run(["auth", "status"], isTerminal: true).said == "not logged in anywhere\n")
    for command in ["status", "token"] {
      let (code, said) = await run(["auth", command, "https://example.com/mcp"])
      #expect(code == .unauthorized && said.contains("mcpctl auth login https://example.com/mcp"))
    }
    #expect(await run(["auth", "logout", "https://example.com/mcp"]).code == .success)
  }

  @Test func withoutAPlaceForTokensTheRemedyIsNamed() async {
    for state in [nil, "relative"] {
      let (code, said) = await run(["auth", "status", "https://example.com/mcp"], state: state)
      #expect(code == .badConfiguration && said.contains("XDG_STATE_HOME"))
    }
  }

  @Test func aTokenIsNotGotForPlainHTTP() async {
    let (code, said) = await run(["auth", "login", "http://example.com/mcp"])
    #expect(code == .unauthorized && said.contains("not https"))
  }

  @Test func aServerNobodyRunsIsSaidSo() async {
    #expect(await run(["auth", "login", "http://127.0.0.1:1/mcp"]).code == .unreachable)
  }

  @Test func aServerThatTakesKeysAloneSaysSo() async throws {
    let folder = TemporaryFolder()
    #expect(try mcpctl("keys", "new", "ci", "--add", folder.path("keys")).code == 0)
    let (server, url) = try ServeTests.start("--transport", "http-stream", "--auth-keys", folder.path("keys"))
    defer {
      server.signal(15)
      _ = server.finish()
    }
    let (code, said) = await run(["auth", "login", url], state: folder.path("state"))
    #expect(
      code == .unauthorized
        && said.contains(
          "does not say who issues tokens: it may want an API key (--bearer-env NAME, or -H 'X-API-Key: env:NAME')"),
      "\(said)")
  }

  @Test func theBrowserIsTheOneThatIsNamed() {
    func program(_ value: String?) -> String? {
      Browser(console: MemoryConsole(environment: value.map { ["BROWSER": $0] } ?? [:]).console).program
    }
    #expect(program(nil) == "xdg-open")
    #expect(program("/usr/bin/firefox:lynx") == "/usr/bin/firefox")
    #expect(program("") == nil)
  }

  @Test func thePageIsSaidEvenWhereNoBrowserIs() async {
    let console = MemoryConsole(environment: ["BROWSER": "/nonexistent"])
    #expect(await Browser(console: console.console).show("https://as.example/x?y", opens: true) == nil)
    #expect(console.error.contains("  https://as.example/x?y\n") && console.error.contains("could not be started"))
  }

  @Test func anAddressOfABrowserElsewhereCanBeTyped() async {
    let address = "http://127.0.0.1:1/callback?code=x"
    for (lines, found) in [([address + " "], address), ([""], nil), ([], nil)] as [([String], String?)] {
      let console = MemoryConsole(isTerminal: true, lines: lines)
      #expect(await Browser(console: console.console).show("https://as.example/", opens: false) == found)
    }
  }
}
