// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// Turns the words of a line into those of the command line that means the same: raw methods, short forms, tool names.
struct LineWords {
  /// Whether the server is known to have a tool of that name.
  let isTool: (String) -> Bool

  /// The commands that can be typed as they are in a shell.
  static let commands: [any ServerCommand.Type] = [
    CallCommand.self, RPCCommand.self, PingCommand.self, InfoCommand.self, SuggestCommand.self, DoctorCommand.self,
  ]
  static let groups: [any CommandGroup.Type] = [
    ToolsCommand.self, ResourcesCommand.self, PromptsCommand.self, TasksCommand.self,
  ]

  /// The words behind `mcpctl` in a shell.
  func shell(_ words: [String]) throws(UsageError) -> [String] {
    guard let first = words.first else { return [] }
    let rest = Array(words.dropFirst())
    if let short = Self.short(first, rest) { return short }
    if Self.commands.contains(where: { $0.info.answers(to: first) }) { return words }
    if isTool(first) { return ["call"] + words }
    if first.contains("/") { return try Self.raw(first, rest) }
    let model = CommandModel(RootCommand.self)
    if let other = model.command(at: [first]), !other.info.isHidden {
      let isOurs = Backslash.all.contains { $0.names.contains(first) }
      let own = isOurs ? "`\\\(first)` lists \(first) here, " : ""
      throw UsageError("`\(first)` is no command of the REPL; \(own)`\\! mcpctl \(first)` runs it in a shell")
    }
    return ["call"] + words
  }

  /// `tools`, `read URI`, `prompt NAME`, and groups without a word.
  private static func short(_ first: String, _ rest: [String]) -> [String]? {
    switch first {
    case "read": return ["resources", "read"] + rest
    case "templates": return ["resources", "templates"] + rest
    case "prompt": return ["prompts", "get"] + rest
    default: break
    }
    guard let group = groups.first(where: { $0.info.answers(to: first) }) else { return nil }
    if let word = rest.first(where: { !$0.hasPrefix("-") }) {
      if group.subcommands.contains(where: { $0.info.answers(to: word) }) { return [first] + rest }
      // `tools calculator` describes one; `tools -o json` lists them.
      if group == ToolsCommand.self, word == rest.first { return [first, "get"] + rest }
    }
    return [first, "ls"] + rest
  }

  // MARK: Raw methods

  /// A method as it is on the wire. Where a command knows it, that command; else a request with the words as parameters.
  private static func raw(_ method: String, _ rest: [String]) throws(UsageError) -> [String] {
    let named = rest.first.map { !$0.contains("=") && !$0.hasPrefix("{") && !$0.hasPrefix("-") } ?? false
    let takesOptionsOnly = rest.allSatisfy { $0.hasPrefix("-") } || rest.first?.hasPrefix("-") == true
    switch method {
    case "tools/list" where takesOptionsOnly: return ["tools", "ls"] + rest
    case "resources/list" where takesOptionsOnly: return ["resources", "ls"] + rest
    case "resources/templates/list" where takesOptionsOnly: return ["resources", "templates"] + rest
    case "prompts/list" where takesOptionsOnly: return ["prompts", "ls"] + rest
    case "tools/call" where named: return ["call"] + rest
    case "prompts/get" where named: return ["prompts", "get"] + rest
    case "resources/read" where named: return ["resources", "read"] + rest
    case "resources/read":
      if let uri = rest.first, uri.hasPrefix("uri=") {
        return ["resources", "read", String(uri.dropFirst(4))] + rest.dropFirst()
      }
    default: break
    }
    let words = rest.filter { !$0.hasPrefix("-") && $0.contains("=") && !$0.hasPrefix("{") }
    let others = rest.filter { $0.hasPrefix("-") || !$0.contains("=") || $0.hasPrefix("{") }
    let notify = method.hasPrefix("notifications/") ? ["--notify"] : []
    guard !words.isEmpty else { return ["rpc"] + notify + [method] + others }
    return ["rpc"] + notify + [method, try params(words, of: method)] + others
  }

  /// `name=text` and `name:=JSON` as one object.
  private static func params(_ words: [String], of method: String) throws(UsageError) -> String {
    var reader = ArgumentReader(.init(schema: nil)) { path throws(FileFault) in
      throw FileFault(path: path, reason: "files are not read into the parameters of a raw method")
    }
    do throws(ArgumentFaults) {
      return JSON.object(try reader.arguments(from: words)).text
    } catch {
      throw UsageError("\(method): \(error.faults.joined(separator: "; "))")
    }
  }

  // MARK: What belongs to the connection

  /// The headings of the options that concern a whole session.
  static let sessionHeadings = ["Connection", "Messages", "Answers to the server"]

  /// The options of a command that cannot be changed for one line, because the connection is open already.
  static func refuseConnectionOptions(_ words: [String], of command: CommandModel) throws(UsageError) {
    let fixed = command.options.filter { sessionHeadings.contains($0.heading ?? "") }
    for word in words where word.hasPrefix("-") && word != "-" {
      if word == "--" { throw UsageError("the server is connected already; `\\c -- COMMAND` starts another") }
      let name = word.drop { $0 == "-" }.prefix { $0 != "=" }
      let option = fixed.first {
        word.hasPrefix("--") ? $0.name == name : $0.short.map { word.hasPrefix("-\($0)") } ?? false
      }
      guard let option else { continue }
      let remedy =
        switch option.heading {
        case "Messages": "`\\trace`, `\\log` and `\\timing` say what is shown"
        case "Answers to the server": "give it to `mcpctl repl`"
        default: "`\\c` connects to another server; give the rest to `mcpctl repl`"
        }
      throw UsageError("--\(option.name) concerns the whole session: \(remedy)")
    }
  }
}

extension ExitCode {
  /// How bad a code is beside others, when several commands end with one.
  var severity: Int {
    let order: [ExitCode] = [
      .success, .negative, .toolError, .notFound, .badArguments, .usage, .badConfiguration, .protocolError, .timeout,
      .unauthorized, .unreachable, .internalError, .interrupted, .terminated,
    ]
    return order.firstIndex(of: self) ?? order.count
  }

  /// The worse of two.
  func orWorse(_ other: ExitCode) -> ExitCode { other.severity > severity ? other : self }
}
