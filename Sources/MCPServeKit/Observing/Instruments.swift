// SPDX-License-Identifier: Apache-2.0
public import Observability

/// What watches a service while it serves, besides its log. Everything here may be left out.
public struct Instruments: Sendable {
  /// Where the service measures itself; nil measures nothing but what its tools count anyway.
  public var metrics: Metrics?
  /// Where spans go; nil records none.
  public var tracer: Tracer?
  /// A line for each HTTP request. Default: none, because a line costs as much as the request.
  public var accessLog: Logger
  /// Where systemd wants to be told how the service is, the value of `NOTIFY_SOCKET`; nil tells nobody.
  public var notifySocket: String?
  /// How long systemd waits for a sign of life, from `WATCHDOG_USEC`; nil waits for none.
  public var watchdog: Duration?

  /// Makes instruments; each may be left out.
  public init(
    metrics: Metrics? = nil, tracer: Tracer? = nil, accessLog: Logger = .silent, notifySocket: String? = nil,
    watchdog: Duration? = nil
  ) {
    self.metrics = metrics
    self.tracer = tracer
    self.accessLog = accessLog
    self.notifySocket = notifySocket
    self.watchdog = watchdog
  }
}
