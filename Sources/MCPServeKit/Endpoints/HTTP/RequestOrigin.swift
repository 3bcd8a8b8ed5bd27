// SPDX-License-Identifier: Apache-2.0
import EventIO

/// Where a request came from, and what its client calls the server: as the connection says it, or as a proxy does that is
/// believed.
final class RequestOrigin: Sendable {
  /// Who asks: the client's address, that of the nearest hop when nobody who is believed says more.
  let client: SocketAddress
  /// Whether the client spoke TLS.
  let isSecure: Bool
  /// The name and perhaps the port the client used; nil when it said none.
  let authority: String?
  /// The path below which a proxy shows the server, such as `/tools`; empty without one.
  let prefix: String

  init(client: SocketAddress, isSecure: Bool, authority: String?, prefix: String = "") {
    self.client = client
    self.isSecure = isSecure
    self.authority = authority
    self.prefix = prefix
  }

  /// The URL of the server's root as its client sees it, without a slash at its end; nil when the client said no name.
  var baseURL: String? { authority.map { "\(isSecure ? "https" : "http")://\($0)\(prefix)" } }
}
