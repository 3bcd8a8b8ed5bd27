// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// The names a server is called by and the web origins that may call it, which may change while it serves.
public final class HTTPAccess: Sendable {
  private let lists: Mutex<(hosts: [String], origins: [String])>
  /// How often they changed, so that what was decided by them can be decided anew.
  private let changes = Atomic<Int>(0)

  /// Makes one; see `HTTPOptions.allowedHosts` and `allowedOrigins`.
  public init(hosts: [String] = [], origins: [String] = []) { lists = Mutex((hosts, origins)) }

  /// Changes both. The next request is held against them, on connections that are open already as well.
  public func allow(hosts: [String], origins: [String]) {
    lists.withLock { $0 = (hosts, origins) }
    changes.add(1, ordering: .releasing)
  }

  var origins: [String] { lists.withLock { $0.origins } }

  var version: Int { changes.load(ordering: .acquiring) }

  /// The guards that stand for them.
  func guards(isLoopback: Bool) -> HTTPGuards {
    let (hosts, origins) = lists.withLock { $0 }
    return HTTPGuards(hosts: hosts, origins: origins, isLoopback: isLoopback)
  }
}
