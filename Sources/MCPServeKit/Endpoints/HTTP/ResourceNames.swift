// SPDX-License-Identifier: Apache-2.0
import EventIO

/// What a server is called by those who get tokens for it, and where it says so.
///
/// Names come from the rules and from the addresses the server listens on. What a request says it was sent to counts only
/// where it names this machine, which `HTTPGuards` has made sure of.
struct ResourceNames: Sendable {
  static let wellKnown = "/.well-known/oauth-protected-resource"

  /// The URLs the server is reached under, without a path; the first is the one it calls itself by.
  private let origins: [String]
  private let isLoopback: Bool

  private let scheme: String

  /// - Parameters:
  ///   - addresses: what the server listens on. Those that stand for all there are name nothing.
  ///   - isSecure: whether it speaks TLS.
  init(_ addresses: [SocketAddress], isSecure: Bool) {
    let scheme = isSecure ? "https" : "http"
    self.scheme = scheme
    isLoopback = !addresses.isEmpty && addresses.allSatisfy(\.isLoopback)
    var hosts = addresses.filter { !$0.isWildcard }.map(\.description)
    if isLoopback, let port = addresses.first?.port {
      hosts += ["localhost:\(port)", "127.0.0.1:\(port)", "[::1]:\(port)"]
    }
    origins = hosts.map { "\(scheme)://\($0)" }
  }

  /// Whether the server has no name.
  var isEmpty: Bool { origins.isEmpty }

  /// The URL the request's endpoint is known under; nil when there is none.
  func resource(at path: String, for head: HTTPHead, _ rules: AuthorizationRules) -> String? {
    rules.resource ?? origin(for: head).map { $0 + path }
  }

  /// Who a token may be for at a path.
  func audiences(at path: String, _ rules: AuthorizationRules) -> [String] {
    guard let resource = rules.resource else { return origins.map { $0 + path } + rules.audiences }
    return [resource] + rules.audiences
  }

  /// Where the metadata of a path's resource is; nil when clients cannot be told.
  func metadata(of path: String, for head: HTTPHead, _ rules: AuthorizationRules) -> String? {
    guard !rules.allAuthorizationServers.isEmpty, let resource = resource(at: path, for: head, rules) else {
      return nil
    }
    let (origin, path) = Self.split(resource)
    return origin + Self.wellKnown + path
  }

  /// The path within the URL of a resource.
  static func path(of resource: String) -> String { split(resource).path }

  private static func split(_ url: String) -> (origin: String, path: String) {
    let start = url.firstRange(of: "://")?.upperBound ?? url.startIndex
    let slash = url[start...].firstIndex { $0 == "/" || $0 == "?" } ?? url.endIndex
    let path = url[slash...].prefix { $0 != "?" }
    return (String(url[..<slash]), path == "/" ? "" : String(path))
  }

  private func origin(for head: HTTPHead) -> String? {
    if isLoopback, head.headers.withValue(of: "host", { $0.isLoopbackHost }) == true, let host = head.headers["host"] {
      let named = "\(scheme)://\(host.lowercased())"
      if origins.contains(named) { return named }
    }
    return origins.first
  }
}

extension SocketAddress {
  /// Whether this stands for all addresses of the machine.
  fileprivate var isWildcard: Bool { ["0.0.0.0", "::"].contains(host) }
}
