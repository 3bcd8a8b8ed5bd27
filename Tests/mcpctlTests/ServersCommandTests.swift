// SPDX-License-Identifier: Apache-2.0
import JSONKit
import TestSupport
import Testing

/// `mcpctl servers` and `mcpctl config use-context`, as a user has them.
@Suite(.timeLimit(.minutes(2))) struct ServersCommandTests {
  /// A home, and a project in a folder of it.
  private final class Place {
    let folder = TemporaryFolder()

    init() throws { _ = try TestSupport.run(["mkdir", "-p", folder.path("work/deep")]) }

    func callAsFunction(_ words: String..., variables: [String: String] = [:]) throws -> ProgramRun {
      try run(words, variables: variables)
    }

    func run(_ words: [String], variables: [String: String] = [:]) throws -> ProgramRun {
      try TestSupport.run(
        ["sh", "-c", #"cd "$0" && exec "$@""#, folder.path("work/deep"), binary] + words,
        environment: [
          "HOME": folder.path(""), "XDG_CONFIG_HOME": folder.path("config"), "XDG_STATE_HOME": folder.path("state"),
        ].merging(variables) { $1 })
    }
  }

  @Test func aNamedServerIsUsedByName() throws {
    let mcpctl = try Place()
    #expect(try mcpctl("servers", "ls").error.contains("mcpctl servers add NAME URL") == false)
    let added = try mcpctl("servers", "add", "local", "-E", "TOKEN=env:SECRET", "--", binary, "serve")
    #expect(added.code == 0, "\(added.error)")
    #expect(added.error.contains("config/mcpctl/servers.json: local "))
    #expect(try mcpctl("servers", "ls").output.hasPrefix("local\t\tstdio\tuser\t"))
    let variables = ["SECRET": "sesame"]
    #expect(try mcpctl("-s", "local", "call", "calculator", "a=1", "b=2", variables: variables).output == "3\n")
    #expect(try mcpctl("call", "local/calculator", "a=1", "b=2", variables: variables).output == "3\n")
    let missing = try mcpctl("-s", "local", "ping")
    #expect(missing.code == 78 && missing.error.contains("local needs the environment variable SECRET"))
    #expect(try mcpctl("-s", "locla", "ping").error.contains("did you mean 'local'?"))
    #expect(try mcpctl("servers", "rm", "local").code == 0)
    #expect(try mcpctl("servers", "get", "local").code == 8)
  }

  @Test func theCurrentServerAnswersWhereNoneIsNamed() throws {
    let mcpctl = try Place()
    #expect(try mcpctl("config", "current-context").output == "builtin\n")
    #expect(try mcpctl("servers", "add", "one", "--use", "--", binary, "serve").code == 0)
    #expect(try mcpctl("config", "current-context").output == "one\n")
    #expect(try mcpctl("info", "-o", "json", "--path", ".transport").output == "\"stdio\"\n")
    #expect(try mcpctl("-s", "builtin", "info", "-o", "json", "--path", ".transport").output == "\"in process\"\n")
    #expect(try mcpctl("config", "use-context", "two").code == 8)
    #expect(try mcpctl("config", "use-context", "--none").code == 0)
    #expect(try mcpctl("info", "-o", "json", "--path", ".transport").output == "\"in process\"\n")
    #expect(try mcpctl("config", "current-context", variables: ["MCPCTL_SERVER": "x:1"]).output == "x:1\n")
  }

  @Test func anErrorNamesTheServerThatWasChosenEarlierAndByWhat() throws {
    let mcpctl = try Place()
    #expect(try mcpctl("servers", "add", "prod", "http://127.0.0.1:1/mcp?key=sesame", "--use").code == 0)
    #expect(try mcpctl("servers", "add", "local", "--", binary, "serve").code == 0)
    let server = "  server 'prod' (http://127.0.0.1:1/mcp?…), chosen by "
    let file = mcpctl.folder.path("config/mcpctl/servers.json")
    let current = try mcpctl("ping", "--retry", "0")
    #expect(current.code == 5)
    #expect(current.error.contains("\(server)`mcpctl config use-context` in \(file)\n"), "\(current.error)")
    let variable = try mcpctl("ping", "--retry", "0", variables: ["MCPCTL_SERVER": "prod"])
    #expect(variable.error.contains("\(server)MCPCTL_SERVER\n"), "\(variable.error)")
    #expect(try !mcpctl("ping", "-s", "prod", "--retry", "0").error.contains("chosen by"))
    let report = try JSON(parsing: mcpctl("ping", "--retry", "0", "-o", "json").error)["error"]
    #expect(report?["server"] == "prod")
    #expect(report?["chosenBy"]?.string == "`mcpctl config use-context` in \(file)")

    #expect(try mcpctl("config", "use-context", "local").code == 0)
    let place = "  server 'local' (\(binary) serve), chosen by `mcpctl config use-context` in "
    for words in [
      ["call", "nosuch"], ["call", "calculator", "a=x"], ["call", "calculator", "a=1", "b=0", "operation=divide"],
    ] {
      #expect(try mcpctl.run(words).error.contains(place), "\(words)")
    }
    #expect(try mcpctl("call", "calculator", "a=1", "b=2").error == "")
    _ = try mcpctl.folder.write(
      #"{"mcpServers": {"p": {"url": "http://127.0.0.1:1/mcp"}}, "currentServer": "p"}"#, to: "work/.mcpctl.json")
    #expect(try mcpctl("servers", "trust", "p").code == 0)
    let project = try mcpctl("ping", "--retry", "0")
    #expect(project.error.contains("server 'p' (http://127.0.0.1:1/mcp), chosen by the project's "), "\(project.error)")
  }

  @Test func aProgramThatEndsBeforeItAnswersSaysHowAndWithWhat() throws {
    let mcpctl = try Place()
    let program = ["sh", "-c", "echo no licence >&2; echo call us >&2; exit 3"]
    let run = try mcpctl.run(["tools", "ls", "--"] + program)
    #expect(run.code == 5)
    #expect(
      run.error == """
        mcpctl: sh exited with status 3 before it answered; its last words: no licence | call us
          the command was: sh -c 'echo no licence >&2; echo call us >&2; exit 3'
        hint: `mcpctl doctor -- sh -c 'echo no licence >&2; echo call us >&2; exit 3'` looks at it step by step

        """)
    let silent = try mcpctl("tools", "ls", "--", "sleep", "--password", "sesame")
    #expect(silent.error.contains("sleep exited with status 1 before it answered") && !silent.error.contains("sesame"))
  }

  @Test func aToolOfTheBuiltinServerIsNotCalledInPlaceOfOneThatIsNotThere() throws {
    let mcpctl = try Place()
    let program = [binary, "serve", "--set", "tools.deny=calculator"]
    #expect(try mcpctl.run(["servers", "add", "files", "--use", "--"] + program).code == 0)
    let missing = try mcpctl("call", "calculator", "a=1", "b=2")
    #expect(missing.code == 8 && missing.output == "")
    #expect(
      missing.error.contains("; the built-in server has one: `mcpctl -s builtin tools get calculator`\n"),
      "\(missing.error)")
    #expect(try !mcpctl("call", "nosuch").error.contains("-s builtin"))
    #expect(try !mcpctl.run(["call", "calculator", "--"] + program).error.contains("-s builtin"))
  }

  @Test func commandsToCopyReachTheSameServer() throws {
    let mcpctl = try Place()
    let (server, url) = try ServeTests.start("--transport", "http-stream")
    defer {
      server.signal(15)
      _ = server.finish()
    }
    #expect(try mcpctl("-s", url, "rpc", "ping").error.contains("`mcpctl -s \(url) ping` asks"))
    let started = try mcpctl("rpc", "ping", "--", binary, "serve", "--token", "sesame")
    #expect(!started.error.contains("sesame"))
    let program = try mcpctl("rpc", "ping", "--", binary, "serve")
    #expect(program.error.contains("`mcpctl ping -- \(binary) serve` asks"), "\(program.error)")
    #expect(try mcpctl("rpc", "ping").error.contains("`mcpctl ping` asks"))
    let page = try mcpctl("-s", url, "tools", "get", "echo").output
    #expect(page.contains("Example\n  mcpctl -s \(url) call echo message="), "\(page)")
    let help = try mcpctl("call", "echo", "--help", "--", binary, "serve").output
    #expect(help.contains("Usage\n  mcpctl call echo message=STRING -- \(binary) serve\n"), "\(help)")
    #expect(try mcpctl("-s", url, "tasks", "get", "1").error.contains("`mcpctl -s \(url) info` shows"))
    #expect(try mcpctl("prompts", "get", "greet", "--help").output.contains("\n  mcpctl prompts get greet name="))
  }

  @Test func whatAProjectBringsAlongIsNotUsedUnasked() throws {
    let mcpctl = try Place()
    let text = #"{"mcpServers": {"p": {"command": "\#(binary)", "args": ["serve"]}}, "currentServer": "p"}"#
    _ = try mcpctl.folder.write(text, to: "work/.mcpctl.json")
    let refused = try mcpctl("call", "calculator", "a=1", "b=2")
    #expect(refused.code == 78 && refused.output == "")
    #expect(refused.error.contains("nobody has agreed to the server 'p' of "))
    #expect(refused.error.contains("mcpctl servers trust p"))
    #expect(try mcpctl("servers", "trust", "p").code == 0)
    #expect(try mcpctl("call", "calculator", "a=1", "b=2").output == "3\n")
    // Another command is another server.
    _ = try mcpctl.folder.write(text.replacing(#"["serve"]"#, with: #"["serve", "--debug"]"#), to: "work/.mcpctl.json")
    #expect(try mcpctl("call", "calculator", "a=1", "b=2").code == 78)
    #expect(try mcpctl("servers", "add", "own", "--project", "--", binary, "serve").code == 0)
    #expect(try mcpctl("-s", "own", "call", "calculator", "a=1", "b=2").output == "3\n", "who writes it agrees")
  }

  @Test func serversOfOthersAreCopiedAndTheirFilesStay() throws {
    let mcpctl = try Place()
    let text =
      #"{"mcpServers": {"a": {"command": "\#(binary)", "args": ["serve"]}, "b": {"url": "http://127.0.0.1:1/mcp"}}}"#
    let file = try mcpctl.folder.write(text, to: "work/deep/.mcp.json")
    let found = try mcpctl("servers", "discover", "-o", "name")
    #expect(found.output.hasSuffix("work/deep/.mcp.json:a\n\(file):b\n"), "\(found.output) \(found.error)")
    #expect(try mcpctl("servers", "import", ".mcp.json", "c").code == 8)
    #expect(try mcpctl("servers", "import", ".mcp.json").code == 0)
    #expect(try mcpctl("servers", "import", ".mcp.json").code == 1)
    #expect(try run(["cat", file]).output == text)
    let tested = try mcpctl("servers", "test", "-o", "json")
    #expect(tested.code == 1)
    let servers = try JSON(parsing: tested.output)["servers"]?.array
    #expect(servers?.map { $0["ok"] } == [true, false])
    #expect(servers?[1]["error"]?.string?.contains("127.0.0.1:1") == true)
    #expect(try mcpctl("servers", "test", "a").code == 0)
  }

  @Test func whatIsWrittenIsTheWholeFileAndKeepsTheRest() throws {
    let mcpctl = try Place()
    _ = try run(["mkdir", "-p", mcpctl.folder.path("config/mcpctl")])
    let file = try mcpctl.folder.write(
      #"{"comment": "mine", "mcpServers": {"z": {"command": "z"}}}"#, to: "config/mcpctl/servers.json")
    let added = try mcpctl("servers", "add", "web", "https://example.com/mcp", "-H", "Authorization: Bearer abcdefgh")
    #expect(added.error.contains("warning: Authorization stands in the file as it is"))
    #expect(
      try JSON(parsing: try run(["cat", file]).output) == [
        "comment": "mine",
        "mcpServers": [
          "z": ["command": "z"],
          "web": [
            "type": "http", "url": "https://example.com/mcp", "headers": ["Authorization": "Bearer abcdefgh"],
          ],
        ],
      ])
    let shown = try mcpctl("servers", "get", "web")
    #expect(shown.output.contains("example.com") && !shown.output.contains("abcdefgh"))
    #expect(try mcpctl("servers", "add", "web", "https://other.example/mcp").code == 1)
    #expect(try mcpctl("servers", "add", "x", "https://h/mcp", "--", "cmd").code == 64)
    #expect(try mcpctl("servers", "add", "x").code == 64)
    #expect(try mcpctl("config", "validate", "--kind", "mcp-json", file).output.contains("error") == false)
  }

  @Test func nothingIsSentWhereAProjectSaysBeforeTheUserHasAgreed() throws {
    let mcpctl = try Place()
    _ = try mcpctl.folder.write(
      #"{"mcpServers": {"p": {"url": "http://127.0.0.1:1/mcp", "headers": {"X-Leak": "${TOKEN}"}}}, "currentServer": "p"}"#,
      to: "work/.mcpctl.json")
    for words in [["auth", "login"], ["auth", "token"], ["auth", "logout", "p"]] {
      let refused = try mcpctl.run(words, variables: ["TOKEN": "sesame"])
      #expect(
        refused.code == 78 && refused.error.contains("nobody has agreed to the server 'p'"), "\(words) \(refused.error)"
      )
    }
  }

  @Test func whoIsAskedToAgreeSeesAll() throws {
    let mcpctl = try Place()
    _ = try mcpctl.folder.write(
      #"{"mcpServers": {"p": {"command": "sh", "args": ["-c", "TOKEN=x; touch y"], "env": {"LD_PRELOAD": "./e.so"}, "cwd": "/x"}}}"#,
      to: "work/.mcpctl.json")
    for run in [try mcpctl("-s", "p", "ping"), try mcpctl("servers", "trust", "p")] {
      #expect(run.error.contains("command: sh\n"))
      #expect(run.error.contains("args: -c 'TOKEN=x; touch y'\n"))
      #expect(run.error.contains("env.LD_PRELOAD: ./e.so\n") && run.error.contains("cwd: /x"))
    }
  }

  @Test func aProjectHasNoSayOverTheServersOfTheUser() throws {
    let mcpctl = try Place()
    #expect(try mcpctl("servers", "add", "gh", "--", binary, "serve").code == 0)
    _ = try mcpctl.folder.write(#"{"mcpServers": {}, "currentServer": "gh"}"#, to: "work/.mcpctl.json")
    #expect(try mcpctl("config", "current-context").output == "builtin\n")
    #expect(try mcpctl("config", "use-context", "gh", "--project").code == 64)
  }

  @Test func whoAddsAtTheSameTimeLosesNothing() throws {
    let mcpctl = try Place()
    let script = "for i in 1 2 3 4 5 6 7 8; do \"$0\" servers add s$i http://h/$i & done; wait"
    let added = try run(
      ["sh", "-c", script, binary],
      environment: ["XDG_CONFIG_HOME": mcpctl.folder.path("config"), "HOME": mcpctl.folder.path("")])
    #expect(added.code == 0)
    #expect(try mcpctl("servers", "ls", "-o", "name").output.split(separator: "\n").count == 8, "\(added.error)")
    #expect(try run(["stat", "-c", "%a", mcpctl.folder.path("config/mcpctl/servers.json")]).output == "600\n")
  }

  @Test func filesAsEditorsKeepThemAreRead() throws {
    let mcpctl = try Place()
    _ = try mcpctl.folder.write(
      "{ // mine\n \"mcpServers\": {\"a\": {\"command\": \"\(binary)\", /* and */ \"args\": [\"serve\",],},}}",
      to: "work/deep/.mcp.json")
    #expect(try mcpctl("-s", ".mcp.json:a", "call", "calculator", "a=1", "b=2").output == "3\n")
    #expect(try mcpctl("servers", "discover", "-o", "name").output.hasSuffix(".mcp.json:a\n"))
  }

  @Test func whatCannotBeReachedIsNotCopied() throws {
    let mcpctl = try Place()
    _ = try mcpctl.folder.write(
      #"{"mcpServers": {"ok": {"url": "http://h/"}, "broken": {}}}"#, to: "work/deep/.mcp.json")
    let refused = try mcpctl("servers", "import", ".mcp.json")
    #expect(refused.code == 78 && refused.error.contains("broken has neither 'command' nor 'url'"))
    #expect(try mcpctl("servers", "import", ".mcp.json", "ok").code == 0)
  }

  @Test func aServerThatIsGoneIsNotReplacedSilently() throws {
    let mcpctl = try Place()
    #expect(try mcpctl("call", "nope/calculator", "a=1", "b=2").error.contains("no server is called 'nope'"))
    #expect(
      try mcpctl("servers", "add", "one", "http://h/mcp", "--use", "-H", "Authorization: Bearer env:KEY").code == 0)
    #expect(try mcpctl("servers", "get", "one").output.contains("Bearer ${KEY}"))
    #expect(try mcpctl("servers", "rm", "one").error.contains("note: it was the current server; now that is builtin"))
    let other = try mcpctl("servers", "add", "two", "http://h/mcp", "--bearer-env", "KEY")
    #expect(other.code == 64 && other.error.contains("'add' does not take --bearer-env"))
  }

  @Test func namesAreCompleted() throws {
    let mcpctl = try Place()
    #expect(try mcpctl("servers", "add", "prod", "https://example.com/mcp").code == 0)
    let offered = try mcpctl("__complete", "servers", "--", "-s", "pr")
    #expect(offered.output == "prod\thttps://example.com/mcp\n")
  }
}
