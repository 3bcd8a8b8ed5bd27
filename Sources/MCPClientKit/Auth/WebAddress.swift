// SPDX-License-Identifier: Apache-2.0
import EventIO

/// An `http` or `https` URL in its parts, read strictly: what two readers could take for two different places is none.
struct WebAddress: Hashable {
  /// `http` or `https`.
  let scheme: String
  /// In lower case; an IPv6 address with its brackets.
  let host: String
  /// Nil for the scheme's own port.
  let port: UInt16?
  /// Empty, or begins with `/`.
  var path: String
  /// What follows `?`.
  var query: String?

  /// Nil for anything else: other schemes, user names, fragments, blanks, control characters and backslashes.
  init?(_ text: String) {
    guard text.utf8.count <= 8 << 10,
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"\\\"<>^`{|}#".utf8.contains($0) }),
      let mark = text.firstRange(of: "://")
    else { return nil }
    scheme = text[..<mark.lowerBound].lowercased()
    guard scheme == "http" || scheme == "https" else { return nil }
    var rest = text[mark.upperBound...]
    let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    guard let place = Self.place(rest[..<end]) else { return nil }
    host = place.host
    port = place.port == (scheme == "https" ? 443 : 80) ? nil : place.port
    rest = rest[end...]
    let question = rest.firstIndex(of: "?")
    path = String(rest[..<(question ?? rest.endIndex)])
    query = question.map { String(rest[rest.index(after: $0)...]) }
  }

  private static func place(_ text: Substring) -> (host: String, port: UInt16?)? {
    var host = text
    var port: UInt16?
    let isBracketed = text.hasPrefix("[")
    if let colon = text.lastIndex(of: ":"), !isBracketed || text[..<colon].hasSuffix("]") {
      host = text[..<colon]
      let digits = text[text.index(after: colon)...]
      guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(digits),
        number > 0
      else { return nil }
      port = number
    }
    let isHost =
      isBracketed
      ? SocketAddress(host: String(host), port: 0) != nil
      : host.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || "-._".utf8.contains($0)
      }
    guard !host.isEmpty, isHost else { return nil }
    return (host.lowercased(), port)
  }

  /// `scheme://host`, with the port where it is not the scheme's own.
  var origin: String { "\(scheme)://\(host)" + (port.map { ":\($0)" } ?? "") }

  /// The whole URL.
  var text: String { origin + path + (query.map { "?\($0)" } ?? "") }

  /// The path without a slash at its end.
  var trimmedPath: String {
    var path = path[...]
    while path.hasSuffix("/") { path.removeLast() }
    return String(path)
  }

  /// The URI that names an MCP server: scheme and host in lower case, no fragment, no slash at the end.
  ///
  /// Spec: 2025-11-25, basic/authorization, "Canonical Server URI".
  var canonical: String { origin + trimmedPath + (query.map { "?\($0)" } ?? "") }

  /// Whether the host is this machine.
  var isLoopback: Bool { host == "localhost" || SocketAddress(host: host, port: 0)?.isLoopback == true }

  /// Whether the host is an address that only machines on the same link, or none, can have: no server is there, but
  /// clouds keep secrets at such a one.
  var isLinkLocal: Bool {
    host.hasPrefix("169.254.") || host.hasPrefix("[fe80:") || host == "0.0.0.0" || host == "[::]"
  }

  /// Whether this names `other` or something it belongs to.
  func covers(_ other: WebAddress) -> Bool {
    guard origin == other.origin else { return false }
    if query != nil { return canonical == other.canonical }
    let (mine, its) = (trimmedPath, other.trimmedPath)
    return its == mine || its.hasPrefix(mine + "/")
  }

  /// This URL with parameters added to its query.
  func adding(_ parameters: [(String, String)]) -> String {
    var address = self
    let added = FormText.encode(parameters)
    address.query = query.map { $0.isEmpty ? added : "\($0)&\(added)" } ?? added
    return address.text
  }
}
