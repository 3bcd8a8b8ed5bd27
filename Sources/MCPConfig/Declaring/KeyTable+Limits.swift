// SPDX-License-Identifier: Apache-2.0

extension ConfigKey {
  static let performance: [ConfigKey] = [
    ConfigKey(
      "performance.threads", .integer(1...256), "Threads that serve connections; worker processes are threads here.",
      standard: "1", aliases: ["performance.worker_processes"], flag: "threads"),
    ConfigKey(
      "performance.handler_threads", .integer(1...4096), "Tools that may run at the same time; more wait.",
      standard: "64", aliases: ["actor.num_workers"]),
    ConfigKey(
      "performance.max_connections", .integer(1...1_000_000), "Open connections; more are turned away with 503.",
      standard: "16384", aliases: ["http.max_connections"], flag: "max-connections", change: .live),
    ConfigKey(
      "performance.max_connections_per_address", .integer(1...1_000_000),
      "Open connections of one address; more are turned away with 429. No limit of its own when not set.",
      aliases: ["http.max_connections_per_address"], flag: "max-connections-per-address", change: .live),
    ConfigKey(
      "performance.max_body", .size(1...(1 << 30)), "Longest message.", standard: "10MiB", aliases: ["http.max_body"],
      flag: "max-body", change: .live),
    ConfigKey(
      "performance.max_output", .size(1...(1 << 32)), "Longest answer; an error takes the place of a longer one.",
      standard: "64MiB", aliases: ["http.max_output"], flag: "max-output", change: .live),
    ConfigKey(
      "performance.max_calls", .integer(1...1_000_000), "Requests in flight; more are answered with 503.",
      standard: "4096", flag: "max-calls", change: .live),
    ConfigKey(
      "performance.requests_in_flight", .integer(1...1_000_000),
      "Requests of one session, or one stdio peer, that may be in flight.", standard: "256", flag: "max-session-calls",
      change: .live),
    ConfigKey("performance.page_size", .integer(1...10_000), "Entries on a page of a list.", standard: "100"),
    ConfigKey(
      "performance.request_timeout", .duration(wait), "How long a tool may take without showing progress.",
      standard: "30s", aliases: ["request_timeout", "http.request_timeout"], flag: "request-timeout", change: .live),
    ConfigKey(
      "performance.max_request_time", .duration(wait), "How long a tool may take with any amount of progress.",
      standard: "600s", aliases: ["http.max_request_time"], flag: "max-request-time", change: .live),
    ConfigKey(
      "performance.shutdown_timeout", .duration(moment), "How long requests in flight may go on after a signal.",
      standard: "10s", aliases: ["http.shutdown_timeout"], flag: "shutdown-timeout", change: .live),
  ]

  static let sessions: [ConfigKey] = [
    ConfigKey(
      "session.ttl", .duration(long), "How long a legacy session lives without a request.", standard: "30m",
      aliases: ["mcp.session.ttl"], flag: "session-ttl", change: .live),
    ConfigKey(
      "session.initialize_timeout", .duration(wait),
      "How long a session lives until its client has confirmed the handshake.", standard: "10s",
      aliases: ["mcp.session.initialize_timeout"], change: .live),
    ConfigKey(
      "session.max_sessions", .integer(1...10_000_000), "Sessions at the same time.", standard: "10000",
      aliases: ["mcp.session.max_sessions"], flag: "max-sessions", change: .live),
    ConfigKey(
      "session.keep_alive", .duration(.milliseconds(100)...Duration.seconds(3600)),
      "How often an idle event stream is sent a comment.", standard: "15s"),
    ConfigKey(
      "session.use_in_memory", .boolean,
      "Whether sessions are kept in memory alone; by default where no Redis is named.",
      standard: "true",
      aliases: ["mcp.session.use_in_memory"], environment: ["MCP_SESSION_USE_INMEMORY"]),
    ConfigKey(
      "session.key_prefix", .text, "What the keys of sessions begin with.", standard: "mcp:sessions:",
      aliases: ["mcp.session.key_prefix", "mcp.session.redis_prefix"]),
  ]
}
