// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import Testing

@testable import mcpctl

/// Names of servers, and which one is meant.
@Suite struct ServerBookTests {
  private static let user = """
    {"mcpServers": {"prod": {"url": "https://u:p@example.com/mcp?key=1", "headers": {"Authorization": "Bearer t"}},
      "both": {"command": "user"}}, "currentServer": "prod"}
    """
  private static let project = #"{"mcpServers": {"both": {"command": "project"}}}"#

  private func environs(_ files: [String: String], directory: String = "/home/ada/work/deep") -> Environs {
    let console = MemoryConsole(environment: ["HOME": "/home/ada"], files: files).console
    return Environs(
      environment: console.environment,
      readFile: { path throws(FileFault) in try console.readFile(path, 1 << 20) }, directory: directory)
  }

  @Test func theNearestFileGoesFirst() throws {
    let environs = environs([
      "/home/ada/.config/mcpctl/servers.json": Self.user, "/home/ada/work/.mcpctl.json": Self.project,
      "/etc/mcpctl/servers.json": #"{"mcpServers": {"both": {"command": "system"}, "last": {"command": "x"}}}"#,
    ])
    let book = try ServerBook(environs)
    #expect(book.entries.map(\.name) == ["both", "last", "prod"])
    #expect(book.entry("both")?.content["command"] == "project")
    #expect(book.entry("last")?.shelf.level == .system)
    #expect(book.current?.name == "prod")
    let resolved = try TargetResolver(environs: environs).resolve(server: nil, program: [], http: .automatic)
    #expect(resolved.name == "prod" && !resolved.isExplicit)
    #expect(resolved.listing?.trust == .given)
    let both = try TargetResolver(environs: environs).resolve("both", .automatic, isExplicit: true)
    #expect(both.target == .program(command: "project", arguments: []))
    #expect(both.listing?.trust == .mustBeGiven)
  }

  @Test func theHomeDirectoryIsNoProject() throws {
    let book = try ServerBook(environs(["/home/ada/.mcpctl.json": Self.project, "/.mcpctl.json": Self.project]))
    #expect(book.entry("both") == nil)
    let other = try ServerBook(environs(["/.mcpctl.json": Self.project], directory: "/srv/x"))
    #expect(other.entry("both")?.shelf.path == "/.mcpctl.json")
  }

  @Test func aFileThatCannotBeUnderstoodIsNamed() {
    for text in ["{", "[]", #"{"mcpServers": 1}"#] {
      let error = #expect(throws: Failure.self) {
        try ServerBook(environs(["/home/ada/.config/mcpctl/servers.json": text]))
      }
      #expect(error?.exit == .badConfiguration)
      #expect(error?.message.hasPrefix("/home/ada/.config/mcpctl/servers.json does not list servers: ") == true)
    }
  }

  @Test func aCurrentServerThatNobodyKnowsIsNoReasonToUseAnother() {
    let environs = environs(["/etc/mcpctl/servers.json": #"{"currentServer": "gone"}"#])
    let error = #expect(throws: Failure.self) {
      try TargetResolver(environs: environs).resolve(server: nil, program: [], http: .automatic)
    }
    #expect(error?.exit == .notFound)
    #expect(error?.hint?.contains("-s builtin") == true)
  }

  @Test func whatIsShownOfAnEntryHasNoSecrets() {
    let url: JSONObject = [
      "url": "https://u:p@example.com/mcp?key=1",
      "headers": ["Authorization": "Bearer abc", "X-Api-Key": "${KEY}", "Accept-Language": "nb"],
    ]
    #expect(url.placeOfServer == "https://example.com/mcp?…")
    #expect(
      url.withoutSecretsOfServer == [
        "url": "https://example.com/mcp?…",
        "headers": ["Authorization": "…", "X-Api-Key": "${KEY}", "Accept-Language": "nb"],
      ])
    let program: JSONObject = [
      "command": "npx",
      "args": [
        "-y", "a b", "--api-key", "abc", "--token=def", "--key", "${K}", "TOKEN=1", "--header",
        "Authorization: Bearer x", "postgres://u:p@h/db",
      ],
      "env": ["GITHUB_TOKEN": "ghp", "LANG": "C", "URL": "redis://u:p@h"],
    ]
    #expect(
      program.placeOfServer
        == "npx -y 'a b' --api-key … --token=… --key '${K}' TOKEN=… --header Authorization:… postgres://…@h/db")
    #expect(program.withoutSecretsOfServer["env"] == ["GITHUB_TOKEN": "…", "LANG": "C", "URL": "redis://…@h"])
  }

  @Test func filesOfOthersSayNothing() throws {
    var environs = environs(["/home/ada/work/.mcpctl.json": Self.project])
    #expect(try ServerBook(environs).entry("both") != nil)
    environs.isOurs = { _ in false }
    #expect(try ServerBook(environs).entry("both") == nil)
  }

  @Test(arguments: ["", "a/b", "a:b", "builtin", "-x", "x.json", "ä", String(repeating: "a", count: 65)])
  func whatWouldBeTakenForSomethingElseIsNoName(name: String) {
    #expect(throws: UsageError.self) { try ServersAddCommand.check(name) }
  }

  @Test func theServersOfOtherProgramsAreFound() {
    let environs = environs([
      "/home/ada/work/deep/.mcp.json": #"{"mcpServers": {"a": {"command": "x"}}}"#,
      "/home/ada/.claude.json":
        #"{"mcpServers": {"b": {"url": "http://b"}}, "projects": {"/home/ada/work/deep": {"mcpServers": {"c": {"command": "y"}}}}}"#,
      "/home/ada/.cursor/mcp.json": "{",
      "/home/ada/.config/Code/User/mcp.json": #"{"servers": {"d": {"url": "http://d"}}}"#,
    ])
    var problems: [String] = []
    let files = ForeignFile.all(environs) { problems.append($0) }
    #expect(
      files.map { "\($0.owner): \($0.servers.names.joined(separator: " "))" } == [
        "project: a", "Claude Code: b c", "VS Code: d",
      ])
    #expect(problems.count == 1 && problems[0].hasPrefix("/home/ada/.cursor/mcp.json is no JSON"))
  }
}
