// SPDX-License-Identifier: Apache-2.0

extension ConfigKey {
  /// Every key there is, in the order they are shown. A new key is one line.
  package static let all: [ConfigKey] =
    server + transport + performance + sessions + tools + logging + protection + redis + cluster + storage + services

  static let index = KeyIndex(all)

  /// The key at a canonical path; nil when there is none.
  package static func at(_ path: String) -> ConfigKey? {
    if case .key(let key, rank: 0) = index.place(path) { key } else { nil }
  }

  private static let revisions = ["auto", "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]
  private static let levels = ["debug", "info", "notice", "warning", "error", "critical", "off"]
  private static let moment = Duration.zero...Duration.seconds(86_400)
  private static let wait = Duration.milliseconds(1)...Duration.seconds(86_400)
  private static let long = Duration.milliseconds(1)...Duration.seconds(366 * 86_400)

  private static let server: [ConfigKey] = [
    ConfigKey("server.name", .text, "Name the server answers with.", standard: "mcpctl", aliases: ["server_info.name"]),
    ConfigKey(
      "server.version", .text, "Version the server answers with; that of mcpctl when not set.",
      aliases: ["server_info.version"]),
    ConfigKey(
      "server.instructions", .text, "How to use the server, for models.",
      standard: "Sample tools, resources and prompts to try a client with."),
    ConfigKey(
      "server.protocol", .choice(revisions), "Newest protocol revision that is spoken; auto is all.", standard: "auto",
      aliases: ["protocol_version", "server.protocol_version"]),
    ConfigKey(
      "server.capabilities", .choices(["tools", "resources", "prompts"]), "What the server offers.",
      standard: "tools,resources,prompts", aliases: ["server_capabilities"]),
  ]

  private static let transport: [ConfigKey] = [
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
      aliases: ["enable_web_sockets", "http.enable_web_sockets"], status: .planned("the WebSocket transport")),
    ConfigKey(
      "transport.allowed_origins", .list, "Web origins that may call, besides those of this machine.", standard: "",
      flag: "allow-origin", change: .live),
    ConfigKey(
      "transport.allowed_hosts", .list, "Names the server is called by in Host, besides those of this machine.",
      standard: "", flag: "allow-host", change: .live),
    ConfigKey(
      "transport.read_timeout", .duration(wait),
      "How long a client may take for the head of a request, or pause in its body; 10s and 30s when not set.",
      aliases: ["server.http.read_timeout", "http.read_timeout"], flag: "read-timeout"),
    ConfigKey(
      "transport.write_timeout", .duration(wait),
      "How long a client may take nothing of its response; event streams are not ended while they are read.",
      standard: "30s", aliases: ["server.http.write_timeout", "http.write_timeout"], flag: "write-timeout"),
    ConfigKey(
      "transport.tls.enabled", .boolean, "Whether HTTPS is served.", standard: "false",
      aliases: ["http.tls.enable", "http.tls.enabled", "server.http.tls.enabled"]),
    ConfigKey(
      "transport.tls.cert_file", .file(mustExist: true), "Certificate with its chain, PEM.",
      aliases: ["http.tls.cert_file", "server.http.tls.cert_file"], flag: "tls-cert"),
    ConfigKey(
      "transport.tls.key_file", .file(mustExist: true), "Private key of the certificate, PEM.",
      aliases: ["http.tls.key_file", "server.http.tls.key_file"], flag: "tls-key"),
    ConfigKey(
      "transport.cors.enabled", .boolean, "Whether web pages elsewhere are answered.", standard: "false",
      aliases: ["http.cors.enable", "http.cors.enabled"], status: .planned("CORS")),
    ConfigKey(
      "transport.cors.allowed_origins", .list, "Origins web pages may call from.", standard: "",
      aliases: ["http.cors.allowed_origins"], status: .planned("CORS")),
    ConfigKey(
      "transport.cors.allowed_headers", .list, "Headers web pages may send.", standard: "",
      aliases: ["http.cors.allowed_headers"], status: .planned("CORS")),
    ConfigKey(
      "transport.cors.exposed_headers", .list, "Headers web pages may read.", standard: "",
      aliases: ["http.cors.exposed_headers"], status: .planned("CORS")),
    ConfigKey(
      "transport.cors.allow_credentials", .boolean, "Whether web pages may send cookies and Authorization.",
      standard: "false", aliases: ["http.cors.allow_credentials"], status: .planned("CORS")),
    ConfigKey(
      "transport.cors.max_age", .duration(moment), "How long a browser may remember what it was told.",
      standard: "300s", aliases: ["http.cors.max_age"], status: .planned("CORS")),
    ConfigKey(
      "server.grpc.host", .text, "Address of the gRPC service.", standard: "127.0.0.1",
      status: .planned("the gRPC service")),
    ConfigKey(
      "server.grpc.port", .port, "Port of the gRPC service.", standard: "9090", status: .planned("the gRPC service")),
  ]

  private static let performance: [ConfigKey] = [
    ConfigKey(
      "performance.threads", .integer(1...256), "Threads that serve connections; worker processes are threads here.",
      standard: "1", aliases: ["performance.worker_processes"], flag: "threads"),
    ConfigKey(
      "performance.handler_threads", .integer(1...4096), "Tools that may run at the same time; more wait.",
      standard: "64", aliases: ["actor.num_workers"]),
    ConfigKey(
      "performance.max_connections", .integer(1...1_000_000), "Open connections; more are turned away with 503.",
      standard: "16384", aliases: ["http.max_connections"], flag: "max-connections"),
    ConfigKey(
      "performance.max_body", .size(1...(1 << 30)), "Longest message.", standard: "10MiB", aliases: ["http.max_body"],
      flag: "max-body"),
    ConfigKey(
      "performance.requests_in_flight", .integer(1...1_000_000),
      "Requests of one session, or one stdio peer, that may be in flight.", standard: "256", flag: "max-session-calls"),
    ConfigKey("performance.page_size", .integer(1...10_000), "Entries on a page of a list.", standard: "100"),
    ConfigKey(
      "performance.request_timeout", .duration(wait), "How long a tool may take without showing progress.",
      standard: "30s", aliases: ["request_timeout", "http.request_timeout"], flag: "request-timeout", change: .live),
    ConfigKey(
      "performance.shutdown_timeout", .duration(moment), "How long requests in flight may go on after a signal.",
      standard: "10s", aliases: ["http.shutdown_timeout"], flag: "shutdown-timeout"),
  ]

  private static let sessions: [ConfigKey] = [
    ConfigKey(
      "session.ttl", .duration(long), "How long a legacy session lives without a request.", standard: "30m",
      aliases: ["mcp.session.ttl"], flag: "session-ttl"),
    ConfigKey(
      "session.initialize_timeout", .duration(wait),
      "How long a session lives until its client has confirmed the handshake.", standard: "10s",
      aliases: ["mcp.session.initialize_timeout"]),
    ConfigKey(
      "session.max_sessions", .integer(1...10_000_000), "Sessions at the same time.", standard: "10000",
      aliases: ["mcp.session.max_sessions"], flag: "max-sessions"),
    ConfigKey(
      "session.keep_alive", .duration(.milliseconds(100)...Duration.seconds(3600)),
      "How often an idle event stream is sent a comment.", standard: "15s"),
    ConfigKey(
      "session.use_in_memory", .boolean, "Whether sessions are kept in memory alone.", standard: "true",
      aliases: ["mcp.session.use_in_memory"], environment: ["MCP_SESSION_USE_INMEMORY"],
      status: .planned("sessions in Redis")),
    ConfigKey(
      "session.key_prefix", .text, "What the keys of sessions begin with.", standard: "mcp:sessions:",
      aliases: ["mcp.session.key_prefix", "mcp.session.redis_prefix"], status: .planned("sessions in Redis")),
  ]

  private static let tools: [ConfigKey] = [
    ConfigKey("tools.enabled", .boolean, "Whether there are tools at all.", standard: "true", change: .live),
    ConfigKey(
      "tools.allow", .list, "The tools that are offered; all when empty. * stands for any letters.", standard: "",
      change: .live),
    ConfigKey(
      "tools.deny", .list, "Tools that are not offered, whatever allow says. * stands for any letters.", standard: "",
      change: .live),
    ConfigKey(
      "tools.directories", .files, "Folders of programs that are tools; see `mcpctl help tools`.", standard: "",
      flag: "tools"),
    ConfigKey("tools.auto_discover", .boolean, "Whether tools.directories are looked into.", standard: "true"),
    ConfigKey(
      "mcp.local.enabled", .boolean, "Whether local tools are offered.", standard: "false",
      status: .planned("tools from a file")),
    ConfigKey(
      "mcp.local.tools_config", .file(mustExist: true), "File that lists the local tools.",
      status: .planned("tools from a file")),
  ]

  private static let logging: [ConfigKey] = [
    ConfigKey(
      "logging.level", .choice(levels, others: ["warn": "warning"]),
      "Least level that is logged; info over HTTP and off over stdio when not set.",
      aliases: ["log.level", "log_level"], environment: ["MCP_LOG_LEVEL"], flag: "log-level", change: .live),
    ConfigKey(
      "logging.format", .choice(["text", "json"]), "How log lines look.", standard: "text", aliases: ["log.format"],
      environment: ["MCP_LOG_FORMAT"], flag: "log-format"),
    ConfigKey(
      "logging.output", .output, "Where log lines go; to a file they are added.", standard: "stderr",
      aliases: ["log.output"], environment: ["MCP_LOG_OUTPUT"]),
    ConfigKey(
      "metrics.enabled", .boolean, "Whether metrics are served.", standard: "false", status: .planned("metrics")),
    ConfigKey("metrics.path", .route, "Path of the metrics.", standard: "/metrics", status: .planned("metrics")),
  ]

  private static let protection: [ConfigKey] = [
    ConfigKey(
      "auth.keys_file", .file(mustExist: true), "File with the API keys that are accepted; a reload reads it again.",
      aliases: ["auth.api_keys_file"], flag: "auth-keys"),
    ConfigKey(
      "auth.issuer", .url(["https", "http"]), "Authorization server whose tokens are accepted.",
      aliases: ["auth.jwt.issuer"], flag: "auth-issuer"),
    ConfigKey(
      "auth.jwks", .text, "URL or file of the issuer's public keys; where its metadata says when not set.",
      aliases: ["auth.jwt.jwks", "auth.jwt.jwks_url"], flag: "auth-jwks"),
    ConfigKey(
      "auth.audience", .text, "Who tokens have to be for; the URL of this server when not set.",
      aliases: ["auth.jwt.audience"], flag: "auth-audience"),
    ConfigKey(
      "auth.scopes", .list, "Scopes that every request needs.", standard: "", aliases: ["auth.jwt.scopes"],
      flag: "auth-scope"),
    ConfigKey(
      "auth.admin_key", .secret, "Key for POST /reload-config.", status: .guards("reloading over HTTP")),
    ConfigKey("rate_limit.requests", .rate, "How often each caller may ask.", flag: "rate-limit"),
  ]

  private static let redis: [ConfigKey] = [
    ConfigKey(
      "redis.type", .choice(["local", "production"]), "Kind of the installation.", standard: "local",
      status: .mapped("an address is all that is needed")),
    ConfigKey(
      "redis.address", .text, "Where Redis is: host:port, or a redis:// URL.",
      aliases: ["redis.addr", "redis.url", "session.redis.address", "session.redis.addr"],
      environment: ["REDIS_ADDRESS", "REDIS_ADDR", "MCP_REDIS_ADDR", "MCP_REDIS_URL"], status: .planned("Redis")),
    ConfigKey(
      "redis.addresses", .list, "Several addresses of one Redis: Sentinel or Cluster.", standard: "",
      status: .planned("Redis")),
    ConfigKey("redis.host", .text, "Host of Redis; redis.address says both.", status: .planned("Redis")),
    ConfigKey("redis.port", .port, "Port of Redis; redis.address says both.", status: .planned("Redis")),
    ConfigKey(
      "redis.password", .secret, "Password of Redis.", aliases: ["session.redis.password"],
      environment: ["REDIS_PASSWORD"], status: .planned("Redis")),
    ConfigKey(
      "redis.db", .integer(0...65_535), "Database of Redis.", standard: "0",
      aliases: ["redis.database", "session.redis.db", "session.redis.database"], status: .planned("Redis")),
    ConfigKey(
      "redis.timeout", .duration(.milliseconds(1)...Duration.seconds(600), bare: 1),
      "How long an answer of Redis may take; a bare number counts milliseconds.", standard: "2s",
      status: .planned("Redis")),
    ConfigKey(
      "redis.pool_size", .integer(1...10_000), "Connections to Redis at most.", standard: "10",
      aliases: ["redis.pool.max_total", "redis.pool.max_active"], status: .planned("Redis")),
    ConfigKey(
      "redis.max_idle_conns", .integer(0...10_000), "Idle connections to Redis that are kept at most.", standard: "10",
      aliases: ["redis.pool.max_idle"], status: .planned("Redis")),
    ConfigKey(
      "redis.min_idle_conns", .integer(0...10_000), "Idle connections to Redis that are kept at least.", standard: "5",
      aliases: ["redis.pool.min_idle"], status: .planned("Redis")),
  ]

  private static let cluster: [ConfigKey] = [
    ConfigKey(
      "cluster.enabled", .boolean, "Whether several servers answer for each other.", standard: "false",
      aliases: ["actor.cluster.enabled"], status: .planned("the cluster")),
    ConfigKey(
      "cluster.type", .choice(["static", "k8s"]), "How servers find each other.", standard: "static",
      aliases: ["clustering.type"], status: .mapped("servers find each other through Redis")),
    ConfigKey(
      "cluster.node_name", .text, "Name of this server among the others.",
      aliases: ["actor.name", "mcp.session.instance_id"], environment: ["NODE_NAME", "MCP_SESSION_INSTANCE_ID"],
      status: .planned("the cluster")),
    ConfigKey(
      "cluster.node_address", .text, "Address the others reach this server at.", standard: "127.0.0.1",
      aliases: ["actor.address", "clustering.node_host"], environment: ["NODE_ADDRESS"], status: .planned("the cluster")
    ),
    ConfigKey(
      "cluster.node_port", .port, "Port the others reach this server at.", standard: "9090", aliases: ["actor.port"],
      environment: ["NODE_PORT"], status: .planned("the cluster")),
    ConfigKey(
      "cluster.seeds", .list, "Servers to begin with, host:port each.", standard: "",
      aliases: ["actor.cluster.seeds", "clustering.static_hosts"], status: .planned("the cluster")),
    ConfigKey(
      "cluster.gossip_port", .port, "Port for gossip.", aliases: ["clustering.gossip_port"],
      status: .mapped("servers find each other through Redis")),
    ConfigKey(
      "cluster.peers_port", .port, "Port for peers.", aliases: ["clustering.peers_port"],
      status: .mapped("servers find each other through Redis")),
    ConfigKey(
      "cluster.remoting_port", .port, "Port for messages.", aliases: ["clustering.remoting_port"],
      status: .mapped("messages between servers go through Redis")),
    ConfigKey(
      "cluster.use_remote_actors", .boolean, "Whether sessions are reached from other servers.", standard: "false",
      aliases: ["actor.use_remote_actors"], status: .mapped("a session is served wherever its request arrives")),
    ConfigKey(
      "cluster.bind_address", .text, "Address for messages.",
      aliases: ["actor.remote_config.bind_address", "actor.remote_config.bind_addr", "actor.remote_config.host"],
      status: .mapped("messages between servers go through Redis")),
    ConfigKey(
      "cluster.bind_port", .port, "Port for messages.",
      aliases: ["actor.remote_config.bind_port", "actor.remote_config.port"],
      status: .mapped("messages between servers go through Redis")),
  ]

  private static let storage: [ConfigKey] = [
    ConfigKey(
      "storage.type", .choice(["embedded", "lancedb", "duckdb", "tinydb"]),
      "Kind of the store; lancedb, duckdb and tinydb are names for the embedded one.", standard: "embedded",
      status: .planned("storage")),
    ConfigKey("storage.path", .file(mustExist: false), "Where the store is.", status: .planned("storage")),
    ConfigKey(
      "storage.data_path", .file(mustExist: false), "Folder for everything that is kept.",
      environment: ["MCP_DATA_PATH"], status: .planned("storage")),
    ConfigKey(
      "storage.cache_size", .size(0...(1 << 40)), "Memory the store may use.", standard: "64MiB",
      status: .planned("storage")),
    ConfigKey(
      "storage.connection_pool_size", .integer(1...10_000), "Connections to the store.", standard: "10",
      status: .planned("storage")),
    ConfigKey("cache.enabled", .boolean, "Whether results are kept.", standard: "false", status: .planned("the cache")),
    ConfigKey(
      "cache.ttl", .duration(long), "How long a result is kept.", standard: "300s", status: .planned("the cache")),
    ConfigKey(
      "cache.max_size", .integer(1...100_000_000), "Results that are kept; the longest unused goes first.",
      standard: "1000", status: .planned("the cache")),
    ConfigKey(
      "cache.backend", .choice(["memory", "redis"]), "Where results are kept.", standard: "memory",
      status: .planned("the cache")),
    ConfigKey(
      "database.pool_size", .integer(1...10_000), "Connections to the database.", standard: "20",
      status: .mapped("the pools are redis.pool_size and storage.connection_pool_size")),
    ConfigKey(
      "database.max_overflow", .integer(0...10_000), "Connections beyond the pool.", standard: "30",
      status: .mapped("the pools are redis.pool_size and storage.connection_pool_size")),
    ConfigKey(
      "database.pool_timeout", .duration(wait), "How long to wait for a connection.", standard: "30s",
      status: .mapped("the time is redis.timeout")),
    ConfigKey(
      "database.pool_recycle", .duration(long), "How long a connection is used.", standard: "3600s",
      status: .mapped("a connection is renewed when it breaks")),
  ]

  private static let services: [ConfigKey] = [
    ConfigKey(
      "mcp.external.enabled", .boolean, "Whether other servers are offered too.", standard: "false",
      status: .planned("the gateway")),
    ConfigKey(
      "mcp.external.connection_timeout", .duration(wait), "How long connecting to one of them may take.",
      standard: "30s", status: .planned("the gateway")),
    ConfigKey(
      "mcp.external.servers", .items(external), "The other servers, each with a command or a URL.",
      status: .planned("the gateway")),
    ConfigKey(
      "mcp.xiaozhi.enabled", .boolean, "Whether devices may connect.", standard: "false",
      status: .planned("device links")),
    ConfigKey(
      "mcp.xiaozhi.vision_url", .url(["https", "http"]), "Where devices send pictures.",
      status: .planned("device links")),
    ConfigKey(
      "mcp.use_service", .boolean, "Whether the caller uses the service.", standard: "false",
      status: .mapped("this belongs to the client library")),
    ConfigKey(
      "mcp.service_url", .url(["https", "http"]), "Where the service is.",
      status: .mapped("this belongs to the client library")),
    ConfigKey(
      "mcp.fallback", .boolean, "Whether the caller falls back to its own tools.", standard: "false",
      status: .mapped("this belongs to the client library")),
    ConfigKey(
      "mcp.traffic_split", .integer(0...100), "Calls in a hundred that go to the service.", standard: "100",
      status: .mapped("this belongs to the client library")),
  ]

  /// The keys of one other server.
  private static let external: [ConfigKey] = [
    ConfigKey("name", .text, "What it is called."),
    ConfigKey("command", .text, "Program to start."),
    ConfigKey("args", .list, "Its arguments."),
    ConfigKey("env", .list, "Its environment, NAME=value each."),
    ConfigKey("cwd", .file(mustExist: false), "Folder it is started in."),
    ConfigKey("url", .url(["https", "http", "sse"]), "Where it is reached instead."),
    ConfigKey(
      "transport",
      .choice(
        ["auto", "stdio", "http-stream", "sse"], others: ["http": "http-stream", "streamable-http": "http-stream"]),
      "How it is reached."),
    ConfigKey("enabled", .boolean, "Whether it is used."),
  ]
}
