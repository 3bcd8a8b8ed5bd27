// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import Observability

/// What a server says without being asked. Endpoints tell it to the peers that want to know.
public enum Announcement: Sendable, Hashable {
  /// Features of a kind came or went.
  case listChanged(FeatureKind)
  /// The resource of this URI changed.
  case resourceUpdated(String)
  /// A log line that belongs to no request; legacy peers alone are told.
  case log(Logger.Level, JSON, logger: String?)
  /// A task has changed; only its owner is told.
  case task(TaskRecord)
}

/// Says things without being asked.
public protocol Announcer: Sendable {
  /// Calls `listener` with every announcement, from any thread, until `removeListener`. A listener returns at once.
  func addListener(_ listener: @escaping @Sendable (Announcement) -> Void) -> Int
  /// Forgets a listener.
  func removeListener(_ id: Int)
}

extension Server {
  /// Sends a log line that belongs to no request to every legacy peer that wants lines of this level. Never put secrets
  /// in `data`. Within a request, `RequestContext.log` says it where it belongs.
  ///
  /// Returns at once. Spec: 2025-11-25, server/utilities/logging; 2026-07-28 has only log lines of requests.
  public func log(_ level: Logger.Level, _ data: JSON, from name: String? = nil) {
    features.announce(.log(level, data, logger: name))
  }
}
