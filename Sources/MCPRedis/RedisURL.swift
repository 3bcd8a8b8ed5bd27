// SPDX-License-Identifier: Apache-2.0
package import EventIO

/// Where Redis is, and how to get in.
package struct RedisConfiguration: Sendable, CustomStringConvertible, CustomReflectable {
  /// How the servers stand to each other.
  package enum Topology: Sendable, Hashable {
    case single(StreamEndpoint)
    /// Sentinels know who the master of that name is.
    case sentinel(master: String, [StreamEndpoint])
    /// Some of the servers of a cluster.
    case cluster([StreamEndpoint])
  }

  package var topology: Topology
  /// Nil for the default user.
  package var user: String?
  package var password: String?
  /// Nil when sentinels want no password.
  package var sentinelPassword: String?
  package var database = 0
  /// Nil speaks without TLS.
  package var tls: TLSClientFiles?
  /// What the connections are called in `CLIENT LIST`.
  package var name: String? = "mcpctl"
  package var limits = RedisLimits()
  /// Whether reading should not count as use (`CLIENT NO-TOUCH`, from Redis 7.2 on): for whoever only looks.
  package var isBystander = false

  package init(_ topology: Topology) { self.topology = topology }
}

extension RedisConfiguration {
  /// Reads a URL:
  ///
  ///     redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]        rediss:// with TLS
  ///     unix://[USER:PASSWORD@]/PATH[?db=DATABASE]
  ///     redis+sentinel://[USER:PASSWORD@]HOST[:PORT],…/MASTER[/DATABASE]   rediss+sentinel://
  ///     redis+cluster://[USER:PASSWORD@]HOST[:PORT],…                      rediss+cluster://
  ///
  /// With `?ca=FILE&cert=FILE&key=FILE` for TLS, `name=NAME` for what the connections are called, and
  /// `sentinel_password=PASSWORD`. What stands in a URL is percent-encoded.
  /// - Throws: `RedisError` `.invalid`, which says what is wrong and repeats nothing that may be secret.
  package init(url: String) throws(RedisError) {
    guard let (scheme, rest) = Self.split(url, at: "://") else { throw Self.invalid("it has no scheme") }
    let (place, query) = Self.split(rest, at: "?") ?? (rest, "")
    let (authority, path) = Self.authority(of: place)
    let (login, hosts) = Self.splitLast(authority, at: "@") ?? ("", authority)
    let isTLS = scheme.hasPrefix("rediss")
    switch scheme {
    case "redis", "rediss":
      let endpoints = try Self.endpoints(hosts, port: 6379)
      guard endpoints.count == 1 else { throw Self.invalid("\(scheme):// leads to one host; see redis+cluster://") }
      self.init(.single(endpoints[0]))
      try setDatabase(path)
    case "unix":
      guard hosts.isEmpty, path.count > 1 else { throw Self.invalid("unix:// is followed by an absolute path") }
      self.init(.single(.file(try Self.decode(path))))
    case "redis+sentinel", "rediss+sentinel":
      let parts = path.split(separator: "/", omittingEmptySubsequences: true)
      guard let master = parts.first else { throw Self.invalid("the name of the master follows the sentinels: /NAME") }
      self.init(.sentinel(master: try Self.decode(String(master)), try Self.endpoints(hosts, port: 26379)))
      try setDatabase(parts.dropFirst().joined(separator: "/"))
    case "redis+cluster", "rediss+cluster":
      self.init(.cluster(try Self.endpoints(hosts, port: 6379)))
      guard path.isEmpty || path == "/" || path == "/0" else { throw Self.invalid("a cluster has no databases") }
    default:
      throw Self.invalid(
        "its scheme is none of redis, rediss, unix, redis+sentinel, rediss+sentinel, redis+cluster and rediss+cluster")
    }
    if isTLS { tls = TLSClientFiles() }
    try setLogin(login)
    try take(query)
  }

  /// The place alone: what is printed by mistake holds no password.
  package var description: String { place }
  package var customMirror: Mirror { Mirror(self, children: ["place": place]) }

  /// Where it leads, without what is secret: for logs and errors.
  package var place: String {
    func list(_ endpoints: [StreamEndpoint]) -> String { endpoints.map(\.description).joined(separator: ",") }
    return switch topology {
    case .single(let endpoint): "\(endpoint)"
    case .sentinel(let master, let sentinels): "the master '\(master)' of \(list(sentinels))"
    case .cluster(let seeds): "the cluster of \(list(seeds))"
    }
  }
}

// MARK: - Its parts

extension RedisConfiguration {
  private static func invalid(_ reason: String) -> RedisError {
    RedisError(.invalid, "the URL of Redis cannot be used: \(reason)")
  }

  private mutating func setLogin(_ text: String) throws(RedisError) {
    guard !text.isEmpty else { return }
    guard let (user, password) = Self.split(text, at: ":") else {
      throw Self.invalid("a user stands before '@' without a password: write USER:PASSWORD@, or :PASSWORD@")
    }
    self.user = user.isEmpty ? nil : try Self.decode(user)
    self.password = try Self.decode(password)
  }

  private mutating func setDatabase(_ path: String) throws(RedisError) {
    let text = path.hasPrefix("/") ? String(path.dropFirst()) : path
    guard !text.isEmpty else { return }
    guard let number = Int(text), number >= 0 else { throw Self.invalid("a database is a number, such as /0") }
    database = number
  }

  private mutating func take(_ query: String) throws(RedisError) {
    for part in query.split(separator: "&") {
      guard let (name, value) = Self.split(String(part), at: "=") else {
        throw Self.invalid("'?' is followed by NAME=VALUE")
      }
      let text = try Self.decode(value)
      switch name {
      case "db": try setDatabase(text)
      case "name": self.name = text
      case "sentinel_password": sentinelPassword = text
      case "ca", "cert", "key":
        guard tls != nil else { throw Self.invalid("'\(name)' is for TLS: use rediss://") }
        if name == "ca" { tls?.authorities = text }
        if name == "cert" { tls?.certificate = text }
        if name == "key" { tls?.key = text }
      default: throw Self.invalid("it knows db, name, ca, cert, key and sentinel_password after '?'")
      }
    }
  }

  /// What stands before the path, and the path. A password may hold a slash that should have been encoded.
  private static func authority(of place: String) -> (String, String) {
    let start = place.lastIndex(of: "@") ?? place.startIndex
    guard let slash = place[start...].firstIndex(of: "/") else { return (place, "") }
    return (String(place[..<slash]), String(place[slash...]))
  }

  private static func endpoints(_ text: String, port: UInt16) throws(RedisError) -> [StreamEndpoint] {
    var endpoints: [StreamEndpoint] = []
    for part in text.split(separator: ",") { endpoints.append(try endpoint(part, port: port)) }
    guard !endpoints.isEmpty else { throw invalid("it names no host") }
    return endpoints
  }

  private static func endpoint(_ text: Substring, port standard: UInt16) throws(RedisError) -> StreamEndpoint {
    var (host, rest) = (text, Substring())
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<end]
      rest = text[text.index(after: end)...]
    } else if let colon = text.firstIndex(of: ":") {
      (host, rest) = (text[..<colon], text[colon...])
    }
    guard !host.isEmpty else { throw invalid("a host is missing") }
    guard !rest.isEmpty else { return .host(String(host), port: standard) }
    guard rest.hasPrefix(":"), let port = UInt16(rest.dropFirst()), port > 0 else {
      throw invalid("a port is a number from 1 to 65535; an IPv6 address stands in brackets")
    }
    return .host(String(host), port: port)
  }

  private static func split(_ text: String, at separator: String) -> (String, String)? {
    var index = text.startIndex
    while index < text.endIndex {
      if text[index...].hasPrefix(separator) {
        return (String(text[..<index]), String(text[text.index(index, offsetBy: separator.count)...]))
      }
      index = text.index(after: index)
    }
    return nil
  }

  private static func splitLast(_ text: String, at separator: Character) -> (String, String)? {
    guard let index = text.lastIndex(of: separator) else { return nil }
    return (String(text[..<index]), String(text[text.index(after: index)...]))
  }

  private static func decode(_ text: String) throws(RedisError) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      guard digits.utf8.count == 2, let decoded = UInt8(digits, radix: 16) else {
        throw invalid("'%' is followed by two hexadecimal digits; '%' itself is %25")
      }
      bytes.append(decoded)
      rest = rest.dropFirst(2)
    }
    guard let decoded = String(validating: bytes, as: UTF8.self) else { throw invalid("it is no UTF-8 when decoded") }
    return decoded
  }
}
