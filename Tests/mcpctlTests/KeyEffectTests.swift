// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import MCPConfig
import MCPCore
import MCPRedis
import TestSupport
import Testing

@testable import MCPServeKit
@testable import mcpctl

/// Every key that is said to work makes a server another one; what has no effect belongs to features that are not there.
@Suite struct KeyEffectTests {
  private let folder = TemporaryFolder()

  static let working = ConfigKey.all.filter { $0.status == .works }.map(\.path)

  @Test(arguments: working) func aKeyThatWorksMakesADifference(path: String) throws {
    let key = try #require(ConfigKey.at(path))
    let plain = try shape(of: try companions(of: key))
    let changed = try shape(of: try companions(of: key) + "\(path): \(try sample(key))\n")
    #expect(plain != changed, "nothing in the server depends on \(path)")
  }

  @Test func whatHasNoEffectYetBelongsToOtherFeatures() {
    let topics = ConfigKey.all.compactMap { if case .planned(let feature) = $0.status { feature } else { nil } }
    #expect(
      Set(topics).isSubset(of: [
        "the gRPC service", "the gateway", "device links", "storage",
        "the cache", "tools from a file",
      ]))
  }

  /// What the key needs besides to mean anything.
  private func companions(of key: ConfigKey) throws -> String {
    switch key.path {
    case "transport.type": ""
    case "transport.sse_path", "transport.messages_path": "transport.type: sse\n"
    case "transport.tls.cert_file", "transport.tls.key_file":
      """
      transport.type: http-stream
      transport.tls.enabled: true
      transport.tls.\(key.name == "cert_file" ? "key_file" : "cert_file"): \(folder.path("other.pem"))

      """
    case _ where key.path.hasPrefix("transport.tls."):
      """
      transport.type: http-stream
      transport.tls.cert_file: \(folder.path("cert.pem"))
      transport.tls.key_file: \(folder.path("key.pem"))
      \(key.path == "transport.tls.enabled" ? "" : "transport.tls.enabled: true")

      """
    case "auth.jwks", "auth.audience", "auth.scopes":
      "transport.type: http-stream\nauth.issuer: https://issuer.example\n"
    case "auth.client_certificates", "auth.certificate_scopes":
      """
      transport: {type: http-stream}
      transport.tls: {enabled: true, cert_file: c.pem, key_file: k.pem, client_ca_file: ca.pem}
      \(key.path == "auth.certificate_scopes" ? "auth.client_certificates: true" : "")

      """
    case "transport.cors.allow_credentials":
      "transport.type: http-stream\ntransport.allowed_origins: [https://page.example]\n"
    case "rate_limit.burst": "transport.type: http-stream\nrate_limit.requests: 5/s\n"
    case "redis.address", "redis.host", "redis.addresses": "transport.type: http-stream\n"
    case "redis.port": "transport.type: http-stream\nredis.host: elsewhere\n"
    case _ where key.path.hasPrefix("redis."), _ where key.path.hasPrefix("cluster."):
      "transport.type: http-stream\nredis.address: elsewhere:6379\n"
    case "session.use_in_memory", "session.key_prefix": "transport.type: http-stream\nredis.address: elsewhere:6379\n"
    case "tools.auto_discover": "tools.directories: [/somewhere]\n"
    default: "transport.type: http-stream\n"
    }
  }

  /// A value that is not the default.
  private func sample(_ key: ConfigKey) throws -> String {
    switch key.path {
    case "auth.keys_file":
      let key = try mcpctl("keys", "new", "ci", "--add", folder.path("keys"))
      #expect(key.code == 0)
      return folder.path("keys")
    case "auth.rules": return "[{name: 's*', kind: tools, principals: ['key:*'], scopes: [use]}]"
    case "rate_limit.tools": return "[{name: 's*', requests: 2/m, burst: 1}]"
    case "transport.trusted_proxies": return "[10.0.0.0/8]"
    case "metrics.address": return "127.0.0.1:9091"
    case "logging.access_log", "logging.output": return folder.path("log")
    case "session.ttl": return "7m"
    case "session.use_in_memory": return "true"
    case "session.key_prefix": return "'others:sessions:'"
    case "cluster.heartbeat": return "1s"
    case "cluster.lease": return "70s"
    case "redis.address": return "redis://elsewhere:6380"
    case "server.protocol": return "2025-06-18"
    case "tools.allow", "tools.deny": return "['?leep']"
    default: break
    }
    switch key.type {
    case .text, .secret: return "a-text-of-some-length"
    case .boolean: return key.standard == "true" ? "false" : "true"
    case .integer(let range): return String(range.lowerBound + 1)
    case .duration: return "7s"
    case .size: return "7KiB"
    case .choice(let words, _): return words.last { $0 != key.standard } ?? ""
    case .route: return "/elsewhere"
    case .file, .output: return folder.path("file.pem")
    case .url(let schemes): return "\(schemes[0])://elsewhere.example"
    case .rate: return "7/h"
    case .list, .names, .files: return "[elsewhere]"
    case .choices(let words): return "[\(words[0])]"
    case .items: return "[]"
    }
  }

  /// Everything a configuration makes of a server, as text.
  private func shape(of file: String) throws -> String {
    let path = try folder.write(file, to: "c.yaml")
    let loaded = try ConfigLoader.load(path, readsEnvironment: false, in: .system())
    let settings = ServeSettings(loaded.config)
    let faults = loaded.problems.filter { $0.severity == .error && ![.missingFile, .incomplete].contains($0.rule) }
    #expect(faults.map(\.description) == [])
    #expect(settings.problems.map(\.description) == [])
    var text = ""
    func add(_ value: some Any) { dump(value, to: &text) }
    add(settings.transport)
    add(settings.path)
    add(settings.http)
    add(settings.limits)
    add(settings.revisions)
    let server = try settings.server()
    add([server.identity.name, server.identity.version, server.instructions ?? ""])
    add(server.options)
    add(server.features.tools.map(\.name))
    add(BuiltinServer.features.map(settings.offers))
    add(settings.toolFolders)
    add(settings.logFormat)
    add(settings.logLevel)
    add(settings.hasMetrics)
    add(settings.collector)
    add(settings.adminKey)
    add(try settings.authorizationRules())
    add(settings.tls)
    if let cluster = try settings.cluster() {
      add(cluster.redis.topology)
      add([cluster.redis.user, cluster.redis.password])
      add(cluster.redis.database)
      add(cluster.redis.limits.commandTime)
      add(cluster.node)
      add(cluster.grace)
      add(cluster.secrets.map { $0.reveal() })
    }
    add(settings.namedNode)
    _ = try settings.logger(.system())
    _ = try settings.accessLogger()
    add(try run(["ls", folder.path("")]).output.split(separator: "\n").filter { $0 == "log" })
    return text
  }
}
