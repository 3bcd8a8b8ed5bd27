// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import Testing

@testable import mcpctl

/// What is asked before a tool is called.
@Suite struct ConsentTests {
  private static let dangerous: JSONObject = [
    "name": "rm", "annotations": ["destructiveHint": true, "title": "Remove a file"],
  ]

  private func ask(
    _ tool: JSONObject?, typing lines: [String] = [], isTerminal: Bool = true, isGiven: Bool = false
  ) async throws -> String {
    let memory = MemoryConsole(isTerminal: isTerminal, lines: lines)
    try await CallConsent(dialogue: Dialogue(console: memory.console), isGiven: isGiven)
      .ask(for: tool, ["path": "/a\u{1B}[2Jb"])
    return memory.error
  }

  @Test(arguments: ["y", "YES"]) func aDestructiveToolIsCalledWhenTheUserSaysSo(word: String) async throws {
    let shown = try await ask(Self.dangerous, typing: [word])
    #expect(shown.contains("Remove a file says that it may change or delete things"))
    #expect(shown.contains(#"{"path":"/a"#) && !shown.contains("\u{1B}"), "the input is shown, and harmless")
  }

  @Test(arguments: [[], [""], ["n"], ["perhaps"]]) func anythingElseIsNo(lines: [String]) async throws {
    await #expect(throws: Failure.self) { try await ask(Self.dangerous, typing: lines) }
  }

  @Test func nobodyIsAskedWithoutATerminalOrWhenItWasSaidBefore() async throws {
    #expect(try await ask(Self.dangerous, isTerminal: false).isEmpty)
    #expect(try await ask(Self.dangerous, isGiven: true).isEmpty)
  }

  @Test func toolsThatDestroyNothingAreCalledUnasked() async throws {
    #expect(try await ask(["name": "ls", "annotations": ["destructiveHint": false]]).isEmpty)
    #expect(try await ask(["name": "ls"]).isEmpty)
    #expect(try await ask(nil).isEmpty)
  }
}
