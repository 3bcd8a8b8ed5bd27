// SPDX-License-Identifier: Apache-2.0
import JSONKit
import Testing

@testable import MCPConfig

/// What is told of a file.
@Suite struct RulesTests {
  @Test func aNameHasCommas() throws {
    for text in [
      "auth: {rules: [{principals: \"cert:CN=ada,O=Tests\"}]}",
      "auth: {rules: [{principals: [\"cert:CN=ada,O=Tests\"]}]}",
    ] {
      #expect(try load(text).config.items("auth.rules").first?.list("principals") == ["cert:CN=ada,O=Tests"])
    }
  }

  @Test func whatProgramsAreGivenIsMasked() throws {
    let config = try load(
      "mcp: {external: {servers: [{command: x, env: [GITHUB_TOKEN=GHPW], args: [--api-key, ARGPW]}]}}"
    ).config
    let setting = try #require(config.setting("mcp.external.servers"))
    for text in [setting.value.shown, setting.value.json.text] {
      #expect(text.contains("GITHUB_TOKEN=") && !text.contains("PW"), "\(text)")
    }
  }

  static let faults: [(String, String)] = [
    ("transprt: {}", "c.yaml:1:1: transprt: there is no such key: did you mean 'transport'?"),
    ("transport: {prot: 1}", "c.yaml:1:13: transport.prot: there is no such key: did you mean 'port'?"),
    ("threads: 2", "c.yaml:1:1: threads: there is no such key: did you mean 'performance.threads'?"),
    (
      "transport: 5",
      "c.yaml:1:12: transport: is '5', not a section: write keys below it, such as type, host, port, path, sse, sse_path"
    ),
    (
      "transport: {port: eighty}",
      "c.yaml:1:19: transport.port: 'eighty' does not fit: write a whole number from 0 to 65535"
    ),
    ("transport: {port: [1]}", "c.yaml:1:19: transport.port: is a list: write a whole number from 0 to 65535"),
    (
      "transport: {port: 65536}",
      "c.yaml:1:19: transport.port: 65536 is too large: write a whole number from 0 to 65535"
    ),
    ("transport: {port: -1}", "c.yaml:1:19: transport.port: -1 is too small: write a whole number from 0 to 65535"),
    ("tools: {enabled: yes}", "c.yaml:1:18: tools.enabled: 'yes' is neither true nor false: write true"),
    (
      "logging: {level: loud}",
      "c.yaml:1:18: logging.level: 'loud' does not fit: write one of debug, info, notice, warning, error, critical, off"
    ),
    (
      "logging: {format: jsn}",
      "c.yaml:1:19: logging.format: 'jsn' does not fit: did you mean 'json'? write one of text, json"
    ),
    (
      "session: {ttl: 30x}",
      "c.yaml:1:16: session.ttl: '30x' does not fit: write a duration from 1ms to 8784h, such as 30s"
    ),
    (
      "performance: {max_body: 1TB}",
      "c.yaml:1:25: performance.max_body: '1TB' does not fit: write a size from 1 to 1GiB, such as 10MiB"
    ),
    (
      "performance: {max_body: 2GiB}",
      "c.yaml:1:25: performance.max_body: 2GiB is too large: write a size from 1 to 1GiB, such as 10MiB"
    ),
    ("transport: {path: mcp}", "c.yaml:1:19: transport.path: 'mcp' does not fit: write a path that begins with '/'"),
    (
      "server: {capabilities: [tools, prompt]}",
      "c.yaml:1:32: server.capabilities[1]: 'prompt' does not fit: did you mean 'prompts'? write one of tools, resources, prompts"
    ),
    (
      "auth: {rules: [{name: echo, principals: }]}\ntransport: {type: http-stream}",
      "c.yaml:1:29: auth.rules[0].principals: says nothing: write [] for none, or leave the key out"
    ),
    ("tools: {allow: [a, [b]]}", "c.yaml:1:20: tools.allow[1]: is a list: write text"),
    (
      "transport: {port: 1, Port: 2, type: sse}",
      "c.yaml:1:22: transport.Port: is set a second time: it stands in line 1 already; keep one"
    ),
    ("- a", "c.yaml:1:1: the file holds a list: write sections such as transport:"),
    (
      "tools: {allow: [a, b], deny: [b]}",
      "c.yaml:1:16: tools.allow: b: is allowed and denied: keep it in one of tools.allow and tools.deny"
    ),
    (
      "session: {ttl: 5s}",
      "command line: default: session.initialize_timeout: is longer than session.ttl: make it shorter"
    ),
    (
      "logging: {output: stdout}",
      "c.yaml:1:19: logging.output: over stdio, stdout belongs to the protocol: write stderr or the path of a file"
    ),
    (
      "transport: {port: 80}",
      "c.yaml:1:19: warning: transport.port: is for a server over HTTP: add transport.type: http-stream"
    ),
    (
      "transport: {type: sse, host: 0.0.0.0}",
      "c.yaml:1:30: warning: transport.host: whoever reaches this machine can call these tools: set auth.keys_file or auth.issuer, or listen on 127.0.0.1"
    ),
    (
      "transport: {type: sse, sse_path: /mcp}",
      "c.yaml:1:34: transport.sse_path: '/mcp' is the path of transport.path already: choose another path"
    ),
    (
      "metrics: {path: /health}",
      "c.yaml:1:17: metrics.path: '/health' is the path of the health endpoint already: choose another path"
    ),
    (
      "database: {pool_recycle: 1h}",
      "c.yaml:1:26: warning: database.pool_recycle: has no effect: a connection is renewed when it breaks"
    ),
    (
      "auth: {admin_key: '${NO_SUCH:}'}",
      "c.yaml:1:19: warning: auth.admin_key: is for a server over HTTP: add transport.type: http-stream"
    ),
    (
      "transport: {type: http, websockets: true}",
      "c.yaml:1:37: warning: transport.websockets: has no effect: MCP has no WebSocket transport: clients use Streamable HTTP, transport.type: http-stream"
    ),
    (
      "transport: {type: http, host: '::'}\nauth: {keys_file: c.yaml}\nmetrics: {enabled: true}",
      "c.yaml:3:20: warning: metrics.enabled: shows nothing beside a service that other machines reach: set metrics.address, such as 127.0.0.1:9090"
    ),
    (
      "auth: {api_keys_file: c.yaml}",
      "c.yaml:1:23: warning: auth.api_keys_file: is for a server over HTTP: add transport.type: http-stream"
    ),
  ]

  @Test(arguments: faults) func aFaultIsTold(text: String, fault: String) throws {
    #expect(try load(text).problems.map(\.description) == [fault])
  }

  static let pairs: [(String, [Problem.Rule])] = [
    ("transport: {tls: {enabled: true}}", [.incomplete, .incomplete]),
    ("transport: {tls: {enabled: false, cert_file: no.pem}}", []),
    ("cluster: {enabled: true}", [.conflict, .noEffect]),
    ("session: {use_in_memory: false}", [.incomplete]),
    ("mcp: {use_service: true}", [.incomplete, .noEffect]),
    ("redis: {pool_size: 2}", [.conflict, .noEffect]),
    ("redis: {address: 'a:1', host: b}", [.conflict]),
    ("redis: {address: 'a:1', host: a, port: 1}", []),
    ("redis: {password: abc}", [.plainSecret]),
    ("redis: {password: '${NO_SUCH:abc}'}", [.plainSecret]),
    ("redis: {password: '${NO_SUCH:}'}", []),
    ("transport: {cors: {allowed_origins: ['*'], allow_credentials: true}}", [.conflict]),
    ("transport: {type: http, cors: {allow_credentials: true}}", [.conflict]),
    ("transport: {type: http, cors: {allow_credentials: true, allowed_origins: [a]}}", []),
    ("transport: {type: http, tls: {client_ca_file: c.yaml}}", [.unprotected]),
    ("transport: {type: http}\nauth: {client_certificates: true}", [.incomplete]),
    ("transport: {type: http}\nauth: {certificate_scopes: [a]}", [.incomplete]),
    ("transport: {type: http, sse_path: /reload-config, sse: true}", [.conflict]),
    ("transport: {type: http}\nrate_limit: {burst: 5, tools: [{name: a}]}", [.incomplete, .incomplete]),
    ("mcp: {local: {enabled: true, tools_config: no.yaml}}", [.missingFile, .noEffect, .noEffect]),
    ("auth: {jwt: {jwks: 'https://a'}, scopes: [a]}", [.incomplete, .incomplete]),
    ("transport: {type: http, host: '::'}\nauth: {issuer: 'https://a'}", [.incomplete]),
    ("transport: {type: http, host: '::'}\nauth: {keys_file: c.yaml}", []),
    ("transport: {type: http}\nauth: {keys_file: no}", [.missingFile]),
    ("transport: {port: 1, type: sse}\nhttp: {port: 2}", [.conflict]),
    ("transport: {port: 1, type: sse}\nhttp: {port: 1}", []),
    ("x-anything: {a: 1}\ntransport: {X-mine: 2}", []),
    ("transport:\nserver: ~", []),
  ]

  @Test(arguments: pairs) func whatBelongsTogetherIsCompared(text: String, rules: [Problem.Rule]) throws {
    let found = try load(text).problems.map(\.rule.rawValue)
    #expect(found.sorted() == rules.map(\.rawValue).sorted())
  }

  @Test func theKeysOwnNameWinsOverAliases() throws {
    let loaded = try load("http: {port: 2}\ntransport: {port: 1, type: sse}\nserver: {port: 3}")
    #expect(loaded.config.integer("transport.port") == 1)
    #expect(
      loaded.problems.map(\.description) == [
        "c.yaml:1:14: warning: http.port: says something else than transport.port in line 2: transport.port wins; remove http.port",
        "c.yaml:3:16: warning: server.port: says something else than transport.port in line 2: transport.port wins; remove server.port",
      ])
  }

  @Test func variablesThatDisagreeAreTold() throws {
    let environment = ["MCP_PORT": "8001", "MCP_HTTP_PORT": "8002", "SERVER_PORT": "8001"]
    let loaded = try ConfigLoader(machine(environment: environment)).load(file: nil)
    #expect(loaded.config.integer("transport.port") == 8001)
    #expect(
      loaded.problems.map(\.description) == [
        "environment: MCP_HTTP_PORT: warning: transport.port: says something else than MCP_PORT: MCP_PORT wins; remove MCP_HTTP_PORT"
      ])
  }

  @Test func whatKubernetesSetsForAServiceIsNoPort() throws {
    let loaded = try ConfigLoader(machine(environment: ["MCP_PORT": "tcp://10.0.0.1:80"])).load(file: nil)
    #expect(loaded.config.integer("transport.port") == 8000)
    #expect(loaded.problems.map(\.severity) == [.warning])
  }

  @Test func pathsCountFromTheFileThatNamesThem() throws {
    let loaded = try load(
      "storage: {path: data}\ntools: {directories: [a, /b]}\nlogging: {output: log}", as: "/etc/mcp/c.yaml",
      environment: ["MCP_DATA_PATH": "here"])
    #expect(loaded.config.text("storage.path") == "/etc/mcp/data")
    #expect(loaded.config.text("logging.output") == "/etc/mcp/log")
    #expect(try load("logging.output: stderr", as: "/etc/mcp/c.yaml").config.text("logging.output") == "stderr")
    #expect(loaded.config.list("tools.directories") == ["/etc/mcp/a", "/b"])
    #expect(loaded.config.text("storage.data_path") == "here")
  }

  @Test func unitsAreRead() throws {
    let loaded = try load(
      "session: {ttl: 1h30m}\nperformance: {request_timeout: 2.5, max_body: 1kB}\nredis: {timeout: 2000}")
    #expect(loaded.config.duration("session.ttl") == .seconds(5400))
    #expect(loaded.config.duration("performance.request_timeout") == .milliseconds(2500))
    #expect(loaded.config.size("performance.max_body") == 1000)
    #expect(loaded.config.duration("redis.timeout") == .seconds(2))
  }

  @Test func secretsAreMaskedWhereverTheyAreShown() throws {
    let text = "redis: {password: '${P}', address: 'redis://u:hunter2@h:1'}"
    let config = try load(text, environment: ["P": "hunter2"]).config
    let secret = try #require(config.secret("redis.password"))
    #expect(secret.reveal() == "hunter2")
    #expect("\(secret)" == "•••" && String(reflecting: secret) == "•••")
    let shown = ConfigKey.all.compactMap { config.setting($0.path)?.value }.map { "\($0.shown) \($0.json.text)" }
    #expect(!shown.joined().contains("hunter2"))
    #expect(config.setting("redis.address")?.value.shown == "redis://u:•••@h:1")
  }

  @Test func aSecretIsNoWordOfACommand() throws {
    let loaded = try ConfigLoader(machine()).load(file: nil, flags: ["set": ["redis.password=hunter2"]])
    #expect(
      loaded.problems.map(\.description) == [
        "command line: --set: redis.password: is a secret, and every user of this machine sees the words of a command: "
          + "set REDIS_PASSWORD in the environment"
      ])
  }

  @Test func problemsAreLimitedAndNoErrorIsLost() throws {
    var limits = ConfigLimits()
    limits.problems = 3
    let text = "database: {pool_size: 1, max_overflow: 1, pool_recycle: 1}\nnothing: 1"
    let loaded = try load(text, limits: limits)
    #expect(loaded.problems.count == 3)
    #expect(!loaded.isUsable)
  }

  @Test func aFileThatIsTooLargeIsNotRead() throws {
    var limits = ConfigLimits()
    limits.bytes = 10
    #expect(try load("x-a: 1\n\n\n", limits: limits).problems.isEmpty)
    #expect(throws: Surroundings.ReadFault.self) { try load("x-a: 1\n\n\n\n\n", limits: limits) }
  }

  @Test func differencesSayWhatNeedsANewStart() throws {
    let old = try load("transport: {type: sse, port: 1}\nlogging: {level: info}").config
    let new = try load("transport: {type: sse, port: 2}\nlogging: {level: debug}\ntools: {deny: [a]}").config
    let differences = old.differences(to: new)
    #expect(
      differences.map(\.shown) == ["transport.port: 1 -> 2", "tools.deny:  -> a", "logging.level: info -> debug"])
    #expect(differences.map(\.needsRestart) == [true, false, false])
    #expect(old.differences(to: old).isEmpty)
  }
}
