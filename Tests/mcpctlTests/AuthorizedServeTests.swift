// SPDX-License-Identifier: Apache-2.0
import JSONKit
import TestSupport
import Testing

@testable import mcpctl

/// `mcpctl serve` with callers who have to say who they are, and `mcpctl keys`, as whoever starts them sees it.
@Suite struct AuthorizedServeTests {
  /// A file with keys that is gone afterwards.
  private func withKeys(_ body: (_ path: String, _ key: String) throws -> Void) throws {
    let folder = try run(["mktemp", "-d"]).output.split(separator: "\n").first.map(String.init) ?? ""
    defer { _ = try? run(["rm", "-rf", folder]) }
    let made = try mcpctl("keys", "new", "ci", "--scope", "use", "--scope", "read", "--add", folder + "/keys")
    #expect(made.code == 0)
    try body(folder + "/keys", String(made.output.split(separator: "\n").first ?? ""))
  }

  private func serve(_ words: String..., body: (RunningProgram, String) throws -> Void) throws {
    let program = try RunningProgram([binary, "serve", "--port", "0"] + words)
    let line = try #require(program.line(holding: "serving "))
    do {
      try body(program, String(line.split(separator: " ").last ?? ""))
    } catch {
      program.signal(9)
      throw error
    }
    program.signal(15)
    let ended = program.finish()
    #expect(ended.code == 0)
  }

  @Test(arguments: [["--transport", "http-stream"], ["--transport", "sse"]])
  func aKeyOpensTheServerAndNothingElseDoes(transport: [String]) throws {
    try withKeys { path, key in
      try serve(transport[0], transport[1], "--auth-keys", path, "--auth-scope", "use") { _, url in
        let call = [binary, "-s", url, "call", "calculator", "a=1", "b=2", "--timeout", "10s"]
        let good = try run(call + ["--bearer-env", "KEY"], environment: ["KEY": key])
        #expect(good.output == "3\n" && good.code == 0, "\(good.error)")
        #expect(try run(call + ["-H", "X-API-Key: \(key)"]).output == "3\n")
        let bare = try run(call)
        #expect(bare.code == 4, "\(bare.error)")
        let wrong = try run(call + ["--bearer-env", "KEY"], environment: ["KEY": key + "x"])
        #expect(wrong.code == 4 && !wrong.error.contains(key))
      }
    }
  }

  @Test func whatCallersDoIsNotedWithoutTheirKeys() throws {
    try withKeys { path, key in
      let program = try RunningProgram([
        binary, "serve", "--port", "0", "--transport", "http", "--auth-keys", path, "--log-format", "json",
      ])
      let started = try JSON(parsing: try #require(program.line(holding: "server started")))
      let url = "http://\(started["addresses"]?.string ?? "")/mcp"
      let call = [binary, "-s", url, "call", "echo", "message=private"]
      #expect(try run(call + ["--bearer-env", "KEY"], environment: ["KEY": key]).code == 0)
      _ = try run(call + ["--bearer-env", "KEY"], environment: ["KEY": "wrong-0123456789"])
      program.signal(15)
      let log = program.finish().error
      let audit = try #require(log.split(separator: "\n").first { $0.contains("tools/call") })
      let line = try JSON(parsing: String(audit))
      #expect(line["who"] == "key:ci" && line["name"] == "echo" && line["outcome"] == "ok" && line["us"] != nil)
      #expect(log.contains(#""message":"refused""#))
      for secret in [key, "private", "wrong-0123456789"] { #expect(!log.contains(secret)) }
    }
  }

  @Test func aRateThatIsPassedIsSaidSo() throws {
    try serve("--transport", "http-stream", "--rate-limit", "2/h") { _, url in
      let runs = try (0..<3).map { _ in try mcpctl("-s", url, "call", "calculator", "a=1", "b=2", "--no-schema") }
      #expect(runs.last?.code != 0)
      #expect(runs.last?.error.contains("too often") == true, "\(runs.last?.error ?? "")")
    }
  }

  @Test func aKeyIsShownOnceAndKeptAsADigest() throws {
    try withKeys { path, key in
      #expect(key.hasPrefix("mcpk_"))
      let kept = try run(["cat", path]).output
      #expect(kept.hasPrefix("ci sha256:") && kept.hasSuffix(" read use\n") && !kept.contains(key))
      let digest = try run(["sha256sum"], input: key).output.prefix(64)
      #expect(kept.contains("sha256:\(digest) "))
      #expect(try mcpctl("keys", "new", "cd", "--add", path).code == 0)
      #expect(try run(["cat", path]).output.split(separator: "\n").count == 2)
      let twice = try mcpctl("keys", "new", "ci", "--add", path)
      #expect(twice.code == 78 && twice.error.contains("has a key of 'ci'"))
      #expect(try mcpctl("keys", "new", "c/i").code == 64)
      let json = try JSON(parsing: mcpctl("keys", "new", "other", "--scope", "a", "-o", "json").output)
      #expect(json["line"]?.string?.hasPrefix("other sha256:") == true && json["scopes"] == ["a"])
    }
  }

  static let refused: [([String], Int32, String)] = [
    (["--auth-keys", "/nowhere"], 64, "over stdio there is only the one who started this"),
    (["--transport", "http", "--auth-keys", "/nowhere"], 78, "/nowhere cannot be read"),
    (["--transport", "http", "--auth-keys", "/etc/hostname"], 78, "/etc/hostname:1: "),
    (["--transport", "http", "--auth-issuer", "http://login.example.com"], 78, "https"),
    (["--transport", "http", "--auth-jwks", "keys.json"], 64, "--auth-issuer URL"),
    (["--transport", "http", "--auth-audience", "https://a"], 64, "--auth-issuer URL"),
    (["--transport", "http", "--auth-scope", "use"], 64, "--auth-keys FILE or --auth-issuer URL"),
    (
      ["--transport", "http", "--host", "0.0.0.0", "--auth-issuer", "https://a.example.com"], 64, "--auth-audience URL"
    ),
    (["--rate-limit", "often"], 64, "write 100/s"), (["--rate-limit", "0/s"], 64, "write 100/s"),
  ]

  @Test(arguments: refused)
  func whatCannotBeServedIsRefusedWithTheRemedy(words: [String], code: Int32, part: String) throws {
    let run = try run([binary, "serve"] + words)
    #expect(run.code == code)
    #expect(run.error.contains(part), "\(run.error)")
  }

  @Test func aServerForOthersThatAsksNobodyIsWarnedOf() throws {
    for (words, isWarned) in [([], true), (["--auth-keys"], false)] as [([String], Bool)] {
      try withKeys { path, _ in
        let keys = words.isEmpty ? [] : words + [path]
        let program = try RunningProgram(
          [binary, "serve", "--port", "0", "--transport", "http-stream", "--host", "0.0.0.0"] + keys)
        _ = program.line(holding: "serving ")
        let next = program.line(holding: ":")
        #expect(next?.contains("warning: whoever reaches this machine can call these tools") == isWarned)
        program.signal(15)
        _ = program.finish()
      }
    }
  }
}
