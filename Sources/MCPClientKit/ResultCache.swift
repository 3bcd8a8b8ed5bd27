// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// Results that their server allows to be used again for a while. Decides, and has no clock.
///
/// One client is one user, so private results may be kept as well as public ones.
///
/// Spec: 2026-07-28, server/utilities/caching.
struct ResultCache {
  typealias Instant = ContinuousClock.Instant

  private struct Entry {
    let method: Method
    let params: JSONObject
    let result: JSONObject
    let expires: Instant
    let size: Int
  }

  private let limit: Int
  private let bytes: Int
  /// Oldest first.
  private var entries: [Entry] = []
  private var size = 0

  /// - Parameters:
  ///   - limit: how many results are kept; none with 0.
  ///   - bytes: how many bytes they may have in all.
  init(limit: Int, bytes: Int) {
    self.limit = limit
    self.bytes = bytes
  }

  /// The result of the same request, while it is fresh.
  mutating func result(of method: Method, _ params: JSONObject, at now: Instant) -> JSONObject? {
    guard !entries.isEmpty, method.isCacheable else { return nil }
    drop { $0.expires <= now }
    return entries.first { $0.method == method && $0.params == params }?.result
  }

  /// Keeps a result as long as it says it is fresh: from when it was asked for, since it may have taken a while.
  mutating func keep(_ result: JSONObject, of method: Method, _ params: JSONObject, askedAt asked: Instant) {
    guard limit > 0, method.isCacheable, let lifetime = result["ttlMs"]?.int, lifetime > 0,
      ["public", "private"].contains(result["cacheScope"]?.string)
    else { return }
    let size = JSON.object(result).text.utf8.count
    drop { $0.method == method && $0.params == params }
    guard size <= bytes else { return }
    while let oldest = entries.first, entries.count >= limit || self.size + size > bytes {
      self.size -= oldest.size
      entries.removeFirst()
    }
    let day = 86_400_000  // more would overflow, and is as good as for ever
    let expires = asked.advanced(by: .milliseconds(min(lifetime, day)))
    entries.append(Entry(method: method, params: params, result: result, expires: expires, size: size))
    self.size += size
  }

  /// Drops what a notification makes stale.
  mutating func invalidate(_ notification: Message.Notification) {
    switch notification.method {
    case .toolsListChanged: drop { $0.method == .toolsList }
    case .promptsListChanged: drop { $0.method == .promptsList }
    case .resourcesListChanged: drop { $0.method == .resourcesList || $0.method == .resourceTemplatesList }
    case .resourcesUpdated:
      let uri = notification.params["uri"]?.string ?? ""
      // What changed may lie below what was read.
      drop { $0.method == .resourcesRead && uri.hasPrefix($0.params["uri"]?.string ?? "") }
    default: break
    }
  }

  /// Drops all results of a method: one of its cursors is no longer good.
  mutating func forget(_ method: Method) { drop { $0.method == method } }

  /// Drops everything: changes may have gone unheard.
  mutating func clear() { (entries, size) = ([], 0) }

  private mutating func drop(_ isStale: (Entry) -> Bool) {
    entries.removeAll { entry in
      guard isStale(entry) else { return false }
      size -= entry.size
      return true
    }
  }
}
