// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import TestSupport
import Testing

@testable import mcpctl

/// What `mcpctl deploy` writes.
@Suite(.timeLimit(.minutes(1))) struct DeployTests {
  private static let nodes = ["n1=127.0.0.1:8001", "n2=127.0.0.1:8002", "n-3=node.example:8003"]

  private func nginx(_ words: String...) throws -> ProgramRun { try run([binary, "deploy", "nginx"] + words) }

  @Test func nginxTakesEveryForm() throws {
    let folder = TemporaryFolder()
    let files = try Certificates()
    let secure = [
      "--tls-cert", files.path("one.pem"), "--tls-key", files.path("one.key"), "--server-name", "localhost",
    ]
    for words in [
      [], Self.nodes, Self.nodes + ["--affinity", "ip"], Self.nodes + secure, secure,
    ] {
      // nginx binds what it checks, and 80 and 443 are for root alone.
      var words = try ["--port", "\(freePort())"] + words
      // A name that no DNS knows keeps nginx from starting, so the test has none.
      words = words.map { $0.replacing("node.example", with: "127.0.0.1") }
      let site = folder.path("site.conf")
      let written = try run(
        [binary, "deploy", "nginx", "--log-dir", folder.path("."), "--out", site, "--force"] + words)
      #expect(written.code == 0, "\(written.error)")
      // Where nginx would put its files only root may write.
      let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(folder.path($0));" }
      let main = try folder.write(
        """
        pid \(folder.path("pid"));
        error_log \(folder.path("log"));
        events {}
        http { \(places.joined(separator: " ")) include \(site); }
        """, to: "nginx.conf")
      let checked = try run(
        ["env", "PATH=/usr/sbin:/usr/bin:/bin", "nginx", "-t", "-c", main, "-p", folder.path(".")])
      #expect(checked.code == 0, "\(words): \(checked.error)")
    }
  }

  @Test func sessionsGoToTheNodeTheyNameAndElsewhereWhileItIsAway() throws {
    let text = try nginx("n1=127.0.0.1:8001", "n-2=127.0.0.1:8002").output
    #expect(
      text.contains(
        """
        upstream mcp_node_n_2 {
          server 127.0.0.1:8002 max_fails=1 fail_timeout=5s;
          server 127.0.0.1:8001 max_fails=1 fail_timeout=5s backup;
          keepalive 32;
        }

        map $http_mcp_session_id$arg_sessionid $mcp_upstream {
          default mcp_all;
          ~^v1\\.n1\\. mcp_node_n1;
          ~^v1\\.n-2\\. mcp_node_n_2;
        }
        """))
    #expect(text.contains("proxy_pass http://$mcp_upstream;"))
    #expect(text.contains("proxy_buffering off;") && text.contains("gzip off;"))
  }

  @Test func byAddressEveryClientHasItsNode() throws {
    let text = try nginx("--affinity", "ip", "127.0.0.1:8001", "127.0.0.1:8002").output
    #expect(text.contains("upstream mcp_all {\n  ip_hash;\n  server 127.0.0.1:8001 "))
    #expect(!text.contains("map "))
  }

  @Test func theSeedsOfAConfigurationAreNodes() throws {
    let folder = TemporaryFolder()
    let file = try folder.write("cluster:\n  seeds: ['n1=10.0.0.1:8000', 'n2=10.0.0.2:8000']\n", to: "c.yaml")
    let text = try nginx("--config", file).output
    #expect(text.contains("server 10.0.0.1:8000 ") && text.contains("~^v1\\.n2\\. mcp_node_n2;"))
  }

  @Test(arguments: [
    ["a=1.2.3.4"], ["1.2.3.4:1", "1.2.3.4:2"], ["a_b=1.2.3.4:80"], ["a=1.2.3.4:80", "a=1.2.3.5:80"],
    ["a=x;return:80"], ["--server-name", "a;b"], ["--tls-cert", "x"], ["--port", "0"],
    ["--tls-cert", "a b", "--tls-key", "c"],
    ["--server-name", "a\nb"], ["--server-name", "a;\u{301}b"],
  ])
  func whatNginxWouldMisreadIsRefused(words: [String]) throws {
    let refused = try run([binary, "deploy", "nginx"] + words)
    #expect(refused.code == 64 && refused.output == "", "\(words) \(refused.output)")
  }
}
