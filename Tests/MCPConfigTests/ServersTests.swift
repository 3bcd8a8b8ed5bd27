// SPDX-License-Identifier: Apache-2.0
import JSONKit
import Testing

@testable import MCPConfig

/// Entries that say how servers are reached: ours, and those of other programs.
@Suite struct ServersTests {
  @Test func externalServersAreChecked() throws {
    let text = """
      mcp:
        external:
          enabled: true
          servers:
            - name: one
              command: nosuch
            - name: one
              url: https://a
              command: sh
            - command: sh
              env: [A, TOKEN=hunter2hunter2]
            - name: four
              adress: x
            - five
      """
    let problems = try load(text, commands: ["sh"]).problems.filter { $0.rule != .noEffect }
    #expect(
      problems.map(\.description) == [
        "c.yaml:6:18: mcp.external.servers[0].command: 'nosuch' is no command here: install it, or correct the name",
        "c.yaml:7:15: mcp.external.servers[1].name: 'one' is taken: it stands in line 5 already; choose another",
        "c.yaml:8:14: mcp.external.servers[1].url: is there beside 'command': keep one of them",
        "c.yaml:10:9: mcp.external.servers[2]: has no name: add name",
        "c.yaml:11:18: warning: mcp.external.servers[2].env.TOKEN: the secret stands in the file: put it into the environment and write ${NAME}",
        "c.yaml:12:9: mcp.external.servers[3]: has neither 'command' nor 'url': add one of them",
        "c.yaml:13:9: mcp.external.servers[3].adress: there is no such key: remove it; known here: name, command, args, env, cwd, url, transport, enabled",
        "c.yaml:14:9: mcp.external.servers[4]: is 'five': write a section",
      ])
  }

  @Test func serversThatAreOffNeedNoCommand() throws {
    let text = "mcp: {external: {enabled: false, servers: [{name: a, command: nosuch}]}}"
    #expect(try load(text).problems.map(\.rule) == [.noEffect])
  }

  private func problems(
    _ kind: ClientKind, _ text: String, environment: [String: String] = [:]
  ) throws -> [String] {
    try ClientFile(kind, file: "m.json", machine(["m.json": text], environment: environment, commands: ["npx"]))
      .problems().map(\.description)
  }

  @Test func oneBadEntryHidesNoOther() throws {
    let text = """
      {"mcpServers": {
        "a": {"command": "npx", "args": "x", "env": {"API_KEY": "sk-1234567890"}},
        "b": {"url": "https://b/mcp"},
        "c": {"comand": "npx"},
        "d": {"command": "npx -y x"},
        "e": {"type": "htp", "url": "http://e/mcp", "headers": {"Authorization": "Bearer ${NO_SUCH}"}},
        "f": 5,
        "g": {"command": "nosuch", "url": "ftp://g"}
      }}
      """
    #expect(
      try problems(.claude, text) == [
        "m.json:2:35: mcpServers.a.args: is 'x': write a list of texts",
        "m.json:2:59: warning: mcpServers.a.env.API_KEY: the secret stands in the file: put it into the environment and write ${NAME}",
        "m.json:3:8: mcpServers.b: has a URL and no type, and is taken for a command: add \"type\": \"http\", or \"sse\"",
        "m.json:4:8: mcpServers.c: has neither 'command' nor 'url': add one of them",
        "m.json:4:9: warning: mcpServers.c.comand: is not known of claude: did you mean 'command'?",
        "m.json:5:20: mcpServers.d.command: holds 3 words: write the program alone; its arguments go into 'args'",
        "m.json:6:17: mcpServers.e.type: 'htp' does not fit: write one of stdio, http, sse, streamable-http, ws",
        "m.json:6:31: warning: mcpServers.e.url: sends Authorization without encryption: write https://",
        "m.json:6:76: mcpServers.e.headers.Authorization: the environment variable NO_SUCH is not set: set NO_SUCH",
        "m.json:7:8: mcpServers.f: is '5': write an object",
        "m.json:8:8: mcpServers.g: has a URL and no type, and is taken for a command: add \"type\": \"http\", or \"sse\"",
        "m.json:8:37: mcpServers.g.url: is there beside 'command': keep one of them",
        "m.json:8:37: mcpServers.g.url: 'ftp://g' is no URL of a server: write a URL that begins with https:// or http://",
      ])
  }

  @Test func eachKindHasItsMember() throws {
    let entry = #"{"a": {"command": "npx"}}"#
    #expect(try problems(.vscode, #"{"servers": \#(entry)}"#) == [])
    #expect(try problems(.vscode, #"{"mcp": {"servers": \#(entry)}}"#) == [])
    #expect(try problems(.cursor, #"{"mcpServers": \#(entry)}"#) == [])
    #expect(try problems(.mcpJSON, #"{"mcpServers": \#(entry)}"#) == [])
    #expect(try problems(.claude, #"{"projects": {"/x": {"mcpServers": \#(entry)}}}"#) == [])
    #expect(
      try problems(.vscode, #"{"mcpServers": \#(entry)}"#) == [
        "m.json:1:1: there is no 'servers': it has 'mcpServers'; a vscode file has 'servers'"
      ])
  }

  @Test func whatTheEditorReplacesIsNoVariableOfOurs() throws {
    let text = #"{"servers": {"a": {"command": "npx", "args": ["${workspaceFolder}", "${input:key}", "${env:HOME}"]}}}"#
    #expect(try problems(.vscode, text, environment: ["HOME": "/h"]) == [])
  }

  @Test func localToolsAreChecked() throws {
    let text = "local_mcp_fun:\n  - name: a\n    description: x\n  - name: a\n    enabld: true\n  - description: y\n"
    let problems = try LocalTools.problems(in: "t.yaml", machine(["t.yaml": text])).map(\.description)
    #expect(
      problems == [
        "t.yaml:4:5: warning: local_mcp_fun[1]: has no description: add description, so that models know what it is for",
        "t.yaml:4:11: local_mcp_fun[1].name: 'a' is taken: it stands in line 2 already; choose another",
        "t.yaml:5:5: local_mcp_fun[1].enabld: there is no such key: did you mean 'enabled'?",
        "t.yaml:6:5: local_mcp_fun[2]: has no name: add name",
      ])
  }
}
