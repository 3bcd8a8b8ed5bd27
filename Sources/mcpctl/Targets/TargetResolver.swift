// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit

/// Decides which server is meant: `-- command` or `--server`, else MCPCTL_SERVER, else the current one of a file, else the
/// built-in one.
struct TargetResolver {
  let environs: Environs

  /// A target, and who said so.
  struct Resolved: Equatable {
    let target: Target
    /// Whether the caller named it.
    let isExplicit: Bool
    /// The file and the name it comes from; nil where the words say it all.
    var listing: Listing?
    /// What chose it, where the caller may not have it before his eyes: the environment or a file.
    var chooser: String?

    /// What messages call the server.
    var name: String { listing.map { safeText($0.name) } ?? target.name }

    /// Which server it is, where, and what chose it, for errors; nil where the caller has just said it.
    var reminder: String? {
      guard let chooser else { return nil }
      let place = listing?.content.placeOfServer ?? (target == .builtin ? nil : HTTPURL.shown(target.name))
      let which =
        if let listing, let place {
          "server '\(listing.name)' (\(place))"
        } else {
          "server \(place ?? TargetResolver.builtin)"
        }
      return "\(which), chosen by \(chooser)"
    }
  }

  func resolve(server: String?, program: [String], http: Target.HTTP) throws -> Resolved {
    if let server, !program.isEmpty {
      throw UsageError("two servers are named: --server \(server), and the command after '--'; give one")
    }
    if let command = program.first {
      return Resolved(target: .program(command: command, arguments: Array(program.dropFirst())), isExplicit: true)
    }
    if let server { return try resolve(server, http, isExplicit: true) }
    if let server = environs.environment("MCPCTL_SERVER"), !server.isEmpty {
      var resolved = try resolve(server, http, isExplicit: true)
      resolved.chooser = "MCPCTL_SERVER"
      return resolved
    }
    let book = try ServerBook(environs)
    guard let (name, shelf) = book.current else { return Resolved(target: .builtin, isExplicit: false) }
    let chooser =
      switch shelf.level {
      case .project: "the project's \(shelf.path)"
      case .user: "`mcpctl config use-context` in \(shelf.path)"
      case .system: "the machine's \(shelf.path)"
      }
    if name == Self.builtin { return Resolved(target: .builtin, isExplicit: true, chooser: chooser) }
    guard let entry = book.entry(name) else {
      throw Failure(
        .notFound, "no_server", "\(shelf.path) says that '\(safeText(name))' is the current server, and no file has it",
        hint: "`mcpctl config use-context NAME` chooses another; -s builtin uses the built-in server")
    }
    var resolved = try resolved(entry, http, isExplicit: false)
    resolved.chooser = chooser
    return resolved
  }

  /// The server built into this program.
  static let builtin = "builtin"

  /// The target one word names.
  func resolve(_ word: String, _ http: Target.HTTP, isExplicit: Bool) throws -> Resolved {
    if word == Self.builtin { return Resolved(target: .builtin, isExplicit: isExplicit) }
    if word.hasPrefix("http://") || word.hasPrefix("https://") {
      return Resolved(target: .url(word, http), isExplicit: isExplicit)
    }
    if let scheme = word.firstRange(of: "://") {
      throw UsageError("'\(word[..<scheme.lowerBound])' is no scheme of a server; URLs begin with http:// or https://")
    }
    if let colon = word.lastIndex(of: ":"), word[..<colon].hasSuffix(".json") {
      return try entry(String(word[word.index(after: colon)...]), inFile: String(word[..<colon]), http, isExplicit)
    }
    if word.hasSuffix(".json") { return try entry(nil, inFile: word, http, isExplicit) }
    if let url = Self.url(fromHost: word, http) { return Resolved(target: .url(url, http), isExplicit: isExplicit) }
    let book = try ServerBook(environs)
    if let entry = book.entry(word) { return try resolved(entry, http, isExplicit: isExplicit) }
    let near = nearMiss(of: word, in: book.entries.map(\.name)).map { "did you mean '\($0)'?" }
    throw Failure(
      .notFound, "no_server", "no server is called '\(safeText(word))'",
      hint: near
        ?? "give a URL, host:port, FILE.json:entry, 'builtin', a name of `mcpctl servers ls`, or a command after '--'")
  }

  private func resolved(_ entry: ServerBook.Entry, _ http: Target.HTTP, isExplicit: Bool) throws -> Resolved {
    let place = "\(entry.shelf.path): \(entry.name)"
    return Resolved(
      target: try target(entry.content, at: place, http), isExplicit: isExplicit,
      listing: Listing(
        name: entry.name, file: entry.shelf.path, content: entry.content,
        trust: entry.shelf.level == .project ? .mustBeGiven : .given))
  }

  /// `host:port` and `host:port/path` as a URL: plain HTTP to this machine, TLS to any other.
  static func url(fromHost word: String, _ http: Target.HTTP) -> String? {
    let slash = word.firstIndex(of: "/") ?? word.endIndex
    let authority = word[..<slash]
    guard let colon = authority.lastIndex(of: ":"), let port = Int(authority[authority.index(after: colon)...]) else {
      return nil
    }
    let host = authority[..<colon]
    let isName = host.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".") }
    guard (1...65_535).contains(port), !host.isEmpty, isName || host.hasPrefix("[") && host.hasSuffix("]") else {
      return nil
    }
    let isLocal = host == "localhost" || host.hasPrefix("127.") || host == "[::1]"
    let path = slash == word.endIndex ? (http == .sse ? "/sse" : "/mcp") : String(word[slash...])
    return "\(isLocal ? "http" : "https")://\(authority)\(path)"
  }
}
