// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// Decides which server is meant: `-- command` or `--server`, else MCPCTL_SERVER, else the built-in one.
struct TargetResolver {
  let environment: (String) -> String?
  let readFile: (String) throws(FileFault) -> [UInt8]

  /// A target and whether the caller named it.
  struct Resolved: Equatable {
    let target: Target
    let isExplicit: Bool
  }

  func resolve(server: String?, program: [String], http: Target.HTTP) throws -> Resolved {
    if let server, !program.isEmpty {
      throw UsageError("two servers are named: --server \(server), and the command after '--'; give one")
    }
    if let command = program.first {
      return Resolved(target: .program(command: command, arguments: Array(program.dropFirst())), isExplicit: true)
    }
    if let server { return Resolved(target: try target(server, http), isExplicit: true) }
    if let server = environment("MCPCTL_SERVER"), !server.isEmpty {
      return Resolved(target: try target(server, http), isExplicit: true)
    }
    return Resolved(target: .builtin, isExplicit: false)
  }

  /// The target one word names.
  func target(_ word: String, _ http: Target.HTTP) throws -> Target {
    if word == "builtin" { return .builtin }
    if word.hasPrefix("http://") || word.hasPrefix("https://") { return .url(word, http) }
    if let scheme = word.firstRange(of: "://") {
      throw UsageError("'\(word[..<scheme.lowerBound])' is no scheme of a server; URLs begin with http:// or https://")
    }
    if let colon = word.lastIndex(of: ":"), word[..<colon].hasSuffix(".json") {
      return try entry(String(word[word.index(after: colon)...]), inFile: String(word[..<colon]), http)
    }
    if word.hasSuffix(".json") { return try entry(nil, inFile: word, http) }
    if let url = url(fromHost: word, http) { return .url(url, http) }
    throw Failure(
      .notFound, "no_server", "no server is called '\(word)'",
      hint: "give a URL, host:port, FILE.json:entry, 'builtin', or a command after '--'")
  }

  /// `host:port` and `host:port/path` as a URL: plain HTTP to this machine, TLS to any other.
  private func url(fromHost word: String, _ http: Target.HTTP) -> String? {
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
