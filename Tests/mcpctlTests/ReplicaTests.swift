// SPDX-License-Identifier: Apache-2.0
import JSONKit
import TestSupport
import Testing

@testable import mcpctl

/// `mcpctl doctor --replicas`, with real servers, Redis and nginx.
@Suite(.timeLimit(.minutes(3))) struct ReplicaTests {
  private struct Found {
    let code: Int32
    let replicas: JSON
    let sessions: JSON
    let text: String
  }

  private func examine(_ words: String...) throws -> Found {
    let run = try run([binary, "doctor", "-o", "json", "--replicas"] + words, deadline: 60)
    let checks = try JSON(parsing: run.output)["checks"]?.array ?? []
    func check(_ name: String) -> JSON { checks.first { $0["check"]?.string == name } ?? .null }
    return Found(code: run.code, replicas: check("replicas"), sessions: check("sessions"), text: run.output + run.error)
  }

  private func examine(_ balancer: Balancer) throws -> Found {
    try withExtendedLifetime(balancer) { try examine(balancer.url) }
  }

  private func names(_ members: JSON?) -> Set<String> { Set((members?.array ?? []).compactMap { $0["node"]?.string }) }

  /// A server that ends with the test.
  private final class Node {
    let program: RunningProgram
    let port: UInt16

    init(_ words: [String], host: String = "127.0.0.1", port: UInt16? = nil) throws {
      let chosen = try port ?? freePort()
      program = try RunningProgram(
        [binary, "serve", "--transport", "http-stream", "--host", host, "--port", "\(chosen)"] + words)
      _ = try #require(program.line(holding: "serving "))
      self.port = chosen
    }

    deinit {
      program.signal(15)
      _ = program.finish()
    }
  }

  /// An nginx in front of nodes, one after the other, whatever session they are asked about.
  private final class Balancer {
    private let nodes: [Node]
    private let folder: TemporaryFolder
    private let program: RunningProgram
    private let port: UInt16

    init(_ nodes: [Node], first: String = "", more: String = "") throws {
      let folder = TemporaryFolder()
      let port = try freePort()
      let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(folder.path($0));" }
      let servers = nodes.map { "server 127.0.0.1:\($0.port);" }.joined(separator: " ")
      let main = try folder.write(
        """
        pid \(folder.path("pid"));
        error_log stderr notice;
        daemon off;
        worker_processes 1;
        events {}
        http {
          access_log off;
          \(places.joined(separator: " "))
          upstream nodes { \(first) \(servers) }
          server {
            listen 127.0.0.1:\(port);
            location / { proxy_pass http://nodes; proxy_buffering off; proxy_set_header Host $http_host; \(more) }
          }
        }
        """, to: "nginx.conf")
      program = try RunningProgram(
        ["env", "PATH=/usr/sbin:/usr/bin:/bin", "nginx", "-c", main, "-p", folder.path(".")])
      (self.nodes, self.folder, self.port) = (nodes, folder, port)
      _ = try #require(program.line(holding: "start worker processes"))
    }

    var url: String { "http://127.0.0.1:\(port)/mcp" }

    deinit {
      program.signal(15)
      _ = program.finish()
    }
  }

  @Test func nodesWithOneRedisShareTheirSessions() throws {
    let redis = try RedisServer()
    let nodes = try ["a", "b"].map { try Node(["--redis", "redis://127.0.0.1:\(redis.port)", "--node-name", $0]) }
    let balancer = try Balancer(nodes)
    let found = try examine(balancer)
    #expect(found.code == 0, "\(found.text)")
    #expect(found.replicas["status"] == "ok" && names(found.replicas["answers"]) == ["a", "b"], "\(found.replicas)")
    #expect(found.sessions["status"] == "ok" && names(found.sessions["requests"]) == ["a", "b"], "\(found.sessions)")
    #expect(found.sessions["detail"]?.string?.contains("answered on 8 of 8 others, by a ") == true)
    #expect(found.sessions["detail"]?.string?.hasSuffix("they share it") == true)
  }

  @Test func nodesThatShareNothingAreFoundOut() throws {
    let nodes = try [Node([]), Node([])]
    let balancer = try Balancer(nodes, more: "add_header X-Served-By $upstream_addr always;")
    let found = try examine(balancer)
    #expect(found.code == 1, "\(found.text)")
    let places = Set(nodes.map { "127.0.0.1:\($0.port)" })
    #expect(found.replicas["status"] == "ok" && names(found.replicas["answers"]) == places, "\(found.replicas)")
    #expect(found.sessions["status"] == "wrong", "\(found.sessions)")
    #expect(found.sessions["detail"]?.string?.contains("answered on 4 of 8 others") == true, "\(found.sessions)")
    #expect(found.sessions["hint"]?.string?.contains("mcpctl serve --redis URL --node-name NAME") == true)
  }

  /// The same two servers, behind a balancer that has a node for each client.
  @Test func aClientThatStaysWithItsNodeFindsItsSession() throws {
    let nodes = try [Node([]), Node([])]
    let balancer = try Balancer(nodes, first: "ip_hash;", more: "add_header X-Served-By $upstream_addr always;")
    let found = try examine(balancer)
    #expect(found.code == 0, "\(found.text)")
    #expect(names(found.replicas["answers"]).count == 1)
    #expect(found.replicas["detail"]?.string?.contains("one server, or one for each client") == true)
    #expect(found.sessions["status"] == "ok")
  }

  /// `localhost` has two addresses, with a server of its own behind each.
  @Test func eachAddressOfANameIsAsked() throws {
    let one = try Node([])
    let other = try Node([], host: "::1", port: one.port)
    let found = try examine("http://localhost:\(one.port)/mcp")
    #expect(found.code == 1, "\(found.text)")
    #expect(found.replicas["detail"]?.string == "of 16 connections: a server at 127.0.0.1 8, a server at ::1 8")
    #expect(found.sessions["detail"]?.string?.contains("answered on 8 of 16 others") == true, "\(found.sessions)")
    let first = try examine("http://localhost:\(one.port)/mcp", "--at", "127.0.0.1")
    #expect(first.code == 0 && first.replicas["answers"]?.array?.count == 8, "\(first.text)")
    withExtendedLifetime((one, other)) {}
  }

  /// Without the modern era nothing but the handshake is left, which such a balancer breaks; the steps before say so, too.
  @Test func theReasonIsFoundAlsoWhereNoClientGetsIn() throws {
    let nodes = try (0..<2).map { _ in try Node(["--set", "ProtocolVersion=2025-06-18"]) }
    let balancer = try Balancer(nodes)
    let found = try examine(balancer)
    #expect(found.code == 1 && found.text.contains(#""failed": "discovery""#), "\(found.text)")
    #expect(found.text.contains("--replicas finds out"))
    #expect(found.replicas["answers"]?.array?.count == 8, "\(found.replicas)")
    #expect(found.sessions["detail"]?.string?.contains("answered on 4 of 8 others") == true, "\(found.sessions)")
    #expect(found.sessions["hint"]?.string?.contains("--affinity ip") == true)
  }

  @Test func aServerWithoutSessionsNeedsNothingInCommon() throws {
    // Whatever is of the older era gets no further than the balancer.
    let gate = """
      default_type application/json;
      if ($http_mcp_protocol_version != "2026-07-28") {
        return 400 '{"jsonrpc":"2.0","id":null,"error":{"code":-32022,"message":"only 2026-07-28 is spoken"}}';
      }
      """
    let found = try examine(try Balancer([Node([]), Node([])], more: gate))
    #expect(found.code == 0, "\(found.text)")
    #expect(found.sessions["status"] == "skipped", "\(found.sessions)")
    #expect(found.replicas["hint"]?.string?.contains("--node-name NAME") == true, "\(found.replicas)")
  }

  @Test func anAddressWhereNobodyAnswersIsNamed() throws {
    let one = try Node([])
    let found = try examine("http://localhost:\(one.port)/mcp")
    // Of this machine that is usual.
    #expect(found.code == 0 && found.replicas["status"] == "warning", "\(found.text)")
    let detail = try #require(found.replicas["detail"]?.string)
    #expect(detail.contains("::1 failed 1x: ") && detail.contains("[::1]:\(one.port)"), "\(detail)")
    #expect(!detail.contains("is the server running"), "\(detail)")
    #expect(found.replicas["hint"]?.string?.contains("clients try the next") == true, "\(found.replicas)")
    #expect(found.sessions["status"] == "ok")
    // 192.0.2.1 leads nowhere (RFC 5737).
    let elsewhere = try examine(
      "http://localhost:\(one.port)/mcp", "--at", "127.0.0.1", "--at", "192.0.2.1", "--timeout", "2s")
    #expect(elsewhere.code == 1 && elsewhere.replicas["status"] == "wrong", "\(elsewhere.text)")
    withExtendedLifetime(one) {}
  }

  /// Whoever names addresses means each of them.
  @Test func anAddressThatIsNamedHasToAnswer() throws {
    let one = try Node([])
    let url = "http://127.0.0.1:\(one.port)/mcp"
    for words in [["--at", "127.0.0.2"], ["--at", "127.0.0.1", "--at", "127.0.0.2"]] {
      let run = try run([binary, "doctor", "-o", "json", url] + words, deadline: 60)
      let checks = try JSON(parsing: run.output)["checks"]?.array ?? []
      let replicas = try #require(checks.first { $0["check"]?.string == "replicas" })
      #expect(run.code == 1 && replicas["status"] == "wrong", "\(replicas)")
      #expect(replicas["detail"]?.string?.contains("127.0.0.2:\(one.port)") == true, "\(replicas)")
      #expect(replicas["detail"]?.string?.contains("127.0.0.1:\(one.port)") == false, "\(replicas)")
    }
    withExtendedLifetime(one) {}
  }

  @Test func whatHasNoReplicasIsRefused() throws {
    #expect(try mcpctl("doctor", "--replicas").code == 64)
    #expect(try mcpctl("doctor", "--replicas", "--", binary, "serve").code == 64)
    let run = try mcpctl("doctor", "http://127.0.0.1:1/mcp", "--at", "here")
    #expect(run.code == 64 && run.error.contains("--at takes an address"))
  }
}
