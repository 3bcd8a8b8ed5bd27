// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// The names a server is called by, the web origins that may call it and what they may do, and the proxies it believes; all may
/// change while it serves.
public final class HTTPAccess: Sendable {
  /// What the edge goes by.
  struct Terms: Sendable {
    var hosts: [String] = []
    var origins: [String] = []
    var cors = CORSOptions()
    var proxies: [TrustedProxy] = []
    var strictTransport: Duration?
  }

  private let state = Mutex(Terms())
  /// How often it changed, so that what was decided by it can be decided anew.
  private let changes = Atomic<Int>(0)

  /// Makes one; see `HTTPOptions.allowedHosts` and `allowedOrigins`.
  public init(hosts: [String] = [], origins: [String] = []) {
    state.withLock { ($0.hosts, $0.origins) = (hosts, origins) }
  }

  /// Makes one of what options say.
  public init(_ options: HTTPOptions) { state.withLock { $0 = Terms(options) } }

  /// Changes names and origins. The next request is held against them, on connections that are open already as well.
  public func allow(hosts: [String], origins: [String]) {
    state.withLock { ($0.hosts, $0.origins) = (hosts, origins) }
    changes.add(1, ordering: .releasing)
  }

  /// Takes `allowedHosts`, `allowedOrigins`, `trustedProxies`, `cors` and `strictTransport` of options, in one step.
  public func apply(_ options: HTTPOptions) {
    state.withLock { $0 = Terms(options) }
    changes.add(1, ordering: .releasing)
  }

  var terms: Terms { state.withLock { $0 } }

  var version: Int { changes.load(ordering: .acquiring) }
}

extension HTTPAccess.Terms {
  init(_ options: HTTPOptions) {
    (hosts, origins) = (options.allowedHosts, options.allowedOrigins)
    (cors, proxies, strictTransport) = (options.cors, options.trustedProxies, options.strictTransport)
  }
}
