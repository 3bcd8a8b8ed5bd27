// SPDX-License-Identifier: Apache-2.0

extension ConfigKey {
  static let storage: [ConfigKey] = [
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

  static let services: [ConfigKey] = [
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
