// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// The names a server is called by, the web origins that may call it and what they may do, the proxies it believes, and how often
/// an address may ask; all may change while it serves.
public final class HTTPAccess: Sendable {
  /// What the edge goes by.
  struct Terms: Sendable {
    var hosts: [String] = []
    var origins: [String] = []
    var cors = CORSOptions()
    var proxies: [TrustedProxy] = []
    var strictTransport: Duration?
    /// Counts the requests of each address; nil when none is too many.
    var addressLimiter: RateLimiter?
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

  /// Takes `allowedHosts`, `allowedOrigins`, `trustedProxies`, `cors`, `strictTransport` and `addressLimit` of options, in one step.
  public func apply(_ options: HTTPOptions) {
    state.withLock { terms in
      let limiter = terms.addressLimiter
      terms = Terms(options)
      // What was counted by the same limit still counts.
      if let limiter, limiter.limits == terms.addressLimiter?.limits { terms.addressLimiter = limiter }
    }
    changes.add(1, ordering: .releasing)
  }

  var terms: Terms { state.withLock { $0 } }

  var version: Int { changes.load(ordering: .acquiring) }
}

extension HTTPAccess.Terms {
  init(_ options: HTTPOptions) {
    (hosts, origins) = (options.allowedHosts, options.allowedOrigins)
    (cors, proxies, strictTransport) = (options.cors, options.trustedProxies, options.strictTransport)
    addressLimiter = options.addressLimit.map { RateLimiter([$0]) }
  }
}
