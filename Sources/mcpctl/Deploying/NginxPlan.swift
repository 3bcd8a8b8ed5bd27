// SPDX-License-Identifier: GPL-3.0-or-later

/// An nginx in front of one server or of several nodes, and the configuration that makes it so.
struct NginxPlan: Equatable {
  /// A node nginx passes requests to.
  struct Node: Equatable {
    /// What session ids call it: letters, digits and `-`.
    let name: String
    /// `host:port`.
    let address: String
  }

  /// How a request finds its node.
  enum Affinity: String, Equatable {
    /// By the address of the client: what knows no session ids stays with one node, and so does everybody behind one NAT.
    case ip
    /// By the node the session's id names; whatever has no session goes to any node.
    case session
  }

  var nodes: [Node]
  var affinity = Affinity.session
  var port = 80
  var serverName = "_"
  var certificate: String?
  var key: String?
  /// Where nginx writes what goes wrong.
  var errorLog = "/var/log/nginx/mcp-bridge-error.log"
  var accessLog = "/var/log/nginx/mcp-bridge-access.log"
  /// How long nginx waits between two bytes of an answer. Streams say something every 15 seconds.
  var readSeconds = 300
  /// The largest body passed on, as nginx writes sizes; the server has its own limit.
  var largestBody = "10m"

  private var isSecure: Bool { certificate != nil }

  /// The lines for `conf.d`, or for the `http` block of nginx.conf.
  var text: String {
    ([header, upstreams, affinity == .session && nodes.count > 1 ? map : "", server, redirect])
      .filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var header: String {
    """
    # nginx in front of \(nodes.count == 1 ? "an MCP server" : "\(nodes.count) MCP servers"). Written by `mcpctl deploy nginx`.
    # Include it in the http block: /etc/nginx/conf.d/mcp-bridge.conf on Debian and Ubuntu,
    # /opt/homebrew/etc/nginx/servers/mcp-bridge.conf with Homebrew. Then: nginx -t && nginx -s reload
    # Each server has to believe this nginx, and to answer to the name its clients use:
    #   mcpctl serve --transport http-stream --trusted-proxy ADDRESS-OF-NGINX --allow-host \(serverName == "_" ? "NAME" : serverName)

    """
  }

  private var upstreams: String {
    var text = upstream("mcp_all", (affinity == .ip && nodes.count > 1 ? ["ip_hash;"] : []) + nodes.map { line($0) })
    guard affinity == .session, nodes.count > 1 else { return text }
    for node in nodes {
      let others = nodes.filter { $0 != node }.map { line($0, "backup") }
      text += "\n" + upstream(group(node), [line(node)] + others)
    }
    return text
  }

  private func upstream(_ name: String, _ lines: [String]) -> String {
    "upstream \(name) {\n" + (lines + ["keepalive 32;"]).map { "  \($0)\n" }.joined() + "}\n"
  }

  private func line(_ node: Node, _ more: String = "") -> String {
    "server \(node.address) max_fails=1 fail_timeout=5s\(more.isEmpty ? "" : " " + more);"
  }

  private func group(_ node: Node) -> String { "mcp_node_\(node.name.replacing("-", with: "_"))" }

  /// Session ids begin with `v1.NODE.`; the older transport has them in the query.
  private var map: String {
    let lines = nodes.map { "  ~^v1\\.\($0.name)\\. \(group($0));\n" }.joined()
    return "map $http_mcp_session_id$arg_sessionid $mcp_upstream {\n  default mcp_all;\n\(lines)}\n"
  }

  private var server: String {
    let upstream = affinity == .session && nodes.count > 1 ? "$mcp_upstream" : "mcp_all"
    var lines = isSecure ? ["listen \(port) ssl http2;"] : ["listen \(port);"]
    lines.append("server_name \(serverName);")
    if let certificate {
      lines += [
        "ssl_certificate \(certificate);", "ssl_certificate_key \(key ?? certificate);",
        "ssl_protocols TLSv1.2 TLSv1.3;", "ssl_ciphers HIGH:!aNULL:!MD5;", "ssl_session_cache shared:mcp:10m;",
      ]
    }
    lines += [
      "error_log \(errorLog);", "access_log \(accessLog);", "client_max_body_size \(largestBody);", "",
      "location / {",
      "  proxy_pass http://\(upstream);",
      "  proxy_http_version 1.1;",
      "  # No Upgrade: MCP has no WebSockets. Connections to the servers are kept.",
      "  proxy_set_header Connection \"\";",
      "  proxy_set_header Host $http_host;",
      "  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
      "  proxy_set_header X-Forwarded-Proto $scheme;",
      "  proxy_set_header X-Forwarded-Host $http_host;",
      "  # Events are passed on as they come, and never compressed: a compressor waits for more.",
      "  proxy_buffering off;",
      "  proxy_cache off;",
      "  gzip off;",
      "  proxy_connect_timeout 2s;",
      "  proxy_read_timeout \(readSeconds)s;",
      "  proxy_send_timeout \(readSeconds)s;",
      "  # A server that cannot be reached is passed over; a request that may have run is not sent again.",
      "  proxy_next_upstream error timeout;",
      "}",
    ]
    return "server {\n" + lines.map { $0.isEmpty ? "\n" : "  \($0)\n" }.joined() + "}\n"
  }

  /// Whoever comes without TLS is sent there; ports other than 443 have no such neighbour.
  private var redirect: String {
    guard isSecure, port == 443 else { return "" }
    return """
      server {
        listen 80;
        server_name \(serverName);
        return 308 https://$host$request_uri;
      }

      """
  }
}
