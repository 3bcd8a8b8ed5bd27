// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A master, its replica, and a sentinel that lets the replica take over soon after the master is gone.
public final class WatchedRedis: Sendable {
  /// Who takes writes at first.
  public let master: RedisServer
  /// Who follows.
  public let replica: RedisServer
  /// Who decides.
  public let sentinel: RedisServer

  /// Starts them, and waits until the sentinel knows both.
  public init() throws {
    let master = try RedisServer()
    let replica = try RedisServer(["--replicaof", "127.0.0.1", "\(master.port)"])
    try until("the replica follows") { try replica.ask("INFO", "replication").contains("master_link_status:up") }
    let sentinel = try RedisServer(sentinelOf: master)
    try until("the sentinel knows the replica") { try sentinel.ask("SENTINEL", "REPLICAS", "main").contains("slave") }
    (self.master, self.replica, self.sentinel) = (master, replica, sentinel)
  }
}

/// Three masters that share the keys.
public final class RedisCluster: Sendable {
  /// The masters, in the order of their slots.
  public let servers: [RedisServer]

  /// Starts them, and waits until each says that the cluster is complete.
  public init() throws {
    var servers: [RedisServer] = []
    for _ in 0..<3 {
      let bus = try freePort()
      servers.append(
        try RedisServer([
          "--cluster-enabled", "yes", "--cluster-port", "\(bus)", "--cluster-node-timeout", "15000",
          "--cluster-config-file",
          "nodes.conf",
        ]))
    }
    let bounds = [0, 5461, 10923, 16384]
    for (index, server) in servers.enumerated() {
      try server.ask("CLUSTER", "SET-CONFIG-EPOCH", "\(index + 1)")
      try server.ask("CLUSTER", "ADDSLOTSRANGE", "\(bounds[index])", "\(bounds[index + 1] - 1)")
    }
    let (port, bus) = ("\(servers[0].port)", try servers[0].busPort())
    for server in servers {
      try until("the cluster is complete") {
        let info = try server.ask("CLUSTER", "INFO")
        if info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3") { return true }
        // An introduction that took too long is forgotten.
        for other in servers.dropFirst() { try other.ask("CLUSTER", "MEET", "127.0.0.1", port, bus) }
        return false
      }
    }
    self.servers = servers
  }

  /// The server that has the slot.
  public func owner(of slot: Int) -> RedisServer { servers[slot < 5461 ? 0 : slot < 10923 ? 1 : 2] }

  /// What a server is called in the cluster.
  public func id(of server: RedisServer) throws -> String {
    String(try server.ask("CLUSTER", "MYID").prefix { !$0.isNewline })
  }
}

extension RedisServer {
  /// A sentinel that watches a server under the name `main`.
  convenience init(sentinelOf master: RedisServer) throws {
    try self.init(
      sentinel: """
        sentinel monitor main 127.0.0.1 \(master.port) 1
        sentinel down-after-milliseconds main 500
        sentinel failover-timeout main 3000
        """)
  }

  fileprivate func busPort() throws -> String {
    let port = try ask("CONFIG", "GET", "cluster-port").split(separator: "\n").last ?? ""
    return String(port.prefix { $0.isNumber })
  }
}

/// Waits for what another program is about to do.
private func until(_ what: String, _ isSo: () throws -> Bool) throws {
  let clock = ContinuousClock()
  let end = clock.now + .seconds(30)
  while try !isSo() {
    guard clock.now < end else { throw SpawnFault(message: "\(what): not within 30 s") }
    usleep(20_000)
  }
}
