// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import MCPConfig
import MCPRedis
import MCPServeKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How a server is one of several.
struct ClusterSettings {
  /// Where Redis is, and how to get in.
  let redis: RedisConfiguration
  /// What all keys begin with.
  let prefix: String
  let node: RedisNode.Options
  /// The ring of keys, the first signs; empty when it is to be made once and kept in Redis.
  let secrets: [Secret]
  /// For how long sessions are served while Redis is away.
  let grace: Duration
}

extension ServeSettings {
  /// Whether sessions are in Redis: when it is known where that is, unless they are to be in memory.
  var sharesSessions: Bool {
    guard transport != .stdio else { return false }
    if config.origin("session.use_in_memory") == .standard { return redisURL != nil }
    return !config.flag("session.use_in_memory")
  }

  /// What to join; nil for a server that is alone.
  func cluster() throws(Failure) -> ClusterSettings? {
    guard sharesSessions else { return nil }
    return ClusterSettings(
      redis: try redis(), prefix: String(keyPrefix.dropLast(Self.keySuffix.count)), node: node,
      secrets: secrets, grace: config.duration("cluster.degraded_grace") ?? .seconds(60))
  }

  /// The secrets that are too short to be any, and words that are no names.
  var clusterProblems: [Problem] {
    var problems: [Problem] = []
    func fault(_ path: String, _ message: String, _ remedy: String) {
      let setting = config.setting(path)
      problems.append(
        Problem(.wrongType, setting?.origin.source ?? .words("default"), setting?.spelled ?? path, message, remedy))
    }
    if let name = config.text("cluster.node_name"), !Self.isNodeName(name) {
      fault("cluster.node_name", "'\(safeText(name))' is no name of a server", "use up to 64 letters, digits and '-'")
    }
    if !keyPrefix.hasSuffix(Self.keySuffix) || keyPrefix.count == Self.keySuffix.count {
      fault("session.key_prefix", "does not end in ':sessions:'", "write it as mcp:sessions:")
    }
    if secrets.contains(where: { $0.reveal().utf8.count < 16 }) {
      fault("cluster.secret", "has a part of less than 16 characters", "make one with: openssl rand -hex 32")
    }
    if let lease = config.duration("cluster.lease"), let beat = config.duration("cluster.heartbeat"), beat * 2 > lease {
      fault("cluster.heartbeat", "is more than half of cluster.lease", "make it a third of it")
    }
    if sharesSessions, config.text("redis.address") != nil || config.text("redis.host") != nil {
      do throws(Failure) { _ = try redis() } catch {
        fault("redis.address", error.message, "see `mcpctl help cluster`")
      }
    }
    if case .flag = config.origin("redis.address"), let url = config.text("redis.address"), url.contains("@") {
      fault(
        "redis.address", "others see on the command line who is let into Redis, and how",
        "set REDIS_PASSWORD or redis.password, or give the URL in MCP_REDIS_URL")
    }
    return problems
  }

  private static let keySuffix = ":sessions:"
  private var keyPrefix: String { config.text("session.key_prefix") ?? "mcp:sessions:" }

  private var secrets: [Secret] {
    (config.secret("cluster.secret")?.reveal() ?? "").split(separator: ",").map { Secret(String($0)) }
  }

  private var node: RedisNode.Options {
    var node = RedisNode.Options(name: nodeName)
    node.prefix = String(keyPrefix.dropLast(Self.keySuffix.count))
    node.lease = config.duration("cluster.lease") ?? node.lease
    node.beat = config.duration("cluster.heartbeat") ?? node.beat
    node.requiresRedis = config.flag("cluster.require_redis")
    node.longestRequest = longestRequest
    node.fields = [
      ("address", config.text("cluster.node_address") ?? "127.0.0.1"),
      ("port", String(config.integer("cluster.node_port") ?? 9090)),
      ("httpPort", String(config.integer("transport.port") ?? 8000)), ("version", Version.number),
      ("configHash", fingerprint),
    ]
    return node
  }

  /// What this server is called among others, and in what it answers; the name of the machine unless it has one of its own.
  var nodeName: String {
    if let name = config.text("cluster.node_name") { return name }
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let shown = String(host.prefix { $0 != "." }.map { Self.isNodeName(String($0)) ? $0 : "-" }.prefix(64))
    return shown.isEmpty ? "node" : shown
  }

  /// The name answers tell: of a server that has one, or others besides it.
  var namedNode: String? { config.text("cluster.node_name") != nil || sharesSessions ? nodeName : nil }

  private static func isNodeName(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
          || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "-")
      }
  }

  /// What has to be the same on all servers, in a few characters.
  private var fingerprint: String {
    let own = ["cluster.node_name", "cluster.node_address", "cluster.node_port", "transport.port", "transport.host"]
    let lines = ConfigKey.all.filter { !own.contains($0.path) }.map {
      "\($0.path)=\(config.setting($0.path)?.value.shown ?? "")"
    }
    let bytes = (try? digest(of: Array(lines.joined(separator: "\n").utf8))) ?? []
    return bytes.prefix(6).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}

// MARK: - Redis

extension ServeSettings {
  /// Where Redis is, as one word; nil when nobody says.
  private var redisURL: String? {
    if let address = config.text("redis.address"), !address.isEmpty {
      return address.contains("://") ? address : "redis://\(address)"
    }
    if let host = config.text("redis.host"), !host.isEmpty {
      return "redis://\(host):\(config.integer("redis.port") ?? 6379)"
    }
    let several = config.list("redis.addresses")
    return several.isEmpty ? nil : "redis+cluster://\(several.joined(separator: ","))"
  }

  private func redis() throws(Failure) -> RedisConfiguration {
    guard let url = redisURL else {
      throw Failure(.badConfiguration, "redis", "it is not known where Redis is: set redis.address")
    }
    do throws(RedisError) {
      var redis = try RedisConfiguration(url: url)
      redis.password = config.secret("redis.password")?.reveal() ?? redis.password
      if let user = config.text("redis.username") { redis.user = user }
      if config.origin("redis.db") != .standard { redis.database = config.integer("redis.db") ?? 0 }
      if let time = config.duration("redis.timeout") { redis.limits.commandTime = time }
      redis.name = "mcpctl-\(nodeName)"
      return redis
    } catch {
      throw Failure(.badConfiguration, "redis", error.message)
    }
  }
}
