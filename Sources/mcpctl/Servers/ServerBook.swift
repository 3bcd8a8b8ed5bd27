// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// The servers that have names: those of the project, of the user and of the machine. The nearest wins.
///
/// A file of them looks as other clients keep theirs, `{"mcpServers": {…}}`, and may say in `currentServer` which one is
/// meant when none is named.
struct ServerBook {
  /// Whose a file is.
  enum Level: String, ChoiceValue, CaseIterable { case project, user, system }

  /// One file, which may not be there.
  struct Shelf: Equatable {
    let level: Level
    let path: String
    let content: JSONObject
    let isThere: Bool

    var servers: JSONObject { content["mcpServers"]?.object ?? [:] }
    var current: String? { content["currentServer"]?.string }
  }

  /// A server with a name, as a file has it.
  struct Entry: Equatable {
    let name: String
    let content: JSONObject
    let shelf: Shelf
  }

  /// The name of the file in a project.
  static let projectFile = ".mcpctl.json"
  /// The most that is read of a file, in bytes.
  static let limit = 4 << 20

  /// Nearest first.
  let shelves: [Shelf]

  /// - Throws: `Failure` naming a file that cannot be understood: nothing is guessed around it.
  init(_ surroundings: Environs) throws(Failure) {
    var shelves: [Shelf] = []
    if let shelf = try Self.project(surroundings) { shelves.append(shelf) }
    for (level, path) in Self.fixedPaths(surroundings.environment) {
      shelves.append(try Self.shelf(level, path, surroundings))
    }
    self.shelves = shelves
  }

  /// Every server that is not hidden behind one of the same name nearer by, by name.
  var entries: [Entry] {
    var seen: Set<String> = []
    var entries: [Entry] = []
    for shelf in shelves {
      for member in shelf.servers.members where seen.insert(member.name).inserted {
        entries.append(Entry(name: member.name, content: member.value.object ?? [:], shelf: shelf))
      }
    }
    return entries.sorted { $0.name < $1.name }
  }

  func entry(_ name: String) -> Entry? {
    for shelf in shelves {
      if let content = shelf.servers[name] { return Entry(name: name, content: content.object ?? [:], shelf: shelf) }
    }
    return nil
  }

  /// The server meant when none is named: what the nearest file says that says anything. A project chooses among its own,
  /// to which the user has to agree; that it had no say over the user's.
  var current: (name: String, shelf: Shelf)? {
    for shelf in shelves {
      guard let name = shelf.current, shelf.level != .project || shelf.servers[name] != nil else { continue }
      return (name, shelf)
    }
    return nil
  }

  /// The file of a level; for the project, one in `directory` when there is none yet.
  func shelf(_ level: Level, directory: String) -> Shelf? {
    if let shelf = shelves.first(where: { $0.level == level }) { return shelf }
    guard level == .project else { return nil }
    return Shelf(level: level, path: "\(directory)/\(Self.projectFile)", content: [:], isThere: false)
  }

  /// The nearest project file in the directory and those above it, unless somebody else may have put it there. The home
  /// directory is the user's own, and no project.
  private static func project(_ surroundings: Environs) throws(Failure) -> Shelf? {
    var directory = surroundings.directory[...]
    while directory.hasPrefix("/") {
      if directory.count > 1, String(directory) == surroundings.environment("HOME") { return nil }
      let base = directory == "/" ? "" : String(directory)
      let path = "\(base)/\(projectFile)"
      if surroundings.isOurs(path), case let shelf = try shelf(.project, path, surroundings), shelf.isThere {
        return shelf
      }
      guard directory != "/", let slash = directory.lastIndex(of: "/") else { return nil }
      directory = slash == directory.startIndex ? "/" : directory[..<slash]
    }
    return nil
  }

  private static func fixedPaths(_ environment: (String) -> String?) -> [(Level, String)] {
    let set = environment("XDG_CONFIG_HOME").flatMap { $0.isEmpty ? nil : $0 }
    let folder = set ?? environment("HOME").map { $0 + "/.config" }
    let user = folder.flatMap { $0.hasPrefix("/") ? (Level.user, "\($0)/mcpctl/servers.json") : nil }
    return (user.map { [$0] } ?? []) + [(.system, "/etc/mcpctl/servers.json")]
  }

  static func shelf(_ level: Level, _ path: String, _ surroundings: Environs) throws(Failure) -> Shelf {
    let bytes: [UInt8]
    do throws(FileFault) {
      bytes = try surroundings.readFile(path)
    } catch {
      if error.isMissing { return Shelf(level: level, path: path, content: [:], isThere: false) }
      throw Failure(.badConfiguration, "config", "\(error)", hint: "correct it, or move it away")
    }
    let fault: String
    do throws(JSONError) {
      if let content = try JSON(parsing: bytes).object, (content["mcpServers"] ?? [:]).object != nil {
        return Shelf(level: level, path: path, content: content, isThere: true)
      }
      fault = "it has to be an object with 'mcpServers'"
    } catch {
      fault = "it is no JSON: \(error)"
    }
    throw Failure(
      .badConfiguration, "config", "\(path) does not list servers: \(fault)",
      hint: "`mcpctl config validate --kind mcp-json \(path)` says more")
  }
}

/// What names of servers are looked up in.
struct Environs {
  let environment: (String) -> String?
  let readFile: (String) throws(FileFault) -> [UInt8]
  /// The directory one works in, from the root on.
  let directory: String
  /// Whether a file is the user's own, or the machine's; others' say nothing about what is started here.
  var isOurs: (String) -> Bool = { _ in true }
}
