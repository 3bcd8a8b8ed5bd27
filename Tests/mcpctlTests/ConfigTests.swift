// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import MCPConfig
import TestSupport
import Testing

@testable import mcpctl

/// `mcpctl config`, as whoever writes a configuration sees it.
@Suite struct ConfigTests {
  /// A folder of a test's own.
  private let folder = TemporaryFolder()

  @Test func twelveMistakesAreToldInOneRun() throws {
    let run = try run(["sh", "-c", "cd \(repository)/Tests/Golden/config && \(binary) config validate mistakes.yaml"])
    #expect(run.code == 1)
    let mistakes = run.output.split(separator: "\n").filter { !$0.contains("has no effect") }
    #expect(mistakes.count == 12)
    try compareGolden(run.output + run.error, with: "Tests/Golden/config/mistakes.txt")
  }

  static let samples = ["config", "production", "kubernetes", "clustered", "router"]

  @Test(arguments: samples) func theSamplesAreValid(name: String) throws {
    let run = try mcpctl("config", "validate", "\(repository)/Examples/config/\(name).yaml")
    #expect(run.code == 0, "\(run.output)")
    #expect(run.output.split(separator: "\n").allSatisfy { $0.contains("warning:") })
  }

  @Test func theSampleOfLocalToolsIsValid() throws {
    let run = try mcpctl(
      "config", "validate", "--kind", "local-tools", "--strict", "\(repository)/Examples/config/local_tools.yaml")
    #expect(run.code == 0 && run.output == "", "\(run.output)")
  }

  @Test func whatInitWritesIsValidAndSetsNothingUnusual() throws {
    let path = folder.path("config.yaml")
    #expect(try mcpctl("config", "init", path).code == 0)
    #expect(try mcpctl("config", "validate", "--strict", path).code == 0)
    #expect(try mcpctl("config", "init", path).code == 1)
    #expect(try mcpctl("config", "init", "--force", path).code == 0)
    let view = try JSON(parsing: mcpctl("config", "view", "--origin", "-o", "json", path).output)
    let set = view.object?.members.filter { $0.value["origin"] != "default" }.map(\.name)
    #expect(set == ["transport.type", "transport.host", "transport.port"])
    // Every key is there, and everything that is commented out could stand there.
    let text = try mcpctl("config", "init").output
    for key in ConfigKey.all { #expect(text.contains("\(key.name):"), "\(key.path)") }
  }

  @Test func theViewSaysWhereAValueComesFrom() throws {
    let path = try folder.write("transport:\n  type: sse\n  port: 8100\n", to: "c.yaml")
    let run = try mcpctl(
      "config", "view", "--origin", path, "--set", "transport.host=::1", environment: ["MCP_PORT": "8200"])
    for line in [
      "transport.type\tsse\t\(path):2:9", "transport.port\t8200\tMCP_PORT", "transport.host\t::1\t--set transport.host",
      "transport.path\t/mcp\tdefault",
    ] { #expect(run.output.contains(line + "\n")) }
    let yaml = try mcpctl("config", "view", path).output
    #expect(yaml.contains("transport:\n  type: sse\n"))
  }

  @Test func secretsAreNotShown() throws {
    let path = try folder.write("redis: {password: '${P}'}\n", to: "c.yaml")
    for words in [["view"], ["view", "--origin"], ["view", "-o", "json"], ["validate"], ["validate", "-o", "json"]] {
      let run = try run([binary, "config"] + words + [path], environment: ["P": "hunter2"])
      #expect(!(run.output + run.error).contains("hunter2"))
    }
  }

  @Test func aDifferenceSaysWhetherAReloadIsEnough() throws {
    let old = try folder.write("transport: {type: sse, port: 1}\n", to: "old.yaml")
    let new = try folder.write("transport: {type: sse, port: 2}\nlogging: {level: debug}\n", to: "new.yaml")
    let run = try mcpctl("config", "diff", old, new, environment: ["MCP_PORT": "9"])
    #expect(run.code == 1)
    #expect(run.output == "transport.port\t1\t2\trestart\nlogging.level\tnot set\tdebug\treload\n")
    #expect(try mcpctl("config", "diff", old, old).code == 0)
    let bad = try folder.write("transport: {port: x}\n", to: "bad.yaml")
    let refused = try mcpctl("config", "diff", old, bad)
    #expect(refused.code == 78)
    #expect(refused.error.contains("\(bad):1:19: transport.port:"))
  }

  @Test func thePathIsThatOfTheEnvironment() throws {
    #expect(try mcpctl("config", "path").code == 1)
    let path = try folder.write("", to: "c.yaml")
    let run = try mcpctl("config", "path", environment: ["MCP_CONFIG_PATH": path])
    #expect(run.output == path + "\n" && run.code == 0)
    #expect(try mcpctl("config", "path", environment: ["MCP_CONFIG_PATH": path + "x"]).code == 78)
    #expect(try mcpctl("config", "validate", environment: ["MCP_CONFIG_PATH": path]).code == 0)
    #expect(try mcpctl("config", "validate").code == 78)
    #expect(try mcpctl("config", "validate", path + "x").code == 78)
  }

  @Test func standardInputIsAFileToo() throws {
    let run = try mcpctl("config", "validate", "-", input: "transport: {prot: 1}\n")
    #expect(run.code == 1)
    #expect(run.output.hasPrefix("-:1:13: transport.prot:"))
  }

  @Test func problemsComeAsJSONAndSARIF() throws {
    let path = try folder.write("transport:\n  prot: 1\nmetrics:\n  enabled: true\n", to: "c.yaml")
    let report = try JSON(parsing: mcpctl("config", "validate", "-o", "json", path).output)
    #expect(report["valid"] == false)
    #expect(report["problems"]?[0]?["rule"] == "unknown-key")
    #expect(report["problems"]?[0]?["line"] == 2)
    #expect(report["problems"]?[0]?["column"] == 3)
    let log = try JSON(parsing: mcpctl("config", "validate", "-o", "sarif", path).output)
    #expect(log["version"] == "2.1.0")
    let results = log["runs"]?[0]?["results"]
    #expect(results?[0]?["level"] == "error" && results?[1]?["level"] == "warning")
    let place = results?[0]?["locations"]?[0]?["physicalLocation"]
    #expect(place?["artifactLocation"]?["uri"] == .string("file://" + path))
    #expect(place?["region"] == ["startLine": 2, "startColumn": 3])
  }

  @Test func strictnessCountsWarnings() throws {
    let path = try folder.write("metrics: {enabled: true}\n", to: "c.yaml")
    #expect(try mcpctl("config", "validate", path).code == 0)
    #expect(try mcpctl("config", "validate", "--strict", path).code == 1)
    let missing = try folder.write("server: {name: '${NO_SUCH}'}\n", to: "d.yaml")
    #expect(try mcpctl("config", "validate", missing).code == 1)
    #expect(try mcpctl("config", "validate", "--allow-missing-env", missing).code == 0)
  }

  @Test func theSchemaAcceptsTheSamplesAndRefusesATypo() throws {
    let schema = try Schema(compiling: JSON(parsing: mcpctl("config", "schema").output))
    for text in [
      #"{"transport": {"type": "HTTP", "port": 8000}, "session": {"ttl": "30m"}, "x-mine": 1}"#,
      #"{"server": {"http": {"port": "${PORT:8080}"}}, "tools": {"deny": ["sleep"]}, "logging": {"level": "INFO"}}"#,
      #"{"mcp": {"external": {"servers": [{"name": "a", "command": "b", "args": ["c"]}]}}, "redis": null}"#,
    ] { #expect(schema.validate(try JSON(parsing: text)).map(\.description) == []) }
    for text in [
      #"{"transport": {"prot": 1}}"#, #"{"transport": {"port": 65536}}"#, #"{"logging": {"level": "loud"}}"#,
      #"{"mcp": {"external": {"servers": [{"nam": "a"}]}}}"#, #"{"session": {"ttl": "soon"}}"#,
    ] { #expect(!schema.accepts(try JSON(parsing: text)), "\(text)") }
  }

  @Test func filesOfOtherProgramsAreChecked() throws {
    let path = try folder.write(#"{"mcpServers": {"a": {"command": "sh"}, "b": {"url": "https://b"}}}"#, to: "m.json")
    #expect(try mcpctl("config", "validate", "--kind", "mcp-json", path).code == 0)
    let run = try mcpctl("config", "validate", "--kind", "claude", path)
    #expect(run.code == 1)
    #expect(run.output.hasPrefix("\(path):1:46: mcpServers.b: has a URL and no type"))
  }

  @Test func libyamlIsOpenedForYAMLAlone() throws {
    let yaml = try folder.write("x-a: 1\n", to: "c.yaml")
    #expect(try mcpctl("config", "validate", yaml, environment: ["LD_DEBUG": "libs"]).error.contains("libyaml"))
    let run = try mcpctl("version", environment: ["LD_DEBUG": "libs"])
    #expect(!run.error.contains("libyaml"))
  }
}
