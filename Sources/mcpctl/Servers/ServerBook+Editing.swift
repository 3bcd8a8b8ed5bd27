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

  /// Makes changes to the file as it is now, and writes it as a whole; whatever else is in it stays. Others who do so wait.
  /// - Parameter unless: Looks at the servers there are, and throws when one is in the way.
  func write(
    _ changes: [Change], in environs: Environs, unless isInTheWay: (JSONObject) throws -> Void = { _ in }
  ) throws {
    do throws(IOError) {
      if level == .user { try makeFolders(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])) }
    } catch {
      throw Self.fault(error)
    }
    let lock: FileLock
    do throws(IOError) { lock = try FileLock.taking(folderOf: path) } catch { throw Self.fault(error) }
    defer { withExtendedLifetime(lock) {} }
    let fresh = try ServerBook.shelf(level, path, environs)
    try isInTheWay(fresh.servers)
    do throws(IOError) {
      try replaceFile(
        path, with: Array((JSON.object(fresh.changed(by: changes)).pretty + "\n").utf8), isPrivate: level == .user)
    } catch {
      throw Self.fault(error)
    }
  }

  private func changed(by changes: [Change]) -> JSONObject {
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
    return content
  }

  private static func fault(_ error: IOError) -> Failure {
    Failure(.badConfiguration, "config", error.message, hint: "nothing was changed")
  }
}
