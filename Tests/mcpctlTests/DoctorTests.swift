// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import TestSupport
import Testing

@testable import mcpctl

/// `mcpctl doctor`: each step that can fail, failing.
@Suite(.timeLimit(.minutes(3))) struct DoctorTests {
  private struct Report {
    let code: Int32
    let failed: String?
    let status: [String: String]
    let details: [String: String]
    let hints: [String: String]
  }

  private func examine(_ words: [String], environment: [String: String] = [:]) throws -> Report {
    let run = try run([binary, "doctor", "-o", "json"] + words, environment: environment)
    let object = try JSON(parsing: run.output)
    func table(_ member: String) -> [String: String] {
      Dictionary(
        (object["checks"]?.array ?? []).compactMap { check in
          check[member]?.string.map { (check.word("check"), $0) }
        }, uniquingKeysWith: { $1 })
    }
    #expect(object["ok"] == .bool(run.code == 0))
    return Report(
      code: run.code, failed: object["failed"]?.string, status: table("status"), details: table("detail"),
      hints: table("hint"))
  }

  @Test func theBuiltInServerIsExaminedWhenNoneIsNamed() throws {
    let run = try mcpctl("doctor")
    #expect(run.code == 0 && run.error == "")
    #expect(
      run.output.contains(
        "ok       target        the built-in server, in this process: --server and MCPCTL_SERVER name none"))
    #expect(run.output.contains("20 + 22 is 42"))
    #expect(try examine([]).status.values.allSatisfy { $0 == "ok" })
  }

  // MARK: Programs

  @Test func aProgramThatWorksIsFoundStartedAskedAndEnded() throws {
    let report = try examine(["--", binary, "serve"])
    #expect(report.code == 0 && report.failed == nil)
    #expect(report.details["command"] == binary)
    #expect(report.details["capabilities"]?.hasPrefix("4 tools, 2 resources, 2 prompts") == true)
    #expect(report.details["stderr"] == "it wrote nothing")
    #expect(report.details["end"] == "it ends when its input is closed")
  }

  @Test func theStepOfAProgramThatFailsIsNamed() throws {
    let folder = TemporaryFolder()
    let file = try folder.write("#!/bin/sh\n", to: "server")
    let cases: [([String], String, String)] = [
      (["no-such-program"], "command", "in none of the folders of PATH"), ([file], "command", "cannot be run"),
      (["/no/such/file"], "command", "there is no file"), (["false"], "discovery", "exited with status 1"),
      (["sh", "-c", "echo it broke >&2; exit 3"], "discovery", "exited with status 3"),
    ]
    for (words, step, detail) in cases {
      let report = try examine(["--"] + words)
      #expect(report.code == 1 && report.failed == step, "\(words): \(report)")
      #expect(report.details[step]?.contains(detail) == true, "\(report)")
      #expect(report.status["capabilities"] == "skipped")
    }
    #expect(try examine(["--", file]).hints["command"] == "chmod +x \(file)")
    let broken = try examine(["--", "sh", "-c", "echo it broke >&2; exit 3"])
    #expect(broken.details["stderr"]?.contains("it broke") == true)
    let silent = try examine(["--timeout", "1s", "--", "sleep", "60"])
    #expect(silent.failed == "discovery" && silent.hints["discovery"]?.contains("standard output") == true)
  }

  @Test func whatIsWrittenToStandardErrorHasNoSecrets() throws {
    let script = "echo token $TOKEN >&2; exec '\(binary)' serve"
    let report = try examine(["-E", "TOKEN=very-secret-value", "--", "sh", "-c", script])
    #expect(report.code == 0)
    #expect(report.details["stderr"] == "token …")
  }

  @Test func aProgramThatDoesNotEndIsAWarning() throws {
    let report = try examine(["--", "sh", "-c", "'\(binary)' serve; exec sleep 60"])
    #expect(report.code == 0 && report.status["end"] == "warning")
  }

  @Test func aRevisionThatIsNotSpokenIsTheStep() throws {
    let old = ["--", binary, "serve", "--set", "ProtocolVersion=2025-06-18"]
    let report = try examine(["--protocol", "2026-07-28"] + old)
    #expect(report.failed == "version", "\(report)")
    #expect(try examine(old).details["version"]?.hasPrefix("2025-06-18 over stdio; the newest is ") == true)
  }

  // MARK: URLs

  @Test func theStepOfAWayThatFailsIsNamed() throws {
    let (server, url) = try ServeTests.start("--transport", "http-stream")
    defer {
      server.signal(15)
      _ = server.finish()
    }
    let works = try examine([url])
    #expect(works.code == 0, "\(works)")
    #expect(works.details["http"] == "HTTP 200 OK" && works.details["auth"] == "it lets everybody in")
    #expect(works.status["tls"] == "skipped")
    let cases = [
      ("http://no-such-host.invalid/mcp", "dns"), ("127.0.0.1:1", "tcp"),
      (url.replacing("http://", with: "https://"), "tls"), (url.replacing("/mcp", with: "/elsewhere"), "http"),
    ]
    for (place, step) in cases {
      let report = try examine([place])
      #expect(report.code == 1 && report.failed == step, "\(place): \(report)")
      #expect(report.hints[step] != nil && report.status["capabilities"] == "skipped")
    }
    let dead = try examine(["127.0.0.1:1"])
    #expect(dead.details["tcp"] == "nobody listens on 127.0.0.1:1")
    #expect(dead.hints["tcp"]?.hasPrefix("is the server running") == true)
    let pathless = try examine([url.replacing("/mcp", with: "")])
    #expect(pathless.hints["discovery"] == "the path is missing: \(url)", "\(pathless)")
    #expect(try mcpctl("doctor", url, "-s", url).code == 64)
    #expect(try mcpctl("doctor", "no-such-name").code == 8)
  }

  @Test func certificatesAreExamined() throws {
    let files = try Certificates()
    let (server, url) = try ServeTests.start(
      "--transport", "http-stream", "--tls-cert", files.path("one.pem"), "--tls-key", files.path("one.key"))
    defer {
      server.signal(15)
      _ = server.finish()
    }
    let trusted = try examine(["--cacert", files.path("ca.pem"), url])
    #expect(
      trusted.code == 0 && trusted.details["tls"]?.hasPrefix("TLSv1.3, with a certificate to trust for ") == true,
      "\(trusted)")
    let unknown = try examine([url])
    #expect(unknown.failed == "tls" && unknown.hints["tls"]?.contains("--cacert") == true)
    let insecure = try examine(["--insecure", url])
    #expect(insecure.code == 0 && insecure.status["tls"] == "warning")
  }

  @Test func aServerThatWantsAKeyIsNoServerThatIsAway() throws {
    let folder = TemporaryFolder()
    let key = try mcpctl("keys", "new", "ci", "--add", folder.path("keys")).output.trimmed
    let (server, url) = try ServeTests.start("--transport", "http-stream", "--auth-keys", folder.path("keys"))
    defer {
      server.signal(15)
      _ = server.finish()
    }
    let refused = try examine([url])
    #expect(refused.failed == "auth" && refused.details["http"] == "HTTP 401", "\(refused)")
    let hint = try #require(refused.hints["auth"])
    #expect(hint.contains("X-API-Key") && !hint.contains("auth login"), "nobody issues tokens for it")
    let known = try examine(["--bearer-env", "KEY", url], environment: ["KEY": key])
    #expect(known.code == 0 && known.details["auth"] == "it lets your credentials in", "\(known)")
  }

  @Test func anOldTransportIsAWarning() throws {
    let (server, url) = try ServeTests.start("--transport", "sse")
    defer {
      server.signal(15)
      _ = server.finish()
    }
    let report = try examine(["--transport", "sse", url])
    #expect(report.code == 0 && report.details["version"]?.contains("deprecated") == true, "\(report)")
    let newer = try examine([url.replacing("/sse", with: "/mcp")])
    #expect(newer.hints["http"] == "nothing there answers MCP; an older server may be at /sse: \(url)", "\(newer)")
    let pathless = try examine([url.replacing("/sse", with: "")])
    #expect(pathless.hints["discovery"] == "the path is missing: \(url)", "\(pathless)")
  }

  @Test func whatAProxyDoesIsLeftToIt() throws {
    let report = try examine(
      ["https://example.invalid/mcp"], environment: ["https_proxy": "http://user:word@127.0.0.1:1"])
    #expect(report.failed == "http")
    #expect(report.details["dns"] == "left to the proxy http://127.0.0.1:1")
  }

  @Test(
    arguments: [
      ("https://a.example/mcp", ["https_proxy": "p:1"], "http://p:1"),
      ("https://a.example/mcp", ["http_proxy": "p:1"], nil),
      ("http://a.example/mcp", ["http_proxy": "http://p:1"], "http://p:1"),
      ("http://a.example/mcp", ["HTTP_PROXY": "http://p:1"], nil),
      ("http://a.example/mcp", ["all_proxy": "socks5://p:1"], "socks5://p:1"),
      ("http://a.example/mcp", ["http_proxy": "p:1", "no_proxy": "b.example,example"], nil),
      ("http://a.example/mcp", ["http_proxy": "p:1", "NO_PROXY": ".a.example"], nil),
      ("http://a.example/mcp", ["http_proxy": "p:1", "no_proxy": "*"], nil),
      ("http://badexample/mcp", ["http_proxy": "p:1", "no_proxy": "example"], "http://p:1"),
    ] as [(String, [String: String], String?)])
  func proxiesAreThoseOfCurl(url: String, environment: [String: String], proxy: String?) throws {
    #expect(try #require(URLPlace(url)).proxy { environment[$0] } == proxy)
  }

  @Test func aURLLeadsToAPlace() throws {
    let place = try #require(URLPlace("https://[::1]/mcp"))
    #expect(place.host == "::1" && place.port == 443 && place.isSecure)
    #expect(URLPlace("ftp://x/") == nil)
  }
}
