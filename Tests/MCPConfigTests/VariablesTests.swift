// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import MCPConfig

@Suite struct VariablesTests {
  static let texts: [(String, String)] = [
    ("${A}", "a"), ("x${A}y${A}", "xaya"), ("${EMPTY}", ""), ("${EMPTY:d}", "d"), ("${NO:d}", "d"), ("${NO:}", ""),
    ("${NO:-d}", "d"), ("${NO:localhost:6379}", "localhost:6379"), ("${A:d}", "a"), ("${env:A}", "a"),
    ("${env:NO:d}", "d"), ("$${A}", "${A}"), ("$A", "$A"), ("a$", "a$"), ("$$", "$$"), ("${DOLLAR}", "${A}"),
  ]

  @Test(arguments: texts) func variablesAreReplacedOnce(text: String, expected: String) {
    let environment = ["A": "a", "EMPTY": "", "DOLLAR": "${A}"]
    let expansion = Variables { environment[$0] }.expand(text)
    #expect(expansion.text == expected)
    #expect(expansion.faults.isEmpty)
  }

  @Test func whatIsMissingIsNamed() throws {
    let problems = try load("server.name: ${NO_SUCH}\ntransport:\n  host: a${B\nlogging.output: ${9}\n").problems
    #expect(
      problems.map(\.description) == [
        "c.yaml:1:14: server.name: the environment variable NO_SUCH is not set: set NO_SUCH, or write ${NO_SUCH:default}",
        "c.yaml:3:9: transport.host: '${' has no '}': close it, or write $${ for these two letters",
        "c.yaml:4:17: logging.output: '9' is no variable name: write ${NAME} or ${NAME:default}",
      ])
  }

  @Test func aValueBringsNoStructure() throws {
    let environment = ["NAME": "x\ntools: {enabled: false}", "LIST": "a, b"]
    let loaded = try load("server.name: ${NAME}\ntools.deny: ['${LIST}']\n", environment: environment)
    #expect(loaded.problems.isEmpty)
    #expect(loaded.config.text("server.name") == environment["NAME"])
    #expect(loaded.config.flag("tools.enabled"))
    #expect(loaded.config.list("tools.deny") == ["a, b"])
  }

  @Test func whatAVariableHoldsIsNotTold() throws {
    let problems = try load("transport.port: ${PASSWORD}\n", environment: ["PASSWORD": "hunter2"]).problems
    #expect(problems.count == 1)
    #expect(!problems.description.contains("hunter2"))
  }
}
