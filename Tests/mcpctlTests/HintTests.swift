// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore
import TestSupport
import Testing

@testable import mcpctl

/// What failures say to do next, and the codes they end with.
@Suite(.timeLimit(.minutes(2))) struct HintTests {
  @Test(arguments: [429, 502, 503, 504]) func aServerThatIsBusyCannotBeReached(status: Int) {
    for code in [ClientError.Code.httpStatus, .rpc] {
      #expect(Failure(ClientError(code, "no", httpStatus: status), server: "s").exit == .unreachable)
    }
    #expect(Failure(ClientError(.httpStatus, "no", httpStatus: 400), server: "s").exit == .protocolError)
    #expect(Failure(ClientError(.rpc, "no", httpStatus: 500), server: "s").exit == .protocolError)
  }

  @Test func aLimitSaysWhenToComeBack() {
    let error = RPCError(.tooManyRequests, "slow down", data: ["retryAfter": 7])
    let failure = Failure(ClientError(.rpc, "no", rpcError: error, httpStatus: 429), server: "s")
    #expect(failure.hint == "the server limits how often it is asked: try again in 7 s")
  }

  @Test func aLostSessionIsNoWrongPath() {
    let failure = Failure(ClientError(.sessionLost, "gone", httpStatus: 404), server: "s")
    #expect(failure.exit == .unreachable && failure.hint?.contains("has forgotten the session") == true)
    let path = Failure(ClientError(.httpStatus, "no", httpStatus: 404), server: "s")
    #expect(path.hint?.contains("is the path right?") == true)
  }

  @Test func theHintOnAPathKnowsWhichWasAsked() {
    let nothing = ClientError(.httpStatus, "no", httpStatus: 404)
    func hint(_ url: String, _ error: ClientError, isShort: Bool = false) -> String? {
      Connection.hint(afterPath: error, at: url, isShort: isShort)
    }
    #expect(
      hint("http://h:1/mcp", nothing) == "nothing there answers MCP; an older server may be at /sse: http://h:1/sse")
    #expect(hint("http://h:1/mcp", nothing, isShort: true)?.contains("--transport sse, or http://h:1/sse") == true)
    #expect(hint("http://h:1/elsewhere", nothing) == nil, "the usual hint will do")
    for url in ["http://h:1", "http://h:1/", "http://me:secret@h:1?key=secret"] {
      #expect(hint(url, nothing) == "the path is missing: http://h:1/mcp")
    }
    let message = "/ takes single requests only: clients connect at /sse"
    let pointed = ClientError(.rpc, "no", rpcError: RPCError(.invalidRequest, message), httpStatus: 400)
    #expect(hint("http://h:1", pointed) == "the path is missing: http://h:1/sse")
    let refused = ClientError(.rpc, "no", rpcError: RPCError(.invalidRequest, "no"), httpStatus: 400)
    #expect(hint("http://h:1", refused) == nil, "a server may be right there")
    #expect(hint("http://h:1/mcp", ClientError(.sessionLost, "gone", httpStatus: 404)) == nil)
  }

  @Test func aRateThatIsPassedEndsWith5() throws {
    let (server, url) = try ServeTests.start("--transport", "http-stream", "--rate-limit", "1/m")
    defer {
      server.signal(15)
      _ = server.finish()
    }
    var last = try mcpctl("-s", url, "ping", "--retry", "0")
    for _ in 0..<5 where last.code == 0 { last = try mcpctl("-s", url, "ping", "--retry", "0") }
    #expect(last.code == 5, "\(last.error)")
    #expect(last.error.contains("the server limits how often it is asked: try again in "))
  }

  @Test func methodsOfTheOtherEraAreKnown() throws {
    let ping = try mcpctl("rpc", "ping")
    #expect(ping.code == 6 && ping.error.contains("`mcpctl ping` asks in its way; --protocol 2025-11-25 has it"))
    let discover = try mcpctl("rpc", "server/discover", "--protocol", "2025-11-25")
    #expect(discover.error.contains("--protocol 2026-07-28 has it") || discover.code == 0)
    #expect(try !mcpctl("rpc", "no/such").error.contains("hint:"))
  }

  @Test func whatThereIsIsListedWhereNothingIsNear() {
    let few = Failure.notFound("tool", "nosuch", among: ["calculator", "echo"], server: "s")
    #expect(few.hint == "it has calculator, echo")
    let many = (1...40).map { "tool-number-\($0)" }
    let failure = Failure.notFound("tool", "xyz", among: many, server: "s")
    #expect(failure.hint?.hasPrefix("the nearest of 40 is 'tool-number-") == true)
    #expect(
      Failure.notFound("template", "xyz", among: many, server: "s").hint?.contains("mcpctl resources templates") == true
    )
    #expect(Failure.notFound("tool", "calc", among: ["calculator"], server: "s").hint == "did you mean 'calculator'?")
  }

  @Test func aCommandToCopySaysWhatTheUserSaidOfTheServer() {
    var followUp = FollowUp()
    #expect(followUp("tools ls") == "mcpctl tools ls")
    (followUp.server, followUp.options) = ("my server", ["--transport", "sse"])
    #expect(followUp("tools ls") == "mcpctl -s 'my server' --transport sse tools ls")
    followUp.server = "https://me:secret@example.com/mcp?key=secret"
    #expect(!followUp("tools ls").contains("secret"))
    (followUp.server, followUp.options) = (nil, [])
    followUp.program = ["npx", "a server", "--api-key", "secret"]
    #expect(
      followUp("tools ls") == "mcpctl tools ls -- npx 'a server' --api-key '…'"
        || followUp("tools ls") == "mcpctl tools ls -- npx 'a server' --api-key …")
    followUp.place = .repl
    #expect(followUp("tools ls") == "tools")
    let many = Failure.notFound("tool", "xyz", among: (1...40).map { "tool-number-\($0)" }, server: "s", followUp)
    #expect(many.hint?.hasSuffix("; `tools` lists all") == true)
  }

  // Files

  @Test func foldersOfGeneratedFilesAreMade() throws {
    let folder = TemporaryFolder()
    #expect(try mcpctl("completion", "--all", folder.path("a/b")).code == 0)
    #expect(try run(["ls", folder.path("a/b")]).output.contains("mcpctl.bash"))
    #expect(try mcpctl("man", "--all", folder.path("m/n/")).code == 0)
    #expect(try run(["ls", folder.path("m/n")]).output.contains("mcpctl.1"))
    let file = try folder.write("", to: "file")
    #expect(try mcpctl("man", "--all", file + "/x").code == 64)
  }

  @Test func aFileThatCannotBeWrittenIsFoundOutBeforeAnythingIsSent() throws {
    let folder = TemporaryFolder()
    for path in ["/no/such/folder/x", folder.path("")] {
      let run = try mcpctl("call", "echo", "message=x", "--out", path, "-vv")
      #expect(run.code == 64 && run.error.hasPrefix("mcpctl: --out: "), "\(run.error)")
      #expect(!run.error.contains("tools/call"))
    }
    #expect(try mcpctl("call", "echo", "message=x", "--out", folder.path("x")).code == 0)
  }

  @Test func aConfigurationOfNginxIsNotReplacedUnasked() throws {
    let folder = TemporaryFolder()
    let path = folder.path("n.conf")
    #expect(try mcpctl("deploy", "nginx", "--out", path).code == 0)
    let again = try mcpctl("deploy", "nginx", "--out", path)
    #expect(again.code == 1 && again.error.contains("is there already"))
    #expect(try mcpctl("deploy", "nginx", "--out", path, "--force").code == 0)
  }
}
