// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPServeKit
import Observability
import Synchronization

extension Repl {
  /// Shows something that is no answer to a request as results are shown.
  func display(_ presentation: Presentation, _ statement: Statement, _ console: Console) async throws {
    let (_, output) = try displayed(try expanded(Array(statement.words.dropFirst())))
    _ = try await show(presentation, output, of: statement, console)
  }

  /// Words without -o, --path and --out among them, and what those say.
  func displayed(_ words: [String]) throws -> (words: [String], output: Output) {
    let settled = Output(format: settings.format, path: nil, file: nil)
    guard words.contains(where: { $0.hasPrefix("-") }) else { return (words, settled) }
    let invocation: Invocation
    do throws(UsageError) {
      invocation = try parse(words, as: DisplayCommand.self)
    } catch {
      throw UsageError(error.message)  // the command's own usage stands in \\?
    }
    guard let command = invocation.command as? DisplayCommand else { return (words, settled) }
    if !Self.isFormatTyped(words) { command.output.output = settings.format }
    return (command.words, command.output.printer)
  }

  /// `\conninfo`: what was negotiated with each server.
  func showConnections(_ statement: Statement, _ console: Console) async throws {
    for server in servers {
      if servers.count > 1 { say("# \(oneLine(server.name))", console) }
      let negotiated = server.scene.client.negotiated
      try await display(Presentation(server: negotiated, named: server.connection.serverName), statement, console)
    }
  }

  /// `\dt` and its like.
  func list(_ listing: Client.Listing, _ words: [String], _ statement: Statement, _ console: Console) async throws {
    let elements = try await listed(listing).filter { words.isEmpty || nameFits($0.word(listing.key), words) }
    try await display(Self.presentation(elements, of: listing), statement, console)
  }

  static func presentation(_ elements: [JSON], of listing: Client.Listing) -> Presentation {
    let result: JSONObject = [listing.member: .array(elements)]
    switch listing {
    case .prompts: return Presentation(prompts: result)
    case .resources: return Presentation(resources: result)
    case .resourceTemplates: return Presentation(templates: result)
    case .tools, .tasks: return Presentation(tools: result)
    }
  }

  /// `\d`: everything, one thing, or what fits a pattern.
  func describe(_ words: [String], whole: Bool, _ statement: Statement, _ console: Console) async throws {
    if whole, words.count != 1 { throw UsageError("write \\d+ NAME") }
    var found: [(Client.Listing, JSON)] = []
    let capabilities = servers.map(\.scene.client.negotiated.capabilities)
    for listing in Surface.listings where capabilities.contains(where: { $0[listing.capability] != nil }) {
      found += try await listed(listing).map { (listing, $0) }
    }
    if words.count == 1, let (listing, element) = found.first(where: { $1.word($0.key) == words[0] }) {
      return try await display(page(of: element, listing, whole: whole, console), statement, console)
    }
    let fitting = found.filter { words.isEmpty || nameFits($1.word($0.key), words) }
    guard !fitting.isEmpty || words.isEmpty else {
      throw Failure.notFound(
        "thing", words.joined(separator: " "), among: found.map { $1.word($0.key) },
        server: servers.map(\.connection.serverName).joined(separator: ", "))
    }
    let items = fitting.map { listing, element in
      JSON.object([
        "kind": .string(listing.noun), "name": .string(element.word(listing.key)),
        "description": .string(element.sentence),
      ])
    }
    let table = Table(
      columns: [.init(heading: "NAME"), .init(heading: "KIND"), .init(heading: "DESCRIPTION")],
      rows: fitting.map { [$1.word($0.key), $0.noun, $1.sentence] })
    try await display(
      Presentation(list: ["things": .array(items)], items: items, table: table, empty: "nothing is offered"), statement,
      console)
  }

  private func page(of element: JSON, _ listing: Client.Listing, whole: Bool, _ console: Console) -> Presentation {
    let object = element.object ?? [:]
    if whole { return Presentation(shown: element) }
    switch listing {
    case .tools: return Presentation(tool: object, command: "call \(element.word("name"))", on: console, whole: true)
    case .prompts: return Presentation(prompt: object, command: "prompt \(element.word("name"))", on: console)
    case .resources, .resourceTemplates, .tasks:
      let rows = object.members.map { ($0.name, $0.value.string ?? $0.value.text) }
      return Presentation(
        element,
        text: twoColumns(rows.map { (term: $0, text: oneLine($1)) }, width: console.output.width - 1, indent: 0).map {
          $0 + "\n"
        }.joined())
    }
  }

  // MARK: What travels

  func setTrace(_ words: [String], _ console: Console) throws {
    let level: Int
    switch words.first {
    case nil: level = servers.contains { $0.scene.talk.verbosity > 0 } ? 0 : 2
    case "on": level = 2
    case "off": level = 0
    case let word?:
      guard let number = Int(word), (0...3).contains(number) else {
        throw UsageError("\\trace takes on, off, or 0 to 3")
      }
      level = number
    }
    for server in servers { server.scene.talk.verbosity = level }
    say("tracing is \(level > 0 ? "on (\(level))" : "off")", console)
  }

  func showFrames(_ words: [String], _ console: Console) throws {
    guard let count = words.isEmpty ? 2 : Int(words[0]), count > 0 else { throw UsageError("write \\last N") }
    for frame in wire.last(count) {
      let text = (frame.isSent ? "-> " : "<- ") + frame.text
      console.output.print(console.output.isTerminal ? safeText(text) : text)
    }
  }

  func record(_ words: [String], _ console: Console) throws {
    let word = try Backslash.one(words, "\\rec FILE, or \\rec stop")
    let file = word == "stop" ? nil : try ResultFile(path(word))
    let earlier = wire.record(to: file)
    if let file {
      say("recording to \(file.path)", console)
    } else {
      say(earlier.map { "recorded to \($0.path)" } ?? "nothing was recorded", console)
    }
  }

  func setLog(_ words: [String], _ console: Console) async throws {
    let word = try Backslash.one(
      words, "\\log LEVEL: \(Logger.Level.allCases.map(\.name).joined(separator: ", ")), or off")
    let clients = servers.map(\.scene.client).filter {
      $0.negotiated.capabilities["logging"] != nil || servers.count == 1
    }
    guard word != "off" else {
      logLevel.withLock { $0 = .emergency }
      for client in clients { try await client.setLogLevel(client.negotiated.era == .modern ? nil : .emergency) }
      return say("log lines are off", console)
    }
    guard let level = Logger.Level(name: word) else {
      throw UsageError("no level '\(word)'; levels: \(Logger.Level.allCases.map(\.name).joined(separator: ", "))")
    }
    logLevel.withLock { $0 = level }
    for client in clients { try await client.setLogLevel(level) }
    say("log lines from \(level.name) on", console)
  }

  // MARK: Changes of resources

  func subscribe(_ words: [String], _ console: Console) async throws {
    let uri = try Backslash.one(words, "\\sub URI")
    guard subscriptions[uri] == nil else { return say("changes of \(uri) are told already", console) }
    let (server, name) = try owner(of: uri)
    let subscription = try await server.scene.client.listen(to: Interests(resources: [name]))
    guard !subscription.honoured.resources.isEmpty else {
      await subscription.cancel()
      throw Failure(.negative, "not_told", "the server does not tell when \(uri) changes")
    }
    subscriptions[uri] = subscription
    let lead = lead(server)
    listening.append(
      Task {
        do {
          for try await notification in subscription {
            if case .resourceUpdated(let changed) = notification {
              console.error.print("# updated: \(lead)\(oneLine(changed))")
            }
          }
        } catch {
          console.error.print("# changes of \(oneLine(uri)) are no longer told: \(oneLine("\(error)"))")
        }
      })
    say("changes of \(uri) are told", console)
  }

  func unsubscribe(_ words: [String], _ console: Console) async throws {
    let uris = words.isEmpty ? Array(subscriptions.keys) : words
    for uri in uris {
      guard let subscription = subscriptions.removeValue(forKey: uri) else {
        throw UsageError("changes of \(uri) were not told")
      }
      await subscription.cancel()
    }
  }
}

/// What may stand behind a backslash command that shows something.
struct DisplayCommand: Command {
  static let info = CommandInfo("the command", "Show something.", isHidden: true)

  @Argument("Words of the command.") var words: [String]
  @Group("Output") var output: OutputOptions

  func run(in console: Console) async throws -> ExitCode { .success }
}

/// Whether a name fits one of the patterns; one without `*` and `?` fits where it occurs.
func nameFits(_ name: String, _ patterns: [String]) -> Bool {
  patterns.contains { pattern in
    pattern.contains { $0 == "*" || $0 == "?" } ? Glob.matches(pattern, name) : name.contains(pattern)
  }
}
