// SPDX-License-Identifier: GPL-3.0-or-later
import EventIO
import JSONKit

extension ServerBook.Shelf {
  /// Where an entry of the same name ends up when the file changes.
  enum Change {
    case put(JSONObject, as: String)
    case remove(String)
    /// The server meant when none is named; nil for the built-in one, or the one of a file further away.
    case use(String?)
  }

  /// Makes changes and writes the file as a whole; whatever else is in it stays.
  func write(_ changes: [Change]) throws(Failure) {
    var content = content
    var servers = servers
    for change in changes {
      switch change {
      case .put(let entry, let name): servers[name] = .object(entry)
      case .remove(let name):
        servers[name] = nil
        if content["currentServer"] == .string(name) { content["currentServer"] = nil }
      case .use(let name): content["currentServer"] = name.map(JSON.string)
      }
    }
    content["mcpServers"] = .object(servers)
    do throws(IOError) {
      if level == .user { try makeFolders(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])) }
      try replaceFile(path, with: Array((JSON.object(content).pretty + "\n").utf8))
    } catch {
      throw Failure(.badConfiguration, "config", error.message, hint: "nothing was changed")
    }
  }
}
