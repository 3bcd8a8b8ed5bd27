// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPConfig
import MCPRedis

/// `mcpctl __complete KIND -- WORD…`: what the completion scripts ask while a line is typed.
///
/// Answers within 300 ms or not at all, starts no program, and says nothing on standard error.
struct CompleteCommand: Command {
  static let info = CommandInfo("__complete", "Print candidates for a shell.", isHidden: true)

  @Argument("What is completed.") var kind: Kind
  @Trailing("The words so far, the last one unfinished.", value: "word") var words: [String]

  /// What can be completed.
  enum Kind: String, ChoiceValue {
    case tools, arguments, resources, prompts, servers, sessions, nodes, help
    case promptArguments = "prompt-arguments"
    case configKeys = "config-keys"
  }

  func run(in console: Console) async throws -> ExitCode {
    let unfinished = words.last ?? ""
    let found = (try? await candidates(console)) ?? []
    // What a server calls `--option` is none of ours.
    for (value, meaning) in found where value.hasPrefix(unfinished) && !value.hasPrefix("-") {
      console.output.print(oneLine(value) + "\t" + oneLine(meaning))
    }
    return .success
  }

  private func candidates(_ console: Console) async throws -> [(String, String)] {
    if kind == .help {
      let commands = CommandModel(RootCommand.self).visibleSubcommands.map { ($0.info.name, $0.info.summary) }
      return commands + HelpTopic.all.map { ($0.name, $0.summary) }
    }
    if kind == .configKeys { return ConfigKey.all.map { ($0.path, $0.help) } }
    if kind == .servers {
      return try ServerBook(console.environs).entries.map { ($0.name, $0.content.placeOfServer) }
        + [(TargetResolver.builtin, "the server built into mcpctl")]
    }
    if kind == .sessions || kind == .nodes { return try await shared(console) }
    guard let connection = try connection(console) else { return [] }
    let answers = Answers()
    _ = try await connection.run { scene in
      let client = scene.client
      switch kind {
      case .tools: await answers.add(try await client.list(.tools)["tools"], named: "name")
      case .resources: await answers.add(try await client.list(.resources)["resources"], named: "uri")
      case .prompts: await answers.add(try await client.list(.prompts)["prompts"], named: "name")
      case .arguments: await answers.add(try await arguments(scene))
      case .promptArguments: await answers.add(try await promptArguments(scene))
      case .servers, .sessions, .nodes, .help, .configKeys: break
      }
      return .success
    }
    return await answers.found
  }

  /// The first sessions or the nodes in the store the words so far name.
  private func shared(_ console: Console) async throws -> [(String, String)] {
    let invocation = try parse(words.dropLast() + ["--help"], as: RootCommand.self, environment: console.environment)
    guard let store = (invocation.command as? any StoreCommand)?.store else { return [] }
    var limits = RedisLimits()
    (limits.commandTime, limits.connectTime) = (.milliseconds(250), .milliseconds(250))
    limits.patience = .milliseconds(100)
    let inspector = try store.inspector(console, limits: limits)
    defer { inspector.close() }
    if kind == .nodes {
      return try await inspector.nodes().map { ($0.id, $0.isAlive ? $0.fields["state"] ?? "up" : "dead") }
    }
    var sessions = SessionPages(inspector, Selector([]), limit: 100)
    let rows = try await sessions.next() ?? []
    return rows.map { ($0.record.id, [$0.client, $0.record.node ?? "", $0.idle.spoken].joined(separator: " ")) }
  }

  /// The server the words so far name; nil when it would have to be started.
  private func connection(_ console: Console) throws -> Connection? {
    // With --help the parser forgives what is still missing.
    let invocation = try parse(words.dropLast() + ["--help"], as: RootCommand.self, environment: console.environment)
    guard let command = invocation.command as? any ServerCommand, command.program.isEmpty else { return nil }
    let (options, talk) = (command.connection, command.talk)
    options.timeout = .milliseconds(300)
    (talk.quiet, talk.verbose) = (true, 0)
    let nobody = AnswerOptions()
    nobody.noInput = true
    let connection = try Connection(options, program: [], nobody, talk, console)
    if case .program = connection.resolved.target { return nil }
    guard Consent(console: console).isGiven(for: connection.resolved.listing) else { return nil }
    return connection
  }

  /// `name=` for every argument of the tool among the words that is not there yet; the values of one that is begun.
  private func arguments(_ scene: Scene) async throws -> [(String, String)] {
    let invocation = try parse(words.dropLast() + ["--help"], as: RootCommand.self)
    guard let call = invocation.command as? CallCommand, let tool = call.$tool else { return [] }
    let found = try await scene.find(tool, in: .tools, key: "name", noun: "tool")
    let schema = InputSchema(found["inputSchema"]?.object ?? [:])
    let given = call.words.compactMap { try? ArgumentWord($0).path }
    if let begun = words.last, let equals = begun.firstIndex(of: "="),
      let property = schema.member(String(begun[..<equals]))
    {
      let values =
        property.values?.map { $0.string ?? $0.text } ?? (property.types == ["boolean"] ? ["true", "false"] : [])
      return values.map { ("\(begun[...equals])\(ArgumentWord.written($0))", "") }
    }
    return schema.properties.filter { !given.contains($0.name) && ArgumentWord.canName($0.name) }.map {
      name, property in
      ("\(name)=", [property.kind, property.description ?? ""].joined(separator: " "))
    }
  }
}

extension CompleteCommand {
  /// `name=` for every argument of the prompt that is not there yet; of one that is begun the values the server suggests.
  private func promptArguments(_ scene: Scene) async throws -> [(String, String)] {
    let invocation = try parse(words.dropLast() + ["--help"], as: RootCommand.self)
    guard let get = invocation.command as? PromptsGetCommand, let prompt = get.$prompt else { return [] }
    let given = get.words.compactMap { word in
      word.firstIndex(of: "=").map { (String(word[..<$0]), String(word[word.index(after: $0)...])) }
    }
    if let begun = words.last, let equals = begun.firstIndex(of: "=") {
      guard let text = ArgumentWord.begun(begun[begun.index(after: equals)...]) else { return [] }
      let values = try await scene.client.complete(
        String(begun[..<equals]), from: text, of: .prompt(prompt), chosen: Dictionary(given) { $1 })
      return values.map { ("\(begun[...equals])\(ArgumentWord.written($0))", "") }
    }
    let found = try await scene.find(prompt, in: .prompts, key: "name", noun: "prompt")
    return PromptArguments(.object(found)).declared.filter { argument in
      ArgumentWord.canName(argument.name) && !given.contains { $0.0 == argument.name }
    }.map { ("\($0.name)=", $0.description ?? "") }
  }
}

/// Collects candidates.
private actor Answers {
  var found: [(String, String)] = []

  func add(_ candidates: [(String, String)]) { found += candidates }
  func add(_ listed: JSON?, named key: String) {
    found += (listed?.array ?? []).map { ($0.word(key), $0.sentence) }
  }
}
