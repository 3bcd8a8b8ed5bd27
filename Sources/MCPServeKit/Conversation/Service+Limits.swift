// SPDX-License-Identifier: Apache-2.0
import EventIO
import MCPCore
import Synchronization

extension Service {
  /// What peers may cost.
  public var limits: ServeLimits { quotas.all }

  /// What a message may cost.
  var jsonLimits: JSONLimits { .message(bytes: quotas.messageBytes) }

  /// Holds peers to other limits, from the next request and connection on; whatever is open or in flight goes on.
  ///
  /// What is measured once when the service starts stays as it is: the log of events, queues, `stateLifetime` and `stateBytes`.
  /// - Parameter options: over HTTP, what its `connections`, `connectionsPerAddress`, `readTime`, `writeTime`, `idleTime` and
  ///   `trustedProxies` say of connections; nil leaves these as they are.
  public func setLimits(_ newer: ServeLimits, of options: HTTPOptions? = nil) {
    quotas.set(newer)
    guard let listener = listener.withLock({ $0 }) else { return }
    if let store = listener.store as? any LimitedSessionStore { store.setLimits(SessionLimits(newer)) }
    var merged = options ?? listener.options
    merged.adminKey = listener.options.adminKey
    self.listener.withLock { [merged] in $0?.options = merged }
    listener.server.setLimits(HTTPLimits(newer, merged))
  }

  /// How many requests are being answered, besides those that are answered at once.
  var calls: Int { flights.current }

  /// How many connections may be open over HTTP.
  var limitOfConnections: Int { listener.withLock { $0?.options.connections } ?? 0 }

  /// What serves over HTTP.
  struct Listener: Sendable {
    let server: HTTPServer
    let store: any SessionStore
    var options: HTTPOptions
    let cluster: (any Cluster)?
  }
}

extension HTTPLimits {
  init(_ limits: ServeLimits, _ options: HTTPOptions) {
    self.init()
    bodyBytes = limits.messageBytes
    connections = options.connections
    if let time = options.readTime { (headerTime, bodyPauseTime) = (time, time) }
    writeStallTime = options.writeTime
    idleTime = options.idleTime
    connectionsPerAddress = options.connectionsPerAddress
    uncountedAddresses = options.trustedProxies.map(\.range)
    if options.adminKey != nil { bodilessTarget = ReloadEndpoint.path }
    answerTime = nil  // handlers have limits of their own, which know of progress
  }
}
