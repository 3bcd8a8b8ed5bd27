// SPDX-License-Identifier: Apache-2.0

extension ConfigKey {
  static let transport: [ConfigKey] = [
    ConfigKey(
      "transport.type",
      .choice(
        ["stdio", "http-stream", "sse"],
        others: ["http": "http-stream", "streamable-http": "http-stream", "streaming": "http-stream"]),
      "How the server is reached.", standard: "stdio", flag: "transport"),
    ConfigKey(
      "transport.host", .text, "Address to listen on; 0.0.0.0 is all of IPv4.", standard: "127.0.0.1",
      aliases: ["http.host", "server.http.host", "server.host", "server.address"],
      environment: ["MCP_HOST", "MCP_HTTP_HOST"], flag: "host"),
    ConfigKey(
      "transport.port", .integer(0...65_535), "Port to listen on; 0 lets the system choose.", standard: "8000",
      aliases: ["http.port", "server.http.port", "server.port"],
      environment: ["MCP_PORT", "MCP_HTTP_PORT", "SERVER_PORT"], flag: "port"),
    ConfigKey(
      "transport.path", .route, "Path of Streamable HTTP; /stream answers too while it is the default.",
      standard: "/mcp", aliases: ["http.mcp_path"], flag: "path"),
    ConfigKey(
      "transport.sse", .boolean, "Whether HTTP+SSE of 2024-11-05 is offered beside Streamable HTTP.", standard: "false",
      aliases: ["enable_sse", "http.enable_sse", "backward_compatible20241105"]),
    ConfigKey(
      "transport.sse_path", .route, "Path of the event stream of HTTP+SSE.", standard: "/sse",
      aliases: ["http.sse_path"]),
    ConfigKey(
      "transport.messages_path", .route, "Path clients of HTTP+SSE send to.", standard: "/messages",
      aliases: ["http.message_path", "http.messages_path"]),
    ConfigKey(
      "transport.websockets", .boolean, "Whether WebSocket is offered.", standard: "false",
      aliases: ["enable_web_sockets", "http.enable_web_sockets"],
      status: .mapped("MCP has no WebSocket transport: clients use Streamable HTTP, transport.type: http-stream")),
    ConfigKey(
      "transport.allowed_origins", .list, "Web origins that may call, besides those of this machine.", standard: "",
      flag: "allow-origin", change: .live),
    ConfigKey(
      "transport.allowed_hosts", .list, "Names the server is called by in Host, besides those of this machine.",
      standard: "", flag: "allow-host", change: .live),
    ConfigKey(
      "transport.read_timeout", .duration(wait),
      "How long a client may take for the head of a request, or pause in its body; 10s and 30s when not set.",
      aliases: ["server.http.read_timeout", "http.read_timeout"], flag: "read-timeout", change: .live),
    ConfigKey(
      "transport.write_timeout", .duration(wait),
      "How long a client may take nothing of its response; event streams are not ended while they are read.",
      standard: "30s", aliases: ["server.http.write_timeout", "http.write_timeout"], flag: "write-timeout",
      change: .live),
    ConfigKey(
      "transport.idle_timeout", .duration(wait), "How long a connection is kept between two requests.", standard: "75s",
      aliases: ["server.http.idle_timeout", "http.idle_timeout"], flag: "idle-timeout", change: .live),
    ConfigKey(
      "transport.trusted_proxies", .list,
      "Proxies, as 192.0.2.1 or 10.0.0.0/8, that are believed what X-Forwarded-For, -Proto, -Host, -Port and -Prefix say.",
      standard: "", aliases: ["server.http.trusted_proxies", "http.trusted_proxies"], flag: "trusted-proxy",
      change: .live),
    ConfigKey(
      "transport.hsts", .duration(.zero...Duration.seconds(10 * 366 * 86_400)),
      "For how long browsers shall use https:// alone; nothing is said of it when not set.",
      aliases: ["http.hsts"], flag: "hsts", change: .live),
    ConfigKey(
      "transport.compress_from", .size(0...(1 << 30)),
      "From which size on JSON is compressed for clients that can read gzip; never when not set.",
      aliases: ["http.compress_from"], flag: "compress-from"),
  ]

  static let tls: [ConfigKey] = [
    ConfigKey(
      "transport.tls.enabled", .boolean, "Whether HTTPS is served.", standard: "false",
      aliases: ["http.tls.enable", "http.tls.enabled", "server.http.tls.enabled"]),
    ConfigKey(
      "transport.tls.cert_file", .file(mustExist: true), "Certificate with its chain, PEM; a reload reads it again.",
      aliases: ["http.tls.cert_file", "server.http.tls.cert_file"], flag: "tls-cert"),
    ConfigKey(
      "transport.tls.key_file", .file(mustExist: true), "Private key of the certificate, PEM; a reload reads it again.",
      aliases: ["http.tls.key_file", "server.http.tls.key_file"], flag: "tls-key"),
    ConfigKey(
      "transport.tls.client_ca_file", .file(mustExist: true),
      "Authorities, PEM; only clients with a certificate that one of them has issued are let in.",
      aliases: ["http.tls.client_ca_file", "server.http.tls.client_ca_file"], flag: "tls-client-ca"),
    ConfigKey(
      "transport.tls.min_version", .choice(["1.2", "1.3"]), "Oldest version of TLS that is spoken.", standard: "1.2",
      aliases: ["http.tls.min_version", "server.http.tls.min_version"], flag: "tls-min"),
    ConfigKey(
      "transport.tls.reload", .duration(moment),
      "How often the files are looked at, to be read again when they have changed; 0 never does.", standard: "60s",
      aliases: ["http.tls.reload", "server.http.tls.reload"], flag: "tls-reload"),
  ]

  static let cors: [ConfigKey] = [
    ConfigKey(
      "transport.cors.enabled", .boolean,
      "Whether browsers are told that pages of the origins that may call may read the answers too.", standard: "true",
      aliases: ["http.cors.enable", "http.cors.enabled"], change: .live),
    ConfigKey(
      "transport.cors.allowed_origins", .list,
      "Web origins that may call, besides those of transport.allowed_origins, while CORS is enabled.", standard: "",
      aliases: ["http.cors.allowed_origins"], change: .live),
    ConfigKey(
      "transport.cors.allowed_headers", .list, "Headers web pages may send, besides those of MCP.", standard: "",
      aliases: ["http.cors.allowed_headers"], change: .live),
    ConfigKey(
      "transport.cors.exposed_headers", .list, "Headers web pages may read, besides those of MCP.", standard: "",
      aliases: ["http.cors.exposed_headers"], change: .live),
    ConfigKey(
      "transport.cors.allow_credentials", .boolean,
      "Whether browsers may send cookies and client certificates along, for the origins that are named.",
      standard: "false", aliases: ["http.cors.allow_credentials"], flag: "cors-credentials", change: .live),
    ConfigKey(
      "transport.cors.max_age", .duration(moment), "For how long browsers remember what an origin may do.",
      standard: "300s", aliases: ["http.cors.max_age"], flag: "cors-max-age", change: .live),
  ]

  static let grpc: [ConfigKey] = [
    ConfigKey(
      "server.grpc.host", .text, "Address of the gRPC service.", standard: "127.0.0.1",
      status: .planned("the gRPC service")),
    ConfigKey(
      "server.grpc.port", .port, "Port of the gRPC service.", standard: "9090", status: .planned("the gRPC service")),
  ]
}
