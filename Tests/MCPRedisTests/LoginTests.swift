// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPRedis
import TestSupport
import Testing

/// Who is let in, with a password and with TLS.
struct LoginTests {
  private func asked(_ configuration: RedisConfiguration, _ command: RedisCommand = RedisCommand("PING")) async throws
    -> RedisError?
  {
    let client = try RedisClient(configuration)
    return await fault { () async throws(RedisError) in try await client.send(command) }
  }

  @Test func aPasswordLetsInAndAWrongOneIsNotRepeated() async throws {
    let server = try RedisServer(["--requirepass", "topsecret"])
    #expect(try await asked(server.configuration { $0.password = "topsecret" }) == nil)
    for (user, password) in [(nil, "notsecret"), ("nobody", "notsecret"), (nil, "abc")] as [(String?, String)] {
      let error = try await asked(server.configuration { ($0.user, $0.password) = (user, password) })
      #expect(error?.code == .denied && error?.serverCode == "WRONGPASS" && error?.message.contains(password) == false)
      #expect(error?.message.contains("127.0.0.1:\(server.port)") == true)
    }
    #expect(try await asked(server.configuration())?.code == .denied)
    let open = try RedisServer()
    let error = try await asked(open.configuration { $0.password = "topsecret" })
    #expect(error?.code == .denied && error?.message.contains("topsecret") == false)
  }

  @Test func aUserMayDoWhatItMay() async throws {
    let server = try RedisServer(
      ["--user"]
        + "ada on >topsecret ~mcp:* &* -@all +get +set +hset +client|setname +subscribe".split(separator: " ").map(
          String.init))
    let configuration = server.configuration { ($0.user, $0.password) = ("ada", "topsecret") }
    #expect(try await asked(configuration, RedisCommand("SET", .key("mcp:a"), "1")) == nil)
    for command in [RedisCommand("SET", .key("other"), "1"), RedisCommand("DEL", .key("mcp:a"))] {
      let error = try await asked(configuration, command)
      #expect(error?.code == .denied && error?.serverCode == "NOPERM" && error?.message.contains(command.name) == true)
    }
  }

  @Test func tlsIsSpokenAndTheServersCertificateChecked() async throws {
    let certificates = try Certificates()
    let tlsPort = try freePort()
    let server = try RedisServer([
      "--tls-port", "\(tlsPort)", "--tls-cert-file", certificates.path("one.pem"), "--tls-key-file",
      certificates.path("one.key"), "--tls-ca-cert-file", certificates.path("ca.pem"), "--tls-auth-clients", "optional",
    ])
    let authority = certificates.path("ca.pem")
    for host in ["localhost", "127.0.0.1"] {
      let client = try RedisClient(RedisConfiguration(url: "rediss://\(host):\(tlsPort)?ca=\(authority)"))
      let text = String(repeating: "x", count: 3_000_000)
      _ = try await client.send(RedisCommand("SET", .key("a"), .text(text)))
      #expect(try await client.send(RedisCommand("GET", .key("a"))).string == text)
    }
    // The system's authorities do not know ours.
    let unknown = try await asked(RedisConfiguration(url: "rediss://127.0.0.1:\(tlsPort)").impatient)
    #expect(unknown?.code == .unreachable && unknown?.message.contains("the server's certificate") == true)
    // Without TLS the server is not understood, and with TLS one that has none is not.
    #expect(try await asked(RedisConfiguration(url: "redis://127.0.0.1:\(tlsPort)").impatient) != nil)
    let plain = try await asked(RedisConfiguration(url: "rediss://127.0.0.1:\(server.port)?ca=\(authority)").impatient)
    #expect(plain?.code == .unreachable)
  }

  @Test func aServerMayWantACertificate() async throws {
    let certificates = try Certificates()
    let tlsPort = try freePort()
    let server = try RedisServer([
      "--tls-port", "\(tlsPort)", "--tls-cert-file", certificates.path("two.pem"), "--tls-key-file",
      certificates.path("two.key"), "--tls-ca-cert-file", certificates.path("ca.pem"),
    ])
    let url = "rediss://localhost:\(tlsPort)?ca=\(certificates.path("ca.pem"))"
    let ada = "&cert=\(certificates.path("ada.pem"))&key=\(certificates.path("ada.key"))"
    #expect(try await asked(RedisConfiguration(url: url + ada)) == nil)
    #expect(try await asked(RedisConfiguration(url: url).impatient)?.code == .unreachable)
    _ = server
  }

  @Test func aFileThatTLSCannotUseIsNamed() throws {
    let error = #expect(throws: RedisError.self) {
      try RedisClient(RedisConfiguration(url: "rediss://h?ca=/no/such.pem"))
    }
    #expect(error?.code == .invalid && error?.message.contains("/no/such.pem") == true)
    let half = #expect(throws: RedisError.self) { try RedisClient(RedisConfiguration(url: "rediss://h?cert=/a.pem")) }
    #expect(half?.message.contains("/a.pem") == true)
  }
}

extension RedisConfiguration {
  /// Does not wait for a server that is not there.
  var impatient: RedisConfiguration {
    var configuration = self
    configuration.limits.patience = .zero
    configuration.limits.commandTime = .seconds(20)
    return configuration
  }
}
