// SPDX-License-Identifier: Apache-2.0

/// Where a stream leads: a host by name or address, or a socket file of this machine.
package enum StreamEndpoint: Sendable, Hashable, CustomStringConvertible {
  case host(String, port: UInt16)
  case file(String)

  /// `host:port`, or the path of the file.
  package var description: String {
    switch self {
    case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .file(let path): path
    }
  }

  /// The name a certificate has to be for.
  var host: String {
    switch self {
    case .host(let host, _): host
    case .file: "localhost"
    }
  }
}

/// What a stream may cost.
package struct StreamLimits: Sendable {
  /// How long it may take to look up the host and connect, and agree on TLS. Default 2 s.
  package var connectTime: Duration = .seconds(2)
  /// After how much silence the system begins to ask whether the peer is still there. Default 15 s.
  package var keepAlive: Duration = .seconds(15)

  package init() {}
}
