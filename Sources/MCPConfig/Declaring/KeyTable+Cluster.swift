// SPDX-License-Identifier: Apache-2.0

extension ConfigKey {
  static let redis: [ConfigKey] = [
    ConfigKey(
      "redis.type", .choice(["local", "production"]), "Kind of the installation.", standard: "local",
      status: .mapped("an address is all that is needed")),
    ConfigKey(
      "redis.address", .text, "Where Redis is: host:port, or a redis:// URL.",
      aliases: ["redis.addr", "redis.url", "session.redis.address", "session.redis.addr"],
      environment: ["REDIS_ADDRESS", "REDIS_ADDR", "MCP_REDIS_ADDR", "MCP_REDIS_URL"], flag: "redis"),
    ConfigKey(
      "redis.addresses", .list, "Several addresses of one Redis Cluster; redis.address also takes URLs of Sentinel.",
      standard: ""),
    ConfigKey("redis.host", .text, "Host of Redis; redis.address says both."),
    ConfigKey("redis.port", .port, "Port of Redis; redis.address says both."),
    ConfigKey(
      "redis.password", .secret, "Password of Redis.", aliases: ["session.redis.password"],
      environment: ["REDIS_PASSWORD"]),
    ConfigKey(
      "redis.username", .text, "User of Redis, where it has others than the default one.",
      aliases: ["redis.user", "session.redis.username"], environment: ["REDIS_USERNAME"]),
    ConfigKey(
      "redis.db", .integer(0...65_535), "Database of Redis.", standard: "0",
      aliases: ["redis.database", "session.redis.db", "session.redis.database"]),
    ConfigKey(
      "redis.timeout", .duration(.milliseconds(1)...Duration.seconds(600), bare: 1),
      "How long an answer of Redis may take; a bare number counts milliseconds.", standard: "2s"),
    ConfigKey(
      "redis.pool_size", .integer(1...10_000), "Connections to Redis at most.", standard: "10",
      aliases: ["redis.pool.max_total", "redis.pool.max_active"],
      status: .mapped("all tasks of a loop share one connection")),
    ConfigKey(
      "redis.max_idle_conns", .integer(0...10_000), "Idle connections to Redis that are kept at most.", standard: "10",
      aliases: ["redis.pool.max_idle"],
      status: .mapped("all tasks of a loop share one connection")),
    ConfigKey(
      "redis.min_idle_conns", .integer(0...10_000), "Idle connections to Redis that are kept at least.", standard: "5",
      aliases: ["redis.pool.min_idle"],
      status: .mapped("all tasks of a loop share one connection")),
  ]

  static let cluster: [ConfigKey] = [
    ConfigKey(
      "cluster.enabled", .boolean, "Whether several servers answer for each other.", standard: "false",
      aliases: ["actor.cluster.enabled"],
      status: .mapped("servers that keep their sessions in one Redis always do")),
    ConfigKey(
      "cluster.type", .choice(["static", "k8s"]), "How servers find each other.", standard: "static",
      aliases: ["clustering.type"], status: .mapped("servers find each other through Redis")),
    ConfigKey(
      "cluster.node_name", .text, "Name of this server among the others.",
      aliases: ["actor.name", "mcp.session.instance_id"], environment: ["NODE_NAME", "MCP_SESSION_INSTANCE_ID"],
      flag: "node-name"),
    ConfigKey(
      "cluster.node_address", .text, "Address the others reach this server at.", standard: "127.0.0.1",
      aliases: ["actor.address", "clustering.node_host"], environment: ["NODE_ADDRESS"]),
    ConfigKey(
      "cluster.node_port", .port, "Port the others reach this server at.", standard: "9090", aliases: ["actor.port"],
      environment: ["NODE_PORT"]),
    ConfigKey(
      "cluster.secret", .secret,
      "What session ids are signed with, and states sealed: the newest first, then older ones, with commas between. Without it the first server makes one and leaves it in Redis.",
      environment: ["MCP_CLUSTER_SECRET"]),
    ConfigKey(
      "cluster.lease", .duration(.milliseconds(200)...Duration.seconds(3600)),
      "For how long a server is believed to live without a word of it.", standard: "15s"),
    ConfigKey(
      "cluster.heartbeat", .duration(.milliseconds(50)...Duration.seconds(1800)),
      "How often a server says that it lives.", standard: "5s"),
    ConfigKey(
      "cluster.degraded_grace", .duration(.zero...Duration.seconds(3600)),
      "For how long sessions are served from memory while Redis is away.", standard: "60s"),
    ConfigKey(
      "cluster.require_redis", .boolean, "Whether /ready fails while Redis is away.", standard: "false"),
    ConfigKey(
      "cluster.seeds", .list, "Servers to begin with, host:port each.", standard: "",
      aliases: ["actor.cluster.seeds", "clustering.static_hosts"],
      status: .mapped("servers find each other through Redis; `mcpctl deploy nginx` reads them")),
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
}
