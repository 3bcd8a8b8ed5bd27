// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import MCPClientKit

/// A command of the REPL itself: its names, what it takes, what it does.
struct Backslash: Sendable {
  typealias Action = @Sendable (isolated Repl, [String], Statement, Console) async throws -> Void

  let names: [String]
  /// What follows the name.
  let takes: String
  let help: String
  /// Whether it shows something as results are shown, so that -o, --path and --out may stand behind it.
  let isShown: Bool
  let action: Action

  init(
    _ name: String, or other: String? = nil, takes: String = "", _ help: String, isShown: Bool = false,
    action: @escaping Action
  ) {
    names = [name] + (other.map { [$0] } ?? [])
    (self.takes, self.help, self.isShown, self.action) = (takes, help, isShown, action)
  }

  /// Everything there is, in the order help lists it.
  static let all: [Backslash] = looking + connecting + results + scripting + background

  static let looking: [Backslash] = [
    Backslash("d", takes: "[NAME|PATTERN]", "what the server offers, or all about one thing", isShown: true) {
      repl, words, statement, console in
      try await repl.describe(words, whole: false, statement, console)
    },
    Backslash("d+", takes: "NAME", "its definition as the server sent it", isShown: true) {
      repl, words, statement, console in
      try await repl.describe(words, whole: true, statement, console)
    },
    Backslash("dt", takes: "[PATTERN]", "tools", isShown: true) { repl, words, statement, console in
      try await repl.list(.tools, words, statement, console)
    },
    Backslash("dp", takes: "[PATTERN]", "prompts", isShown: true) { repl, words, statement, console in
      try await repl.list(.prompts, words, statement, console)
    },
    Backslash("dr", takes: "[PATTERN]", "resources", isShown: true) { repl, words, statement, console in
      try await repl.list(.resources, words, statement, console)
    },
    Backslash("dT", takes: "[PATTERN]", "resource templates", isShown: true) { repl, words, statement, console in
      try await repl.list(.resourceTemplates, words, statement, console)
    },
  ]

  static let connecting: [Backslash] = [
    Backslash("l", "servers that can be named here", isShown: true) { repl, words, statement, console in
      try await repl.display(try repl.known(), statement, console)
    },
    Backslash("c", takes: "TARGET[,TARGET] [options]", "connect to another server, or to several; also -- COMMAND") {
      repl, words, statement, console in
      if words.isEmpty { try await repl.showConnections(statement, console) } else { try await repl.connect(words) }
    },
    Backslash("conninfo", "what was negotiated with the server", isShown: true) { repl, words, statement, console in
      try await repl.showConnections(statement, console)
    },
    Backslash("diff", takes: "[A B]", "what two open servers offer differently", isShown: true) {
      repl, words, statement, console in
      try await repl.compare(words, statement, console)
    },
    Backslash("sessions", takes: "[--store URL]", "the sessions servers have now, as `mcpctl sessions ls` finds them") {
      repl, _, statement, console in
      try await repl.showSessions(statement, console)
    },
    Backslash("log", takes: "LEVEL|off", "log lines of the server from that level on") { repl, words, _, console in
      try await repl.setLog(words, console)
    },
    Backslash("sub", takes: "URI", "tell when a resource changes") { repl, words, _, console in
      try await repl.subscribe(words, console)
    },
    Backslash("unsub", takes: "[URI]", "no longer, of one or of all") { repl, words, _, console in
      try await repl.unsubscribe(words, console)
    },
    Backslash("roots", takes: "[add|rm DIR]", "the directories servers are told you work in", isShown: true) {
      repl, words, statement, console in
      try await repl.changeRoots(words, statement, console)
    },
    Backslash("trace", takes: "[on|off|N]", "show what travels; 1 notes, 2 messages, 3 HTTP") {
      repl, words, _, console in
      try repl.setTrace(words, console)
    },
    Backslash("last", takes: "[N]", "the last messages that travelled") { repl, words, _, console in
      try repl.showFrames(words, console)
    },
    Backslash("rec", takes: "FILE|stop", "write what travels to a file, one JSON value a line") {
      repl, words, _, console in
      try repl.record(words, console)
    },
  ]

  static let results: [Backslash] = [
    Backslash("o", takes: "[FORMAT|FILE]", "format of results, or a file they go to") { repl, words, _, console in
      try repl.setOutput(words, console)
    },
    Backslash("pset", takes: "[pager on|off|always]", "whether long results go through $PAGER") {
      repl, words, _, console in
      try repl.setPrinting(words, console)
    },
    Backslash("x", takes: "[on|off]", "rows of lists below each other") { repl, words, _, console in
      repl.settings.isExpanded = try Self.toggled(repl.settings.isExpanded, words, "\\x")
      repl.say("expanded display is \(repl.settings.isExpanded ? "on" : "off")", console)
    },
    Backslash("timing", takes: "[on|off]", "how long each request took") { repl, words, _, console in
      repl.settings.showsTime = try Self.toggled(repl.settings.showsTime, words, "\\timing")
      repl.say("timing is \(repl.settings.showsTime ? "on" : "off")", console)
    },
    Backslash("watch", takes: "[SECONDS [TIMES]]", "repeat the last request until Ctrl-C") { repl, words, _, console in
      try await repl.watch(words)
    },
    Backslash("bench", takes: "N [C]", "repeat the last request N times, C at once, and say how long it takes") {
      repl, words, statement, console in
      try await repl.bench(words, console)
    },
    Backslash("gset", takes: "[PREFIX]", "members of the last result as variables") { repl, words, _, console in
      try repl.setFromResult(words, console)
    },
    Backslash("set", takes: "[NAME VALUE]", "set a variable, or list them") { repl, words, _, console in
      try repl.setVariable(words, console)
    },
    Backslash("unset", takes: "NAME", "remove a variable") { repl, words, _, console in
      try repl.unsetVariables(words)
    },
  ]

  static let scripting: [Backslash] = [
    Backslash("i", takes: "FILE", "run the lines of a file") { repl, words, _, console in try await repl.include(words)
    },
    Backslash("e", takes: "[TOOL]", "edit the last request, or a call of a tool, in $EDITOR") {
      repl, words, _, console in
      try await repl.edit(words)
    },
    Backslash("history", takes: "[FILE]", "lines typed to the servers that are open, or write them to a file") {
      repl, words, _, console in
      try await repl.showHistory(words, ofAll: false, console)
    },
    Backslash("s", takes: "[FILE]", "lines typed to any server, or write them to a file") { repl, words, _, console in
      try await repl.showHistory(words, ofAll: true, console)
    },
    Backslash("!", takes: "COMMAND", "run a shell command") { repl, words, _, console in
      try await repl.runShell(words.joined(separator: " "))
    },
  ]

  static let background: [Backslash] = [
    Backslash("jobs", "what runs in the background (COMMAND &)") { repl, words, _, console in repl.showJobs(console) },
    Backslash("wait", takes: "[N]", "wait for a job, or for all") { repl, words, _, console in
      try await repl.wait(words)
    },
    Backslash("cancel", takes: "N", "end a job") { repl, words, _, console in
      try repl.jobs.job(try Self.one(words, "\\cancel N")).task.cancel()
    },
    Backslash("respond", takes: "[N]", "answer what a server asked for a job, the oldest question first") {
      repl, words, _, console in
      try await repl.respond(words)
    },
    Backslash("q", "leave; so does Ctrl-D") { repl, words, _, console in repl.isOver = true },
    Backslash("?", "this page") { repl, words, _, console in
      try await repl.paged(Backslash.page(console), console)
    },
  ]

  /// The value a switch has next.
  static func toggled(_ isOn: Bool, _ words: [String], _ name: String) throws -> Bool {
    switch words.first {
    case nil: return !isOn
    case "on": return true
    case "off": return false
    case let other?: throw UsageError("\(name) takes on or off, not '\(other)'")
    }
  }

  /// The one word a command takes.
  static func one(_ words: [String], _ usage: String) throws -> String {
    guard let word = words.first, words.count == 1 else { throw UsageError("write \(usage)") }
    return word
  }

  // MARK: Help

  static let sections: [(heading: String, commands: [Backslash])] = [
    ("What there is", looking), ("The connection", connecting), ("Results", results),
    ("Scripts and programs", scripting), ("The rest", background),
  ]

  /// How the command is written.
  var usage: String { (names.map { "\\\($0)" } + (takes.isEmpty ? [] : [takes])).joined(separator: " ") }

  static func page(_ console: Console) -> String {
    let width = max(console.output.width - 1, 60)
    let bold = console.output.bold
    var text = [bold("Lines")] + twoColumns(HelpTopic.linesOfRepl, width: width)
    for (heading, commands) in sections {
      text += ["", bold(heading)] + twoColumns(commands.map { ($0.usage, $0.help) }, width: width)
    }
    return text.map { $0 + "\n" }.joined()
  }
}

extension Repl {
  /// Runs a backslash command.
  func runBackslash(_ name: String, _ statement: Statement, _ console: Console) async throws -> ExitCode {
    guard let command = Backslash.all.first(where: { $0.names.contains(name) }) else {
      let near = nearMiss(of: name, in: Backslash.all.flatMap(\.names)).map { "did you mean '\\\($0)'?" }
      throw UsageError("no command '\\\(name)'; \(near ?? "\\? lists them")")
    }
    var words: [String] = []
    for word in statement.words.dropFirst() { words.append(try variables.expand(word)) }
    if command.isShown { words = try displayed(words).words }
    try await command.action(self, words, statement, console)
    return .success
  }

  /// Says what became of a setting.
  func say(_ text: String, _ console: Console) { console.error.print(text) }
}
