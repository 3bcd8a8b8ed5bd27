// SPDX-License-Identifier: Apache-2.0
import EventIO

/// Keeps web pages away from a server they have no business with: DNS rebinding shows in `Host`, a foreign page in
/// `Origin`.
///
/// Spec: 2025-11-25, basic/transports, "Security Warning": 403.
struct HTTPGuards: Sendable {
  private let hosts: [String]
  private let origins: [String]
  private let checksHost: Bool

  /// - Parameter isLoopback: whether the server listens on loopback only.
  init(hosts: [String], origins: [String], isLoopback: Bool) {
    self.hosts = hosts.map { $0.lowercased() }
    self.origins = origins.map { $0.lowercased() }
    checksHost = isLoopback || !hosts.isEmpty
  }

  /// Whether the server is called by that name.
  func serves(_ host: String) -> Bool { !checksHost || host.utf8.span.isLoopbackHost || isAllowed(host: host) }

  /// Why requests with this head are refused; nil when they are not.
  func refusal(of request: HTTPHead) -> String? {
    if checksHost, request.headers.withValue(of: "host", { $0.isLoopbackHost }) == false,
      let host = request.headers["host"], !isAllowed(host: host)
    {
      return "the host '\(host)' is not served here: allow it, or use localhost"
    }
    // Spec: RFC 9112, 3.2.2: the target's host counts, so it has to be the one Host names.
    if let named = request.authority, named.lowercased() != request.headers["host"]?.lowercased() {
      return "the target names the host '\(named)', and Host another: send a path"
    }
    guard let origin = request.headers["origin"] else { return nil }
    return isAllowed(origin: origin.lowercased(), host: request.headers["host"])
      ? nil : "the origin '\(origin)' may not call this server: allow it, or call from localhost"
  }

  private func isAllowed(host: String) -> Bool {
    let host = host.lowercased()
    return hosts.contains { $0 == host || host.hasPrefix($0 + ":") }
  }

  private func isAllowed(origin: String, host: String?) -> Bool {
    if origins.contains(origin) || origins.contains("*") { return true }
    guard let scheme = ["http://", "https://"].first(where: origin.hasPrefix) else { return false }
    let authority = origin.dropFirst(scheme.utf8.count)
    // A page of the server's own address. A name could be an attacker's that was made to point here.
    return authority.utf8.span.isLoopbackHost
      || (!checksHost && authority.utf8.span.isAddress && host.map { authority == $0.lowercased() } == true)
  }
}

extension Span<UInt8> {
  /// Whether this is a name of this machine for itself, with or without a port.
  var isLoopbackHost: Bool {
    for name in ["127.0.0.1", "localhost", "[::1]"] as [StaticString] where starts(with: name) {
      let length = name.utf8CodeUnitCount
      if count == length { return true }
      return self[length] == UInt8(ascii: ":") && hasOnlyDigits(from: length + 1)
    }
    return false
  }

  /// Whether this is an IP address, with or without a port: nothing a name server could make point elsewhere.
  var isAddress: Bool {
    guard count > 0, self[0] != UInt8(ascii: "[") else { return count > 0 }
    for index in 0..<count {
      let byte = self[index]
      guard byte &- 0x30 < 10 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":") else { return false }
    }
    return true
  }

  private func starts(with name: StaticString) -> Bool {
    guard count >= name.utf8CodeUnitCount else { return false }
    for index in 0..<name.utf8CodeUnitCount {
      let byte = self[index] &- 0x41 < 26 ? self[index] | 0x20 : self[index]
      guard byte == name.utf8Start[index] else { return false }
    }
    return true
  }

  private func hasOnlyDigits(from start: Int) -> Bool {
    for index in start..<count where self[index] &- 0x30 > 9 { return false }
    return true
  }
}
