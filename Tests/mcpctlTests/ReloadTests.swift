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
    let (program, _, _) = try serve("session: {keep_alive: 30s}")
    try write("session: {keep_alive: 20s}\nserver: {name: other, capabilities: [prompts]}")
    for _ in 0..<2 {
      program.signal(Self.hangUp)
      let line = program.line(holding: "a new start is needed for some keys")
      #expect(line?.contains("server.name server.capabilities session.keep_alive") == true, "\(line ?? "")")
    }
    program.signal(15)
    #expect(program.finish().code == 0)
  }

  /// Asks for a reload over HTTP.
  private func ask(_ url: String, _ key: String?, _ more: [String] = []) throws -> (status: String, body: JSON) {
    let header = key.map { ["-H", "Authorization: Bearer \($0)"] } ?? []
    let place = url.replacing("/mcp", with: "/reload-config").replacing("/sse", with: "/reload-config")
    let run = try run(["curl", "-s", "-X", "POST", "-w", "\n%{http_code}", place] + header + more)
    let lines = run.output.split(separator: "\n")
    return (String(lines.last ?? ""), (try? JSON(parsing: String(lines.first ?? ""))) ?? .null)
  }

  private static let adminKey = "an-admin-key-of-tests"

  @Test(arguments: ["http-stream", "sse"]) func whoHasTheKeyMayAskForIt(transport: String) throws {
    func config(_ text: String) throws -> String {
      try folder.write(
        "transport: {type: \(transport), port: 0}\nauth.admin_key: ${ADMIN}\n\(text)\n", to: "c.yaml")
    }
    let program = try RunningProgram(
      [binary, "serve", "--config", try config("")], environment: ["ADMIN": Self.adminKey])
    let url = String(try #require(program.line(holding: "serving ")).split(separator: " ").last ?? "")
    for key in [nil, "", "wrong", Self.adminKey + "x", String(Self.adminKey.dropLast())] {
      #expect(try ask(url, key).status == "401")
    }
    _ = try config("tools.deny: [echo]\nserver.name: other")
    let (status, body) = try ask(url, Self.adminKey)
    #expect(status == "200" && body["status"] == "reloaded")
    #expect(body["changed"] == [["key": "tools.deny", "old": [], "new": ["echo"]]], "\(body)")
    #expect(body["needsRestart"]?[0]?["key"] == "server.name" && body["problems"] == [])
    #expect(try !mcpctl("-s", url, "tools", "ls", "-o", "name").output.contains("echo"))
    let bad = try config("tools.deny: [sleep]\ntransprt: 1")
    let (refused, why) = try ask(url, Self.adminKey)
    #expect(refused == "422" && why["status"] == "unchanged")
    let problem = why["problems"]?[0]
    #expect(problem?["file"] == .string(bad) && problem?["line"] == 4 && problem?["column"] == 1, "\(why)")
    #expect(try mcpctl("-s", url, "tools", "ls", "-o", "name").output.contains("sleep"))
    program.signal(15)
    let log = program.finish().error
    #expect(!log.contains(Self.adminKey) && log.contains("reload asked for"))
  }

  @Test func withoutAKeyThereIsNoSuchPath() throws {
    let (program, url, _) = try serve("auth.admin_key: '${ADMIN:}'")
    for key in [nil, "", "wrong"] { #expect(try ask(url, key, ["-d", ""]).status == "404") }
    // One that comes with a reload lets in from then on, and one that goes no more.
    try write("auth.admin_key: \(Self.adminKey)")
    program.signal(Self.hangUp)
    #expect(program.line(holding: "configuration reloaded")?.contains("auth.admin_key: ••• -> •••") == true)
    #expect(try ask(url, Self.adminKey, ["-d", ""]).status == "200")
    try write("")
    #expect(try ask(url, Self.adminKey, ["-d", ""]).status == "200")
    #expect(try ask(url, Self.adminKey, ["-d", ""]).status == "404")
    program.signal(15)
    #expect(program.finish().code == 0)
  }

  @Test func whoGuessesIsNotListenedToForLong() throws {
    let (program, url, _) = try serve("auth.admin_key: \(Self.adminKey)")
    for _ in 0..<10 { #expect(try ask(url, "a-key-that-is-wrong").status == "401") }
    #expect(try ask(url, "a-key-that-is-wrong").status == "429")
    #expect(try ask(url, Self.adminKey, ["-d", ""]).status == "200", "nobody can lock out who has the key")
    program.signal(15)
    #expect(program.finish().code == 0)
  }

  @Test func limitsAndCallersChangeWhileItRuns() throws {
    _ = try run([binary, "keys", "new", "one", "--add", folder.path("keys")])
    let (program, url, _) = try serve("auth.keys_file: keys")
    let second = try mcpctl("keys", "new", "two", "--add", folder.path("keys")).output.prefix { $0 != "\n" }
    func call(_ message: String) throws -> ProgramRun {
      try run(
        [binary, "-s", url, "--bearer-env", "KEY", "call", "echo", "message=\(message)", "--no-schema"],
        environment: ["KEY": String(second)])
    }
    #expect(try call("hi").code == 4)
    let long = String(repeating: "x", count: 3000)
    for (more, message, part) in [
      ("", long, ""), ("performance.max_body: 2kB", long, "413"),
      ("performance.max_output: 2kB", long, "this server sends 2000 at most"),
      ("auth.rules: [{name: echo, principals: []}]", "hi", "is not for this caller"),
      ("rate_limit.requests: 1/h", "hi", "this caller asks too often"),
      ("rate_limit.address: 1/h", "hi", "this address asks too often"),
    ] {
      try write("auth.keys_file: keys\n\(more)")
      program.signal(Self.hangUp)
      #expect(program.line(holding: "configuration reloaded") != nil)
      let run = try call(message)
      #expect(part.isEmpty ? run.code == 0 : run.code != 0 && run.error.contains(part), "\(more): \(run.error)")
    }
    // Whether callers are asked at all is built in.
    try write("")
    program.signal(Self.hangUp)
    #expect(program.line(holding: "a new start is needed")?.contains("keys=auth.keys_file") == true)
    #expect(try mcpctl("-s", url, "tools", "ls").code == 4)
    program.signal(15)
    #expect(program.finish().code == 0)
  }

  @Test func aCertificateThatDoesNotFitChangesNothing() throws {
    let files = try Certificates()
    try files.replace("live", with: "one")
    let tls =
      "transport.tls: {enabled: true, cert_file: \(files.path("live.pem")), key_file: \(files.path("live.key")), reload: 0}"
    let (program, url, _) = try serve(tls)
    let serial = ["sh", "-c", "curl -sv --cacert \(files.path("ca.pem")) \(url) 2>&1 | grep subject:"]
    #expect(try run(serial).output.contains("CN=one"))
    _ = try run(["cp", files.path("two.pem"), files.path("live.pem")])
    try write(tls + "\ntools.deny: [echo]")
    program.signal(Self.hangUp)
    #expect(program.line(holding: "configuration not reloaded")?.contains("does not belong to the certificate") == true)
    #expect(try run(serial).output.contains("CN=one"))
    _ = try run(["cp", files.path("two.key"), files.path("live.key")])
    program.signal(Self.hangUp)
    #expect(program.line(holding: "configuration reloaded")?.contains("tools.deny:  -> echo") == true)
    #expect(try run(serial).output.contains("CN=two"))
    program.signal(15)
    #expect(program.finish().code == 0)
  }

  @Test func withoutAFileKeysAreReadAgain() throws {
    _ = try run([binary, "keys", "new", "one", "--add", folder.path("keys")])
    let (program, url) = try ServeTests.start("--transport", "http-stream", "--auth-keys", folder.path("keys"))
    let second = try mcpctl("keys", "new", "two", "--add", folder.path("keys")).output.prefix { $0 != "\n" }
    program.signal(Self.hangUp)
    #expect(program.line(holding: "configuration reloaded") != nil)
    let list = [binary, "-s", url, "--bearer-env", "KEY", "tools", "ls"]
    #expect(try run(list, environment: ["KEY": String(second)]).code == 0)
    program.signal(15)
    #expect(program.finish().code == 0)
  }

  @Test func foldersOfToolsMayChange() throws {
    let script = try folder.write("#!/bin/sh\necho hi\n", to: "hello")
    let manifest = try folder.write(#"{"description": "Says hi."}"#, to: "hello.json")
    _ = try run(["chmod", "755", script])
    _ = try run(["chmod", "644", manifest])
    let (program, url, _) = try serve("")
    for (text, isThere) in [("tools.directories: ['.']", true), ("tools.directories: []", false)] {
      try write(text)
      program.signal(Self.hangUp)
      #expect(program.line(holding: "configuration reloaded") != nil)
      #expect(try mcpctl("-s", url, "tools", "ls", "-o", "name").output.contains("hello") == isThere)
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

/// A hundred reloads under load; see `Tests/Edge/reload.py`.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ReloadUnderLoadTests {
  private let folder = TemporaryFolder()
  private static let key = "an-admin-key-of-tests"

  @Test(arguments: ["http-stream", "sse"]) func aHundredReloadsLoseNoCallAndNoStream(transport: String) throws {
    try reload("transport: {type: \(transport), port: 0}\nperformance.threads: 2\n", [])
  }

  @Test func certificatesAreRenewedByReloadsUnderClients() throws {
    let files = try Certificates()
    try files.replace("live", with: "one")
    try reload(
      """
      transport: {type: http-stream, port: 0}
      transport.tls: {enabled: true, cert_file: \(files.path("live.pem")), key_file: \(files.path("live.key")), reload: 0}

      """, [files.folder])
  }

  @Test func whoIsKnownStaysSo() throws {
    let key = try mcpctl("keys", "new", "ci", "--add", folder.path("keys")).output.prefix { $0 != "\n" }
    try reload(
      "transport: {type: http-stream, port: 0}\nauth: {keys_file: keys, rules: [{name: '*', principals: ['key:ci']}]}\n",
      [], environment: ["MCP_KEY": String(key)])
  }

  private func reload(_ text: String, _ more: [String], environment: [String: String] = [:]) throws {
    let config = try folder.write(text + "logging.level: warning\n", to: "c.yaml")
    let program = try RunningProgram(
      [binary, "serve", "--config", config], environment: ["MCP_AUTH_ADMIN_KEY": Self.key])
    let url = String(try #require(program.line(holding: "serving ")).split(separator: " ").last ?? "")
    let script = "\(repository)/Tests/Edge/reload.py"
    let run = try run(
      ["python3", script, url, String(program.id), config, Self.key] + more, environment: environment, deadline: 280)
    print(run.output + run.error)
    #expect(run.code == 0)
    program.signal(15)
    #expect(program.finish().code == 0)
  }
}
