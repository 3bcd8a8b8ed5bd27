// SPDX-License-Identifier: Apache-2.0

extension ConfigKey {
  static let redis: [ConfigKey] = [
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

  static let cluster: [ConfigKey] = [
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
}
