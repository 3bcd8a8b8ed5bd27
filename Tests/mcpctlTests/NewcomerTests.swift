// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import TestSupport
import Testing

@testable import mcpctl

/// What people meet who have the program and its own words alone.
@Suite(.timeLimit(.minutes(2))) struct NewcomerTests {
  private let folder = TemporaryFolder()

  // The first page

  @Test func withoutWordsItSaysHowToBegin() throws {
    let start = try mcpctl()
    #expect(start.code == 0 && start.error == "")
    #expect(start.output.split(separator: "\n", omittingEmptySubsequences: false).count < 20, "\(start.output)")
    for example in StartPage.examples { #expect(start.output.contains("  \(example.line)\n")) }
    #expect(start.output.contains("`mcpctl help` lists all"))
    #expect(try mcpctl("help").output.contains("--connect-timeout"))
    #expect(try mcpctl("help").output == mcpctl("--help").output)
  }

  @Test func theLinesItBeginsWithAreCommands() throws {
    for example in StartPage.examples {
      let words = example.line.split(separator: " ").dropFirst().map(String.init)
      #expect(throws: Never.self, "\(example.line)") { _ = try parse(words, as: RootCommand.self) }
    }
  }

  @Test(arguments: [
    ["servers", "discover", "--color", "never"], ["version", "--color=always"], ["config", "path", "--no-color"],
  ])
  func everyCommandMayBeToldOfColours(words: [String]) throws {
    #expect(throws: Never.self) { _ = try parse(words, as: RootCommand.self) }
  }

  @Test func aPasswordInAURLIsNotRepeated() throws {
    let run = try mcpctl("https://user:sesame@h/mcp?token=sesame")
    #expect(
      run.code == 64 && run.error.contains("a URL is no command") && !run.error.contains("sesame"), "\(run.error)")
  }

  @Test func anOptionOfOthersIsAnsweredWithOurs() throws {
    let run = try mcpctl("call", "calculator", "a=1", "b=2", "--jq", ".x")
    #expect(run.code == 64 && run.error.contains("--path EXPR picks a part of the result"))
    #expect(try mcpctl("call", "calculator", "--json", "{}").error.contains("--args '{…}'"))
  }

  @Test(arguments: [
    ("foo=1", "--set: foo: there is no such key"), ("transport=1", "--set: transport: this is a section"),
    ("transport.port", "--set: transport.port: a value is missing; write --set KEY=VALUE"),
  ])
  func whatSetCannotTakeIsNamed(word: String, message: String) throws {
    let run = try mcpctl("serve", "--set", word)
    #expect(run.code == 64 && run.error.contains(message), "\(run.error)")
  }

  @Test func aServerThatIsNotThereIsToldFromAToolThatIsNot() throws {
    let run = try mcpctl("-s", "builtin", "call", "lco/calculator", "a=1")
    #expect(run.code == 8 && run.error.contains("no server is called 'lco'"), "\(run.error)")
  }

  // Arguments as options

  @Test(arguments: [
    (["call", "calculator", "--a", "1"], "no option '--a'; arguments of the tool are written without dashes: a=1"),
    (["call", "calculator", "--a=1"], "no option '--a'; arguments of the tool are written without dashes: a=1"),
    (["call", "calculator", "-a", "1"], "no option '-a'; arguments of the tool are written without dashes: a=1"),
    (
      ["call", "calculator", "--a", "--b"], "no option '--a'; arguments of the tool are written without dashes: a=VALUE"
    ),
    (["call", "x", "--subject", "two words"], "without dashes: 'subject=two words'"),
    (["call", "x", "--password", "sesame"], "without dashes: password=VALUE"),
    (["tools", "call", "calculator", "--a", "1"], "without dashes: a=1"),
    (["prompts", "get", "greet", "--name", "Ada"], "arguments of the prompt are written without dashes: name=Ada"),
    (["call", "x", "--timeuot", "1"], "no option '--timeuot'; did you mean '--timeout'?"),
    (["tools", "ls", "--a", "1"], "no option '--a'"),
  ])
  func argumentsAreNoOptions(words: [String], part: String) throws {
    let run = try run([binary] + words)
    #expect(run.code == 64)
    #expect(run.error.contains(part + "\n"), "\(run.error)")
  }

  // Words that are no commands

  @Test(arguments: [
    (
      ["http://127.0.0.1:1/mcp"],
      "name a server with -s, and say what to do: `mcpctl -s http://127.0.0.1:1/mcp tools ls`"
    ),
    (["calculator", "a=1"], "a tool of that name is called with `mcpctl call calculator`"),
    (["ls"], "`mcpctl tools ls` lists tools"), (["cal"], "did you mean 'call'?"),
    (
      ["tools", "calculator"],
      "ls, get, call are there; `tools get calculator` describes a tool, `call calculator` calls it"
    ),
    (["prompts", "greet"], "`prompts get greet` renders a prompt"),
    (["resources", "sample://about"], "`resources read sample://about` reads a resource"),
  ])
  func aWordThatIsNoCommandLeadsOn(words: [String], part: String) throws {
    let run = try run([binary] + words)
    #expect(
      run.code == 64 && run.error.contains("no command '\(words.last { !$0.contains("=") } ?? "")'; "), "\(run.error)")
    #expect(run.error.contains(part), "\(run.error)")
  }

  // Configurations

  @Test func aConfigurationThatIsRefusedNamesTheFileInTheCommandThatSaysMore() throws {
    let path = try folder.write("transport:\n\tport: 80\n", to: "my config.yaml")
    let refused = try mcpctl("serve", "--config", path)
    #expect(refused.code == 78)
    #expect(refused.error.contains(":2:1: a tab is used for indentation: put blanks in its place"))
    #expect(refused.error.hasSuffix("hint: `mcpctl serve --config '\(path)' --validate-config` says the same\n"))
    let different = try mcpctl("config", "diff", path, path)
    #expect(different.error.hasSuffix("hint: `mcpctl config validate '\(path)'` says the same\n"))
  }

  @Test func oneKeyIsPrinted() throws {
    let path = try folder.write("transport:\n  type: sse\n  port: 8100\nauth:\n  admin_key: ${KEY}\n", to: "c.yaml")
    let secret = ["KEY": "sesame-sesame-sesame"]
    #expect(try mcpctl("config", "get", "transport.port", path, environment: secret).output == "8100\n")
    #expect(try mcpctl("config", "get", "server.name").output == "mcpctl\n")
    #expect(try mcpctl("config", "get", "server_info.name").output == "mcpctl\n", "any spelling will do")
    let set = try mcpctl("config", "get", "transport.port", "--set", "transport.port=9", "-o", "json")
    #expect(
      try JSON(parsing: set.output)
        == ["key": "transport.port", "value": 9, "origin": "--set transport.port"], "\(set.output)")
    let key = try mcpctl("config", "get", "auth.admin_key", path, environment: secret)
    #expect(key.code == 0 && !key.output.contains("sesame"))
    let near = try mcpctl("config", "get", "transport.prot")
    #expect(near.code == 8 && near.error.contains("did you mean 'transport.port'?"), "\(near.error)")
    #expect(try mcpctl("config", "get", "transport").error.contains("it is a section: it has transport.type, "))
    #expect(try mcpctl("config", "get", "auth.admin_key").code == 1)
    #expect(
      try mcpctl("__complete", "config-keys", "--", "config", "get", "transport.po").output.hasPrefix(
        "transport.port\t"))
  }

  // Lists off a terminal

  private func at(_ words: String..., variables: [String: String] = [:]) throws -> ProgramRun {
    try run(
      ["sh", "-c", #"cd "$0" && exec "$@""#, folder.path(""), binary] + words,
      environment: [
        "HOME": folder.path(""), "XDG_CONFIG_HOME": folder.path("config"), "XDG_STATE_HOME": folder.path("state"),
      ].merging(variables) { $1 })
  }

  @Test func whatWasDiscoveredIsPrintedAlsoIntoAPipe() throws {
    let none = try at("servers", "discover")
    #expect(none.code == 0 && none.output == "" && none.error == "no other program has servers here\n")
    let file = try folder.write(#"{"mcpServers": {"a": {"url": "http://127.0.0.1:1/mcp"}}}"#, to: ".mcp.json")
    let one = try at("servers", "discover")
    #expect(one.output.hasSuffix("/.mcp.json:a\tproject\thttp\thttp://127.0.0.1:1/mcp\n"), "\(one.output)")
    #expect(one.error == "")
    let more = try at("servers", "discover", "-v")
    #expect(more.output == one.output)
    #expect(more.error.contains("# project: ") && more.error.contains("/.mcp.json has 1 server\n"), "\(more.error)")
    #expect(more.error.contains("# VS Code: ") && more.error.contains("has none, or is not there"))
    #expect(file.hasSuffix(".mcp.json"))
  }

  @Test func whereNobodyIsLoggedInThatIsSaid() throws {
    let status = try at("auth", "status")
    #expect(status.code == 0 && status.output == "" && status.error == "not logged in anywhere\n")
    #expect(try at("auth", "status", "-q").error == "")
    #expect(try at("auth", "status", "--path", ".nothing").code == 1, "a result that is not there is a failure")
  }

  // Manual pages

  @Test func onAPipeAManualPageIsItsSource() throws {
    #expect(try mcpctl("man", "call").output.contains(".Sh SYNOPSIS"))
  }

  /// `mcpctl WORDS` at a terminal where `programs` are all there is.
  private func atTerminal(_ words: String, programs: [String: String]) throws -> ProgramRun {
    let bin = folder.path("bin")
    _ = try run(["mkdir", "-p", bin])
    for (name, text) in programs {
      _ = try folder.write("#!/bin/sh\n\(text)\n", to: "bin/\(name)")
      _ = try run(["chmod", "+x", "\(bin)/\(name)"])
    }
    return try run(["script", "-qec", "PATH='\(bin)' '\(binary)' \(words)", "/dev/null"])
  }

  @Test(.enabled(if: isInstalled("script"))) func atATerminalManShowsThePage() throws {
    let shown = try atTerminal("man call", programs: ["man": #"echo "man: $*"; exec /bin/head -n 3"#])
    #expect(shown.code == 0 && shown.output.hasPrefix("man: -l -\r\n.\\\" Generated by"), "\(shown.output)")
    let other = try atTerminal("man call", programs: ["man": "exit 5", "mandoc": #"echo "mandoc: $*""#])
    #expect(other.output.hasSuffix("mandoc: -a\r\n"), "\(other.output)")
  }

  @Test(.enabled(if: isInstalled("script"))) func withoutAProgramForPagesTheyAreReadableAllTheSame() throws {
    for (words, part) in [
      ("man call", "Call a tool and print its result."), ("man", "  serve       Serve"),
      ("man tools ls", "List the tools of a server."),
      ("man --section 7 tools", "manifest"), ("man --section 5 config", "transport"),
    ] {
      let shown = try atTerminal(words, programs: [:])
      #expect(shown.code == 0 && shown.output.contains(part), "\(words): \(shown.output)")
      #expect(!shown.output.contains(".Sh"))
    }
  }
}
