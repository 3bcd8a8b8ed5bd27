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
  /// How many servers may be open at once.
  private static let servers = 16

  /// Connects to a server, or to several whose names are separated by commas; those before are left once these are there.
  func connect(_ options: ConnectionOptions, program: [String]) async throws {
    let opened = try await open(options, program: program)
    let earlier = servers
    servers = opened
    for task in listening { task.cancel() }
    (listening, subscriptions) = ([], [:])
    if logLevel.withLock({ $0 }) != .warning { logLevel.withLock { $0 = .warning } }
    for server in earlier { await server.close() }
    if terminal != nil { await getToKnow(opened) }
  }

  private func open(_ options: ConnectionOptions, program: [String]) async throws -> [OpenServer] {
    let console = terminal?.console(over: system) ?? system
    let names = options.server.map(Self.names(in:)) ?? []
    guard names.count <= Self.servers else {
      throw UsageError("\(names.count) servers are named; \(Self.servers) can be open at once")
    }
    guard names.allSatisfy({ !$0.isEmpty }) else {
      throw UsageError("a name is missing beside a comma: \(names.map(HTTPURL.shown).joined(separator: ","))")
    }
    var opened: [OpenServer] = []
    do {
      for name in names.isEmpty ? [options.server] : names.map(Optional.some) {
        options.server = name
        var connection = try Connection(
          options, program: program, answers, talk, console, listener: listener, roots: roots)
        connection.followUp.place = .repl
        opened.append(try await OpenServer.open(connection, besides: opened.map(\.name)))
      }
      return opened
    } catch {
      for server in opened { await server.close() }
      throw error
    }
  }

  /// The names between commas. What follows a URL belongs to it, unless it is a URL itself: URLs hold commas too.
  static func names(in list: String) -> [String] {
    var names: [String] = []
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      if let last = names.last, last.contains("://"), !part.contains("://") {
        names[names.count - 1] += ",\(part)"
      } else {
        names.append(String(part))
      }
    }
    return names
  }

  private var listener: TalkListener {
    TalkListener(
      frame: { [wire] in wire.heard($0, $1) }, showsStandardError: terminal != nil,
      logLevel: { [self] in logLevel.withLock { $0 } }, asking: { [questions] in try await questions.admit($0) },
      running: { [self] in try await inForeground($0) })
  }

  // MARK: What the server offers

  private func getToKnow(_ opened: [OpenServer]) async {
    let known = opened.map { _ in Promise<Void>() }
    for (server, known) in zip(opened, known) {
      listening.append(
        Task {
          for listing in Surface.listings { await load(listing, server, says: false) }
          known.keep(())
        })
      let wanted = Self.interests(server.scene.client.negotiated)
      if wanted != Interests() { listening.append(Task { await listen(server, wanted) }) }
    }
    _ = await within(Self.patience) { for known in known { await known.value(onCancel: ()) } }
  }

  /// What of its changes a server tells.
  private static func interests(_ negotiated: Negotiated) -> Interests {
    func tells(_ name: String) -> Bool { negotiated.capabilities[name]?["listChanged"] == true }
    let hasLog = negotiated.era == .legacy && negotiated.capabilities["logging"] != nil
    return Interests(
      toolsChanged: tells("tools"), resourcesChanged: tells("resources"), promptsChanged: tells("prompts"), logs: hasLog
    )
  }

  private func listen(_ server: OpenServer, _ wanted: Interests) async {
    do {
      let subscription = try await server.scene.client.listen(to: wanted)
      var watched: Set<Client.Listing> = []
      if subscription.honoured.toolsChanged { watched.insert(.tools) }
      if subscription.honoured.promptsChanged { watched.insert(.prompts) }
      server.surface.watch(watched)
      for try await notification in subscription { await heard(notification, server) }
    } catch {
      server.surface.watch([])
      guard !Task.isCancelled else { return }
      server.scene.talk.say("changes of lists are not heard of: \(error)")
    }
  }

  private func heard(_ notification: ServerNotification, _ server: OpenServer) async {
    switch notification {
    case .toolsChanged: await load(.tools, server, says: true)
    case .promptsChanged: await load(.prompts, server, says: true)
    case .resourcesChanged:
      await load(.resources, server, says: true)
      await load(.resourceTemplates, server, says: true)
    case .interrupted:
      server.scene.talk.note("\(lead(server))the connection was away and is back")
      for listing in Surface.listings { await load(listing, server, says: true) }
    case .resourceUpdated, .log: break
    }
  }

  /// Lists anew, and says in one line what came and what went.
  private func load(_ listing: Client.Listing, _ server: OpenServer, says: Bool) async {
    let client = server.scene.client
    guard !Task.isCancelled, client.negotiated.capabilities[listing.capability] != nil,
      let elements = try? await client.list(listing)[listing.member]?.array,
      let (came, went) = server.surface.take(elements, as: listing), says
    else { return }
    let changes = came.map { "+\($0)" } + went.map { "-\($0)" }
    let shown = changes.prefix(8).map(oneLine) + (changes.count > 8 ? ["and \(changes.count - 8) more"] : [])
    server.scene.talk.note(
      "\(lead(server))\(listing.noun)s changed: \(shown.isEmpty ? "their descriptions" : shown.joined(separator: ", "))"
    )
  }

  /// Which server a notice is about, where that is not plain.
  func lead(_ server: OpenServer) -> String { servers.count > 1 ? "\(oneLine(server.name)): " : "" }

  /// A list as the servers have it now.
  func listed(_ listing: Client.Listing) async throws -> [JSON] {
    guard servers.count > 1 else { return try await listed(listing, of: try server) }
    var all: [JSON] = []
    for server in servers where server.scene.client.negotiated.capabilities[listing.capability] != nil {
      all += try await listed(listing, of: server).map { $0.owned(by: server.name, listing) }
    }
    return all
  }

  private func listed(_ listing: Client.Listing, of server: OpenServer) async throws -> [JSON] {
    let elements = try await server.scene.client.listed(listing)[listing.member]?.array ?? []
    _ = server.surface.take(elements, as: listing)
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
    for server in servers {
      let revision = server.scene.client.negotiated.revision
      server.scene.talk.note("connected to \(server.name), \(revision), \(server.surface.summary)")
    }
  }

  /// `\l`: the servers that can be named here.
  func known() throws -> Presentation {
    var rows = [[TargetResolver.builtin, "the server in this program"]]
    if let name = system.environment("MCPCTL_SERVER"), !name.isEmpty {
      rows.append([HTTPURL.shown(name), "MCPCTL_SERVER"])
    }
    rows += try ServerBook(system.environs).entries.map { [$0.name, $0.content.placeOfServer] }
    let connected = Set(servers.map(\.name))
    let cells = rows.map { [(connected.contains($0[0]) ? "* " : "  ") + $0[0], $0[1]] }
    let items = rows.map { JSON.object(["name": .string($0[0]), "place": .string($0[1])]) }
    return Presentation(
      list: ["servers": .array(items)], items: items,
      table: Table(columns: [.init(heading: "  SERVER"), .init(heading: "PLACE")], rows: cells), empty: "no servers")
  }
}
