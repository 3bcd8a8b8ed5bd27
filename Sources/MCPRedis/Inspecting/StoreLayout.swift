// SPDX-License-Identifier: Apache-2.0
import MCPServeKit

/// The names of all keys that servers share, for whoever looks at them from outside.
package struct StoreLayout: Sendable {
  /// What all keys begin with.
  package let prefix: String
  private let sessions: SessionKeys
  private let cluster: ClusterKeys

  /// - Parameter isTagged: whether what belongs together carries a tag, as in a Redis Cluster.
  package init(prefix: String, isTagged: Bool) {
    self.prefix = prefix
    sessions = SessionKeys(prefix: prefix, isTagged: isTagged)
    cluster = ClusterKeys(sessions)
  }

  /// The record of a session.
  package func session(_ id: String) -> String { sessions.session(Session.ID(rawValue: id)) }
  /// What waits for the client of a session, in order.
  package func events(_ id: String) -> String { cluster.events(Session.ID(rawValue: id)) }
  /// Which streams of a session are open, and who sends them.
  package func streams(_ id: String) -> String { cluster.streams(Session.ID(rawValue: id)) }
  /// Who holds the stream of a session.
  package func listener(_ id: String) -> String { cluster.listener(Session.ID(rawValue: id)) }
  /// The ids of all sessions.
  package var index: String { sessions.index }
  /// What a node says of itself.
  package func instance(_ id: String) -> String { cluster.instance(id) }
  /// The ids of all nodes with when each was last heard of.
  package var instances: String { cluster.instances }
  /// What is sent to one node.
  package func inbox(ofNode id: String) -> String { cluster.inbox(id) }
  /// Where cues to all nodes are published.
  package var bus: String { cluster.bus }
  /// What holds for all nodes.
  package var meta: String { cluster.meta }

  /// For SCAN: all keys, those of sessions, the requests in flight of one.
  package var everything: String { "\(prefix.escaped):*" }
  package var everySession: String { sessions.pattern }
  package func requests(ofSession id: String) -> String { "\(prefix.escaped):req:\(sessions.tag(id).escaped):*" }
}

extension StoreLayout {
  /// What a key is for, by its name.
  package enum Kind: Sendable, Hashable {
    case session(String)
    case events(String)
    case streams(String)
    case listener(String)
    case request(session: String)
    case pending(session: String)
    case instance(String)
    case inbox(String)
    case task(String)
    case instances, index, ownerIndex, taskIndex, meta, other
    /// A name that is none of ours.
    case unknown

    /// What Redis calls what has to be there; nil where it may be anything.
    package var type: String? {
      switch self {
      case .session, .streams, .request, .instance, .task, .meta: "hash"
      case .events, .inbox: "stream"
      case .listener, .pending: "string"
      case .instances, .index, .ownerIndex: "zset"
      case .taskIndex, .other, .unknown: nil
      }
    }

    /// Whether it has to go by itself.
    package var isMortal: Bool {
      switch self {
      case .session, .events, .streams, .listener, .request, .pending, .instance, .inbox, .task, .ownerIndex,
        .taskIndex:
        true
      case .instances, .index, .meta, .other, .unknown: false
      }
    }
  }

  /// What a key is for.
  package func kind(of key: String) -> Kind {
    guard key.hasPrefix("\(prefix):") else { return .unknown }
    if key == index { return .index }
    if key == instances { return .instances }
    if key == meta { return .meta }
    if key == TaskKeys(prefix: prefix, isTagged: true).ends { return .taskIndex }
    let parts = key.dropFirst(prefix.count + 1).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return .unknown }
    let rest = String(parts[1])
    switch parts[0] {
    case "sessions": return .session(bare(rest))
    case "events": return .events(bare(rest))
    case "streams": return .streams(bare(rest))
    case "listener": return .listener(bare(rest))
    case "req": return .request(session: bare(String(rest.prefix { $0 != ":" })))
    case "pending": return .pending(session: bare(String(rest.prefix { $0 != ":" })))
    case "instance": return .instance(rest)
    case "node" where rest.hasSuffix(":in"): return .inbox(String(rest.dropLast(3)))
    case "tasks": return .task(rest)
    case "{tasks}": return .taskIndex
    case "index" where rest == "tasks" || rest.hasPrefix("tasks:"): return .taskIndex
    case "index", "{index}": return rest.hasPrefix("owner:") ? .ownerIndex : .unknown
    case "cache", "rl", "lock": return .other
    default: return .unknown
    }
  }

  private func bare(_ id: String) -> String {
    sessions.isTagged && id.hasPrefix("{") && id.hasSuffix("}") ? String(id.dropFirst().dropLast()) : id
  }
}
