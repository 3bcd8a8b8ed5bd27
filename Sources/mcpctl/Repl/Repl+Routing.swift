// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit
import MCPClientKit
import Synchronization

/// A command whose first word names a thing some server has.
protocol NamingCommand: ServerCommand {
  /// The name; nil while it is missing.
  var named: String? { get }
  func rename(_ name: String)
}

extension CallCommand: NamingCommand {
  var named: String? { $tool }
  func rename(_ name: String) { tool = name }
}

extension ToolsGetCommand: NamingCommand {
  var named: String? { $tool }
  func rename(_ name: String) { tool = name }
}

extension PromptsGetCommand: NamingCommand {
  var named: String? { $prompt }
  func rename(_ name: String) { prompt = name }
}

extension ResourcesReadCommand: NamingCommand {
  var named: String? { $uri }
  func rename(_ name: String) { uri = name }
}

/// A command that lists what servers have.
protocol ListingCommand: ServerCommand {
  static var listing: Client.Listing { get }
}

extension ToolsListCommand: ListingCommand { static let listing = Client.Listing.tools }
extension PromptsListCommand: ListingCommand { static let listing = Client.Listing.prompts }
extension ResourcesListCommand: ListingCommand { static let listing = Client.Listing.resources }
extension ResourcesTemplatesCommand: ListingCommand { static let listing = Client.Listing.resourceTemplates }

/// Which server was asked last, for who reports how that went.
final class Route: Sendable {
  private let last = Mutex<OpenServer?>(nil)
  var server: OpenServer? {
    get { last.withLock { $0 } }
    set { last.withLock { $0 = newValue } }
  }
}

/// Where a command goes.
enum Way {
  /// To these, one after the other.
  case to([OpenServer])
  /// To all, whose answers become one list.
  case joined(Client.Listing)
}

extension Repl {
  /// The one server there is.
  var server: OpenServer {
    get throws {
      guard let first = servers.first else {
        throw Failure(.unreachable, "disconnected", "there is no server", hint: "\\c connects to one")
      }
      guard servers.count == 1 else {
        throw UsageError("several servers are open: say which, as in `@\(first.name) COMMAND`")
      }
      return first
    }
  }

  /// What all open servers offer.
  var surface: Surface { servers.count == 1 ? servers[0].surface : Surface(joining: servers) }

  /// The server of that name.
  func server(named name: some StringProtocol) throws -> OpenServer {
    if let found = servers.first(where: { $0.name == name }) { return found }
    throw UsageError("no open server is called '\(name)'; open are: \(servers.map(\.name).joined(separator: ", "))")
  }

  /// Whose `server/name` it is, and the name it has there.
  func owner(of name: String) throws -> (server: OpenServer, name: String) {
    guard servers.count > 1 else { return (try server, name) }
    if let found = ownerIfNamed(name) { return found }
    let near = servers.map { "\($0.name)/\(name)" }.joined(separator: " or ")
    throw UsageError("several servers are open: write \(near)")
  }

  private func ownerIfNamed(_ name: String) -> (server: OpenServer, name: String)? {
    let found = servers.filter { name.hasPrefix($0.name + "/") }.max { $0.name.count < $1.name.count }
    return found.map { ($0, String(name.dropFirst($0.name.count + 1))) }
  }

  /// Takes `@server` off the front of a line.
  func takeServer(from words: inout [String]) throws -> OpenServer? {
    guard let first = words.first, first.hasPrefix("@"), first.count > 1 else { return nil }
    let server = try server(named: first.dropFirst())
    words.removeFirst()
    guard !words.isEmpty else { throw UsageError("write `\(first) COMMAND`") }
    return server
  }

  /// Whether a word is the name of a tool. Before the lists are there, `server/name` is taken for one.
  func isTool(_ word: String, at chosen: OpenServer?) -> Bool {
    if let chosen { return chosen.surface.element(.tools, word) != nil }
    return surface.element(.tools, word) != nil || servers.count > 1 && ownerIfNamed(word) != nil
  }

  /// Where a command goes; takes the server out of the name it has.
  func way(of command: any ServerCommand, chosen: OpenServer?) throws -> Way {
    if let chosen { return .to([chosen]) }
    guard servers.count > 1 else { return .to([try server]) }
    if let naming = command as? any NamingCommand, let name = naming.named {
      let (server, rest) = try owner(of: name)
      naming.rename(rest)
      return .to([server])
    }
    if let listing = (command as? any ListingCommand).map({ type(of: $0).listing }) { return .joined(listing) }
    if command is PingCommand || command is InfoCommand || command is DoctorCommand { return .to(servers) }
    return .to([try server])
  }
}

extension Client.CompletionReference {
  /// The prompt's name, or the template.
  var name: String {
    switch self {
    case .prompt(let name): name
    case .resource(let uri): uri
    }
  }

  func renamed(_ name: String) -> Self {
    switch self {
    case .prompt: .prompt(name)
    case .resource: .resource(name)
    }
  }
}
