// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import MCPConfig
import MCPServeKit
import TestSupport
import Testing

@testable import mcpctl

/// `mcpctl serve --config`: what stands in the file is what is served.
@Suite struct ServeConfigTests {
  private let folder = TemporaryFolder()

  /// The options of `serve` and the keys of the table say the same.
  @Test func optionsAndKeysAgree() throws {
    let model = try #require(CommandModel(RootCommand.self).command(at: ["serve"]))
    // How it is told what to do, and what is about one run.
    let others = ["config", "set", "validate-config", "quiet", "debug", "profile", "memory-profile", "duration"]
    let options = model.options.filter { !others.contains($0.name) }
    #expect(Set(options.map(\.name)) == Set(ConfigKey.all.compactMap(\.flag)))
    for option in options {
      let key = try #require(ConfigKey.all.first { $0.flag == option.name })
      let told = key.environment.filter { option.environment.contains($0) }
      #expect(told == option.environment, "\(option.name)")
      if let text = option.defaultText { #expect(key.standardValue?.shown == text, "\(option.name)") }
      for choice in option.choices {
        let loaded = try ConfigLoader(Console.system().surroundings).load(file: nil, flags: [option.name: [choice]])
        #expect(loaded.config.setting(key.path)?.value == .text(choice))
      }
    }
  }

  @Test func aDottedOptionIsShortForSet() throws {
    let words = [
      "serve", "--server.port", "9000", "--mcp.session.instance-id=a=b", "--tools", "one", "--tools", "two,three",
    ]
    let command = try #require(try parse(words, as: RootCommand.self).command as? ServeCommand)
    #expect(command.typed.words["set"] == ["server.port=9000", "mcp.session.instance-id=a=b"])
    let loaded = try ConfigLoader(Console.system().surroundings).load(file: nil, flags: command.typed.words)
    #expect(loaded.config.integer("transport.port") == 9000)
    #expect(loaded.config.text("cluster.node_name") == "a=b")
    #expect(loaded.config.list("tools.directories") == ["one", "two,three"])
    #expect(throws: UsageError.self) { try parse(["serve", "--server.port"], as: RootCommand.self) }
    #expect(throws: UsageError.self) { try parse(["version", "--server.port=1"], as: RootCommand.self) }
  }

  @Test func theFileSaysWhatIsServed() throws {
    let config = try folder.write(
      """
      server: {name: mine, version: 7.7.7, protocol: 2025-06-18, capabilities: [tools]}
      transport: {type: http-stream, port: 0, path: /here, sse: true, sse_path: /events, messages_path: /to}
      tools: {deny: [sleep, "wea*"]}
      logging: {level: debug, format: json}
      """, to: "c.yaml")
    let program = try RunningProgram([binary, "serve", "--config", config])
    let line = try #require(program.line(holding: "server started"))
    let address = try #require(JSON(parsing: line)["addresses"]?.string)
    let url = "http://\(address)/here"
    let info = try mcpctl("-s", url, "info", "-o", "json", "--protocol", "legacy")
    let said = try JSON(parsing: info.output)
    #expect(said["serverInfo"]?["name"] == "mine" && said["serverInfo"]?["version"] == "7.7.7", "\(info)")
    #expect(said["protocolVersion"] == "2025-06-18")
    #expect(said["capabilities"]?["prompts"] == nil)
    #expect(try mcpctl("-s", url, "tools", "ls", "-o", "name").output == "calculator\necho\n")
    let events = try run(["curl", "-sN", "--max-time", "1", "http://\(address)/events"])
    #expect(events.output.contains("data: /to?sessionId="))
    program.signal(15)
    let end = program.finish()
    #expect(end.code == 0)
    for line in end.error.split(separator: "\n") { _ = try JSON(parsing: String(line)) }
  }

  @Test func anOptionWinsOverTheEnvironmentAndThatOverTheFile() throws {
    let config = try folder.write("transport: {type: sse, port: 1, path: /file}\n", to: "c.yaml")
    let environment = ["MCP_CONFIG_PATH": config, "MCP_TRANSPORT_TYPE": "http-stream", "MCP_HTTP_PORT": "0"]
    let program = try RunningProgram([binary, "serve", "--path", "/typed"], environment: environment)
    #expect(program.line(holding: "serving http-stream at http://127.0.0.1:")?.hasSuffix("/typed") == true)
    program.signal(15)
    #expect(program.finish().code == 0)
  }

  @Test func limitsOfTheFileHold() throws {
    let config = try folder.write(
      "transport: {type: http-stream, port: 0}\nperformance: {max_body: 1kB, request_timeout: 1s}\n", to: "c.yaml")
    let program = try RunningProgram([binary, "serve", "--config", config])
    let line = try #require(program.line(holding: "serving "))
    let url = String(line.split(separator: " ").last ?? "")
    let long = String(repeating: "x", count: 2000)
    #expect(try mcpctl("-s", url, "call", "echo", "message=\(long)").code != 0)
    let slow = try mcpctl("-s", url, "call", "sleep", "seconds=20", deadline: 60)
    #expect(slow.error.contains("sleep timed out after 1.0 seconds"), "\(slow)")
    program.signal(15)
    _ = program.finish()
  }

  @Test func theLogGoesToAFile() throws {
    let log = folder.path("server.log")
    let config = try folder.write(
      "transport: {type: http-stream, port: 0}\nlogging: {output: \(log)}\n", to: "c.yaml")
    let program = try RunningProgram([binary, "serve", "--config", config])
    _ = try #require(program.line(holding: "serving "))
    program.signal(15)
    #expect(!program.finish().error.contains("server stopped"))
    #expect(try run(["cat", log]).output.contains("server stopped"))
  }

  @Test func aBadFileServesNothingAndSaysAll() throws {
    let config = try folder.write("transport: {port: x, type: http}\ntools: {enabled: 5}\n", to: "c.yaml")
    let run = try mcpctl("serve", "--config", config)
    #expect(run.code == 78)
    #expect(run.error.contains("\(config):1:19: transport.port: 'x' does not fit"))
    #expect(run.error.contains("\(config):2:18: tools.enabled: '5' does not fit"))
    let validated = try mcpctl("serve", "--config", config, "--validate-config")
    #expect(validated.code == 1)
    #expect(validated.output.split(separator: "\n").count == 2)
    #expect(try mcpctl("serve", "--config", config + "x").code == 78)
    #expect(try mcpctl("serve", "--validate-config").code == 0)
  }

  @Test(arguments: [
    ("transport: {tls: {client_ca_file: ca.pem}}", "transport.tls.client_ca_file: protects nothing without TLS"),
    ("auth: {admin_key: '${MCP_KEY:short}'}", "the admin key has less than 16 bytes, so it can be guessed"),
    ("auth: {client_certificates: true}", "auth.client_certificates: needs certificates that can be trusted"),
    ("transport: {cors: {allow_credentials: true, allowed_origins: ['*']}}", "is for named origins"),
    ("transport: {trusted_proxies: [10.0.0.0/8, proxy.example]}", "'proxy.example' is no address and no range"),
    ("metrics: {address: nowhere}", "'nowhere' needs a port"),
    ("rate_limit: {tools: [{name: sleep}]}", "the limit of 'sleep' needs a rate"),
  ]) func whatWouldProtectNothingIsRefused(text: String, part: String) throws {
    _ = try folder.write("", to: "ca.pem")
    let config = try folder.write("transport.type: http-stream\ntransport.port: 0\n\(text)\n", to: "c.yaml")
    #expect(try mcpctl("config", "validate", config).output.contains(part))
    let run = try mcpctl("serve", "--config", config)
    #expect(run.code == 78)
    #expect(run.error.contains(part), "\(run.error)")
  }

  @Test func pagesAndMetricsAreServedAsTheFileSays() throws {
    let config = try folder.write(
      """
      HTTP: {CORS: {Enable: true, AllowedOrigins: [https://page.example], AllowedHeaders: [X-Mine], MaxAge: 7s}}
      transport: {type: http-stream, port: 0, hsts: 9s, trusted_proxies: [127.0.0.1]}
      metrics: {enabled: true, path: /measures}
      """, to: "c.yaml")
    let program = try RunningProgram([binary, "serve", "--config", config])
    let url = String(try #require(program.line(holding: "serving ")).split(separator: " ").last ?? "")
    let page = ["-H", "Origin: https://page.example", "-H", "X-Forwarded-Proto: https"]
    let asked = try run(
      ["curl", "-si", "-X", "OPTIONS", "-H", "Access-Control-Request-Method: POST", url] + page
    ).output.lowercased()
    #expect(asked.hasPrefix("http/1.1 204 ") && asked.contains("x-mine") && asked.contains("max-age: 7"))
    #expect(asked.contains("strict-transport-security: max-age=9"))
    let root = url.replacing("/mcp", with: "")
    #expect(try run(["curl", "-s", root + "/measures"]).output.contains("mcp_ready 1"))
    #expect(try run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", root + "/metrics"]).output == "404")
    program.signal(15)
    #expect(program.finish().code == 0)
  }

  @Test func rulesOfTheFileSayWhoMayCallWhat() throws {
    _ = try run([binary, "keys", "new", "ci", "--add", folder.path("keys")])
    let key = try mcpctl("keys", "new", "ops", "--scope", "ops", "--add", folder.path("keys")).output.prefix {
      $0 != "\n"
    }
    let config = try folder.write(
      """
      transport: {type: http-stream, port: 0}
      auth: {keys_file: keys, rules: [{name: 'e*', principals: ['key:ci']}, {name: sleep, kind: tools, scopes: [ops]}]}
      rate_limit: {tools: [{name: calculator, requests: 1/h}]}
      """, to: "c.yaml")
    let program = try RunningProgram([binary, "serve", "--config", config])
    let url = String(try #require(program.line(holding: "serving ")).split(separator: " ").last ?? "")
    func mine(_ words: String...) throws -> ProgramRun {
      try run([binary, "-s", url, "--bearer-env", "KEY"] + words, environment: ["KEY": String(key)])
    }
    #expect(try mine("tools", "ls", "-o", "name").output == "calculator\nweather\nsleep\n")
    #expect(try mine("call", "calculator", "a=1", "b=2").output == "3\n")
    #expect(try mine("call", "calculator", "a=1", "b=2").error.contains("too often"))
    #expect(try mine("call", "weather", "location=Oslo", "--no-schema").code == 0)
    program.signal(15)
    #expect(program.finish().code == 0)
  }

  @Test func aWrongOptionIsAWrongCommandLine() throws {
    for (words, part) in [
      (["--threads", "300"], "--threads: 300 is too large"), (["--path", "mcp"], "--path: 'mcp' does not fit"),
      (["--set", "transport.prot=1"], "--set: transport.prot: there is no such key; did you mean 'port'?"),
      (["--set", "transport.port"], "write --set KEY=VALUE"),
    ] {
      let run = try run([binary, "serve", "--transport", "http-stream"] + words)
      #expect(run.code == 64)
      #expect(run.error.contains(part), "\(run.error)")
    }
  }

  @Test func programsInFoldersAreToolsToo() throws {
    let script = try folder.write("#!/bin/sh\necho hi\n", to: "hello")
    let manifest = try folder.write(#"{"description": "Says hi."}"#, to: "hello.json")
    _ = try run(["chmod", "755", script])
    _ = try run(["chmod", "644", manifest])
    func names(_ tools: String) throws -> String {
      let config = try folder.write("tools: {directories: ['.'], \(tools)}\n", to: "c.yaml")
      return try mcpctl("tools", "ls", "-o", "name", "--", binary, "serve", "--config", config).output
    }
    #expect(try names("deny: [sleep, weather, echo]") == "calculator\nhello\n")
    #expect(try names("deny: [hello]").contains("hello") == false, "what is denied is denied wherever it comes from")
    #expect(try names("allow: ['h*']") == "hello\n")
    #expect(try names("allow: [echo], auto_discover: false") == "echo\n")
  }

  @Test func namesOfNoToolAreTold() throws {
    let config = try folder.write("tools: {deny: [slep]}\n", to: "c.yaml")
    let run = try mcpctl("config", "validate", config)
    #expect(run.output == "\(config):1:15: warning: tools.deny: no tool is called 'slep': did you mean 'sleep'?\n")
  }

  @Test(arguments: [
    ("sleep", "sleep", true), ("sleep", "s*p", true), ("sleep", "*", true), ("sleep", "sl*ep*", true),
    ("sleep", "slee", false), ("aa", "a*a", true), ("a", "a*a", false), ("sleep", "*e*e*", true),
    ("sleep", "*e*e*e*", false),
    ("sleep", "sl??p", true), ("sleep", "s?p", false), ("é", "?", true),
  ]) func aStarStandsForAnyText(name: String, pattern: String, isMatch: Bool) {
    #expect(Glob.matches(pattern, name) == isMatch)
  }
}
