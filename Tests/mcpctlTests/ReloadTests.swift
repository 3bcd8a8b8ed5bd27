// SPDX-License-Identifier: Apache-2.0
import JSONKit
import TestSupport
import Testing

@testable import mcpctl

/// SIGHUP: the configuration is read again while the server runs.
@Suite struct ReloadTests {
  private let folder = TemporaryFolder()
  private static let hangUp: Int32 = 1

  /// A server with a file, and where it is reached.
  private func serve(_ more: String) throws -> (program: RunningProgram, url: String, file: String) {
    let file = try write(more)
    let program = try RunningProgram([binary, "serve", "--config", file])
    let line = try #require(program.line(holding: "serving "))
    return (program, String(line.split(separator: " ").last ?? ""), file)
  }

  @discardableResult
  private func write(_ more: String) throws -> String {
    try folder.write("transport: {type: http-stream, port: 0}\n\(more)\n", to: "c.yaml")
  }

  @Test func toolsAndLevelsChangeWhileACallGoesOn() throws {
    let (program, url, _) = try serve("tools: {deny: [echo]}")
    let call = try RunningProgram([binary, "-s", url, "call", "sleep", "seconds=60", "-vv"])
    #expect(call.line(holding: "notifications/progress") != nil)
    try write("tools: {allow: [echo, calculator]}\nlogging: {level: debug}")
    program.signal(Self.hangUp)
    let said = try #require(program.line(holding: "configuration reloaded"))
    #expect(said.contains("tools.allow:  -> echo, calculator; tools.deny: echo -> ; logging.level: not set -> debug"))
    #expect(try mcpctl("-s", url, "tools", "ls", "-o", "name").output == "calculator\necho\n")
    #expect(program.line(holding: " debug request") != nil)
    call.signal(2)
    #expect(call.finish().code == 130, "the call went on until it was withdrawn")
    program.signal(15)
    #expect(program.finish().code == 0)
  }

  @Test func aBadFileChangesNothingAndSaysWhy() throws {
    let (program, url, file) = try serve("")
    try write("tools: {enabled: no}\ntransprt: 1")
    program.signal(Self.hangUp)
    #expect(
      program.line(holding: "configuration fault")?.contains("\(file):2:18: tools.enabled: 'no' is neither") == true)
    #expect(
      program.line(holding: "configuration fault")?.contains("\(file):3:1: transprt: there is no such key") == true)
    #expect(program.line(holding: "configuration not reloaded: nothing has changed") != nil)
    #expect(try mcpctl("-s", url, "tools", "ls", "-o", "name").output.contains("sleep"))
    _ = try run(["rm", file])
    program.signal(Self.hangUp)
    #expect(program.line(holding: "configuration not reloaded")?.contains("No such file") == true)
    program.signal(15)
    #expect(program.finish().code == 0)
  }

  @Test func whatNeedsANewStartIsNamedEachTime() throws {
    let (program, _, _) = try serve("session: {ttl: 30m}")
    try write("session: {ttl: 20m}\nserver: {name: other, capabilities: [prompts]}")
    for _ in 0..<2 {
      program.signal(Self.hangUp)
      let line = program.line(holding: "a new start is needed for some keys")
      #expect(line?.contains("server.name server.capabilities session.ttl") == true, "\(line ?? "")")
    }
    program.signal(15)
    #expect(program.finish().code == 0)
  }

  @Test func whoMayCallChangesOnOpenConnectionsToo() throws {
    let (program, url, _) = try serve("transport.allowed_origins: [https://old.example]")
    try write("transport.allowed_origins: [https://new.example]")
    func status(_ origin: String) throws -> String {
      let words = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Origin: \(origin)", url]
      return try run(words).output
    }
    #expect(try status("https://old.example") != "403")
    #expect(try status("https://new.example") == "403")
    program.signal(Self.hangUp)
    #expect(program.line(holding: "configuration reloaded") != nil)
    #expect(try status("https://old.example") == "403")
    #expect(try status("https://new.example") != "403")
    program.signal(15)
    _ = program.finish()
  }
}
