// SPDX-License-Identifier: Apache-2.0
import EventIO
import Glibc
import JSONKit
import MCPCore
import Testing

@testable import MCPServeKit

/// Programs in folders that are tools.
@Suite(.timeLimit(.minutes(2))) struct ToolFolderTests {
  private let programs = Programs()

  private func folders(for features: FeatureSet, limits: ProgramLimits = ProgramLimits()) -> ToolFolders {
    ToolFolders([programs.path], for: features, limits: limits)
  }

  private func call(
    _ name: String, _ arguments: JSONObject = [:], limits: ProgramLimits = ProgramLimits()
  ) async throws -> ToolResult {
    let features = try FeatureSet()
    #expect(await folders(for: features, limits: limits).load() == [])
    let server = Server(Implementation(name: "s", version: "1"), features: features)
    let request = Request(
      id: .number(1), method: .toolsCall, params: ["name": .string(name), "arguments": .object(arguments)])
    guard case .complete(let result, cache: _) = try await server.handle(request, in: Self.context) else {
      throw NotCalled()
    }
    return try ToolResult(json: result)
  }

  private struct NotCalled: Error {}

  private static var context: RequestContext {
    RequestContext(id: .number(1), revision: .v20251125, method: .toolsCall)
  }

  @Test func aProgramWithAManifestIsATool() async throws {
    programs.script("greet", #"read -r line; printf 'got %s as %s\n' "$line" "$MCP_TOOL_NAME""#)
    programs.put(
      "greet.json",
      """
      {"description": "Greets.", "title": "Greet", "inputSchema": {"type": "object",
       "properties": {"name": {"type": "string"}, "times": {"type": "integer", "default": 2}}, "required": ["name"]}}
      """)
    #expect(
      try await call("greet", ["name": "Ada; rm -rf /"])
        == .text(#"got {"name":"Ada; rm -rf /","times":2} as greet"#))
    await #expect(throws: NotCalled.self, "arguments are checked first") { try await call("greet") }
  }

  @Test func aProgramMayDescribeItself() async throws {
    programs.script("clock.sh", #"[ "$1" = --describe ] && echo '{"description":"Tells."}' || echo noon"#)
    #expect(try await call("clock") == .text("noon"))
  }

  @Test func aManifestMayNameTheProgram() async throws {
    programs.put("hello.txt", "hello\n")
    programs.put("say.json", #"{"description":"Says.","run":{"command":["/bin/cat","hello.txt"]}}"#)
    #expect(try await call("say") == .text("hello"))
  }

  @Test func aBrokenProgramHidesNoOther() async throws {
    programs.tool("good", "echo good")
    programs.put("bad.json", "{")
    programs.put("dumb.json", #"{"title":"?"}"#)
    programs.put("lonely.json", #"{"description":"No program."}"#)
    programs.put("schema.json", #"{"description":"x","inputSchema":{"type":7},"run":{"command":["true"]}}"#)
    programs.put("typo.json", #"{"description":"x","run":{"comand":["true"]}}"#)
    programs.put("na me.json", #"{"description":"x","run":{"command":["true"]}}"#)
    programs.script("mute", "exit 3")
    programs.tool("open", "echo open")
    programs.script("open", "echo open", mode: 0o757)
    programs.put("README", "nothing")
    let features = try FeatureSet()
    let problems = await folders(for: features).load()
    #expect(features.tools.map(\.name) == ["good"])
    let said = problems.map { String($0.description.dropFirst(programs.path.count + 1)) }.sorted()
    let expected = [
      "bad.json: the manifest is no JSON", "dumb.json: description is missing",
      "lonely.json: there is no program 'lonely'",
      "mute: run with --describe, it exited with status 3", "na me.json: 'na me' is no tool name",
      "open.json: every user of this machine may change open: chmod o-w", "schema.json: ",
      "typo.json: run has no member 'comand'; did you mean 'command'?",
    ]
    #expect(said.count == expected.count, "\(said)")
    for (line, start) in zip(said, expected) { #expect(line.hasPrefix(start), "\(line)") }
  }

  @Test func aFolderThatIsNotThereIsAProblem() async throws {
    let problems = await ToolFolders(["/nowhere/at/all"], for: try FeatureSet()).load()
    #expect(problems.map(\.description) == ["/nowhere/at/all: /nowhere/at/all: No such file or directory"])
  }

  @Test func aNameThatIsTakenIsAProblem() async throws {
    programs.tool("echo", "echo mine")
    let features = try FeatureSet([.tool(ServerTool("echo", "The first.") { _ in .text("first") })])
    let problems = await folders(for: features).load()
    #expect(problems.first?.message.contains("registered already") == true)
    #expect(features.tool("echo")?.description == "The first.")
  }

  @Test func whatHasChangedIsReadAnewAndAnnounced() async throws {
    programs.tool("one", "echo 1")
    programs.tool("two", "echo 2")
    let features = try FeatureSet()
    let folders = folders(for: features)
    await folders.load()
    let (changes, change) = AsyncStream.makeStream(of: Announcement.self)
    _ = features.addListener { change.yield($0) }
    await folders.load()
    programs.remove("one.json")
    programs.remove("one")
    programs.tool("three", "echo 3")
    await folders.load()
    #expect(features.tools.map(\.name) == ["three", "two"])
    change.finish()
    var count = 0
    for await _ in changes { count += 1 }
    #expect(count == 1, "once for both changes, and not for none")
  }

  @Test func aProgramThatFailsIsAToolErrorWithItsReason() async throws {
    programs.tool("fail", "echo out; echo why >&2; exit 4")
    #expect(try await call("fail") == .error("why"))
    programs.tool("silent", "exit 4")
    #expect(try await call("silent") == .error("silent exited with status 4"))
  }

  @Test func structuredOutputIsAValue() async throws {
    let schema = #""outputSchema":{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}"#
    programs.tool("count", #"echo '{"n": 3}'"#, schema)
    #expect(try await call("count").structuredContent == ["n": 3])
    programs.tool("words", "echo three", schema)
    #expect(try await call("words").isError)
    programs.tool("whole", #"echo '{"content":[{"type":"text","text":"hi"}],"isError":true}'"#)
    #expect(try await call("whole") == .error("hi"))
  }

  @Test func aProgramSeesOnlyTheEnvironmentItIsGiven() async throws {
    setenv("MCPCTL_TEST_SECRET", "s3cret", 1)
    setenv("MCPCTL_TEST_WANTED", "wanted", 1)
    programs.tool(
      "env", "env", #""run":{"environment":["MCPCTL_TEST_WANTED"],"variables":{"COLOUR":"blue"}}"#)
    let text = try await call("env").said
    #expect(text.contains("MCPCTL_TEST_WANTED=wanted") && text.contains("COLOUR=blue") && text.contains("PATH="))
    #expect(!text.contains("s3cret"))
  }

  @Test func whatWritesTooMuchIsCut() async throws {
    programs.tool("flood", "head -c 200000 /dev/zero | tr '\\0' x", #""run":{"outputBytes":100000}"#)
    let result = try await call("flood")
    #expect(result.isError)
    programs.tool("full", "head -c 100000 /dev/zero | tr '\\0' x", #""run":{"outputBytes":100000}"#)
    #expect(try await call("full").isError == false)
  }

  @Test func whatUsesTooMuchProcessorTimeIsEnded() async throws {
    programs.tool("burn", "while :; do :; done", #""run":{"cpuSeconds":1}"#)
    let result = try await call("burn")
    #expect(result.isError && result.said.contains("killed by signal"))
  }

  @Test func whatTakesTooLongIsKilledWithAllItStarted() async throws {
    let pid = "\(programs.path)/pid"
    programs.tool(
      "slow", "sleep 1000 & echo $! >\(pid).new; mv \(pid).new \(pid); wait", #""run":{"timeoutSeconds":1}"#)
    await #expect(throws: RPCError.self) { try await call("slow") }
    let text = try Folder(programs.path).contents(of: "pid", limit: 20)
    let child = try #require(Int32(String(decoding: text.dropLast(), as: UTF8.self)))
    while isAlive(child), !Task.isCancelled { await Task.yield() }
  }

  @Test func callsBeyondTheLimitAreRefused() async throws {
    let gate = "\(programs.path)/gate"
    mkfifo(gate, 0o600)
    programs.tool("wait", "read -r line <\(gate); echo $line", #""run":{"calls":1}"#)
    let features = try FeatureSet()
    #expect(await folders(for: features).load() == [])
    let server = Server(Implementation(name: "s", version: "1"), features: features)
    let request = Request(id: .number(1), method: .toolsCall, params: ["name": "wait"])
    async let first = server.handle(request, in: Self.context)
    // The pipe opens for writing when the first call reads from it.
    let writer = await Task.detached { open(gate, O_WRONLY) }.value
    let refusal = await #expect(throws: RPCError.self) {
      try await server.handle(request, in: Self.context)
    }
    #expect(refusal?.message.contains("busy with 1 calls") == true)
    _ = "go\n".withCString { write(writer, $0, 3) }
    close(writer)
    #expect(try await first == .complete(ToolResult.text("go").json))
  }
}

/// Whether a process exists and is more than an entry nobody has asked for.
private func isAlive(_ process: Int32) -> Bool {
  guard let status = try? Folder("/proc/\(process)").contents(of: "stat", limit: 4096) else { return false }
  return !String(decoding: status, as: UTF8.self).contains(") Z ")
}

extension ToolResult {
  /// The text of the first block.
  fileprivate var said: String { if case .text(let text)? = content.first { text } else { "" } }
}
