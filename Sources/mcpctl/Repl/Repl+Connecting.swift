// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit
import MCPClientKit
import MCPCore
import Observability
import Synchronization

extension Repl {
  /// How long the first prompt waits for the server's lists.
  private static let patience = Duration.seconds(2)

  /// Connects to a server; the one before is left once this one is there.
  func connect(_ options: ConnectionOptions, program: [String]) async throws {
    let console = terminal?.console(over: system) ?? system
    let connection = try Connection(options, program: program, answers, talk, console, listener: listener)
    let opened = try await OpenServer.open(connection)
    let earlier = current
    current = opened
    for task in listening { task.cancel() }
    (listening, subscriptions) = ([], [:])
    surface.clear()
    if logLevel.withLock({ $0 }) != .warning { logLevel.withLock { $0 = .warning } }
    await earlier?.close()
    if terminal != nil { await getToKnow(opened.scene.client) }
  }

  private var listener: TalkListener {
    TalkListener(
      frame: { [wire] in wire.heard($0, $1) }, showsStandardError: terminal != nil,
      logLevel: { [self] in logLevel.withLock { $0 } }, asking: { [questions] in try await questions.admit($0) })
  }

  // MARK: What the server offers

  private func getToKnow(_ client: Client) async {
    let known = Promise<Void>()
    listening.append(
      Task {
        for listing in Surface.listings { await load(listing, client, says: false) }
        known.keep(())
      })
    let wanted = Self.interests(client.negotiated)
    if wanted != Interests() { listening.append(Task { await listen(client, wanted) }) }
    _ = await within(Self.patience) { await known.value(onCancel: ()) }
  }

  /// What of its changes a server tells.
  private static func interests(_ negotiated: Negotiated) -> Interests {
    func tells(_ name: String) -> Bool { negotiated.capabilities[name]?["listChanged"] == true }
    let hasLog = negotiated.era == .legacy && negotiated.capabilities["logging"] != nil
    return Interests(
      toolsChanged: tells("tools"), resourcesChanged: tells("resources"), promptsChanged: tells("prompts"), logs: hasLog
    )
  }

  private func listen(_ client: Client, _ wanted: Interests) async {
    do {
      let subscription = try await client.listen(to: wanted)
      var watched: Set<Client.Listing> = []
      if subscription.honoured.toolsChanged { watched.insert(.tools) }
      if subscription.honoured.promptsChanged { watched.insert(.prompts) }
      surface.watch(watched)
      for try await notification in subscription { await heard(notification, client) }
    } catch {
      surface.watch([])
      guard !Task.isCancelled else { return }
      current?.scene.talk.say("changes of lists are not heard of: \(error)")
    }
  }

  private func heard(_ notification: ServerNotification, _ client: Client) async {
    switch notification {
    case .toolsChanged: await load(.tools, client, says: true)
    case .promptsChanged: await load(.prompts, client, says: true)
    case .resourcesChanged:
      await load(.resources, client, says: true)
      await load(.resourceTemplates, client, says: true)
    case .interrupted:
      current?.scene.talk.note("the connection was away and is back")
      for listing in Surface.listings { await load(listing, client, says: true) }
    case .resourceUpdated, .log: break
    }
  }

  /// Lists anew, and says in one line what came and what went.
  private func load(_ listing: Client.Listing, _ client: Client, says: Bool) async {
    guard !Task.isCancelled, client.negotiated.capabilities[listing.capability] != nil,
      let elements = try? await client.list(listing)[listing.member]?.array, current?.scene.client === client,
      let (came, went) = surface.take(elements, as: listing), says
    else { return }
    let changes = came.map { "+\($0)" } + went.map { "-\($0)" }
    let shown = changes.prefix(8).map(oneLine) + (changes.count > 8 ? ["and \(changes.count - 8) more"] : [])
    current?.scene.talk.note(
      "\(listing.noun)s changed: \(shown.isEmpty ? "their descriptions" : shown.joined(separator: ", "))")
  }

  /// A list as the server has it now.
  func listed(_ listing: Client.Listing) async throws -> [JSON] {
    let elements = try await server.scene.client.listed(listing)[listing.member]?.array ?? []
    _ = surface.take(elements, as: listing)
    return elements
  }

  // MARK: Backslash commands

  /// `\c TARGET`: words as they stand behind any command.
  func connect(_ words: [String]) async throws {
    var words = words
    if let first = words.first, !first.hasPrefix("-") { words = ["--server", first] + words.dropFirst() }
    let invocation = try parse(["info"] + words, as: RootCommand.self)
    guard let command = invocation.command as? InfoCommand else { return }
    try await connect(command.connection, program: command.program)
    let server = try server
    let negotiated = server.scene.client.negotiated
    server.scene.talk.note("connected to \(server.name), \(negotiated.revision), \(surface.summary)")
  }

  /// `\l`: the servers that can be named here.
  func servers() throws -> Presentation {
    var rows = [[TargetResolver.builtin, "the server in this program"]]
    if let name = system.environment("MCPCTL_SERVER"), !name.isEmpty {
      rows.append([HTTPURL.shown(name), "MCPCTL_SERVER"])
    }
    rows += try ServerBook(system.environs).entries.map { [$0.name, $0.content.placeOfServer] }
    let connected = current?.name
    let cells = rows.map { [($0[0] == connected ? "* " : "  ") + $0[0], $0[1]] }
    let items = rows.map { JSON.object(["name": .string($0[0]), "place": .string($0[1])]) }
    return Presentation(
      list: ["servers": .array(items)], items: items,
      table: Table(columns: [.init(heading: "  SERVER"), .init(heading: "PLACE")], rows: cells), empty: "no servers")
  }
}
