// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import MCPCore
import Synchronization

/// Listens in on a conversation, knows the revision and the method each message belongs to, and finds what the
/// specification's schema does not allow.
public final class WireWatch: Sendable {
  private struct State {
    var session: Revision?
    var last: Revision?
    var open: [JSON: (method: String, revision: Revision?)] = [:]
    var asked: [JSON: String] = [:]
  }

  private let state: Mutex<State>

  /// Watches a conversation; `revision` is what was negotiated before, if anything was.
  public init(_ revision: Revision? = nil) { state = Mutex(State(session: revision, last: revision)) }

  /// What `initialize` agreed on, as far as was heard.
  public var session: Revision? { state.withLock { $0.session } }

  /// Hears what the client says; returns what is wrong with it.
  @discardableResult public func client(_ message: JSON) -> [String] {
    if case .array(let batch) = message {
      // An array belongs to the session as a whole, whatever its elements claim.
      let last = state.withLock { $0.last }
      defer { state.withLock { $0.last = last } }
      return batch.flatMap(client)
    }
    return state.withLock { state in
      let named = message["params"]?["_meta"]?["io.modelcontextprotocol/protocolVersion"]?.string
      let method = message["method"]?.string
      var revision = named.map { Revision(rawValue: $0) ?? .latest } ?? state.session
      if method == "initialize" {
        let offered = message["params"]?["protocolVersion"]?.string.flatMap(Revision.init(rawValue:))
        revision = offered ?? state.session ?? .latestLegacy
      }
      if let id = message["id"], method == nil {
        guard let revision else { return [] }
        return WireSchemas.faults(in: message, answering: state.asked[id], from: .client, in: revision)
      }
      if let id = message["id"], let method { state.open[id] = (method, revision) }
      state.last = revision ?? state.last
      guard let revision else { return [] }
      return WireSchemas.faults(in: message, from: .client, in: revision)
    }
  }

  /// Hears what the server says; returns what is wrong with it.
  @discardableResult public func server(_ message: JSON) -> [String] {
    if case .array(let batch) = message { return batch.flatMap(server) }
    return state.withLock { state in
      guard let method = message["method"]?.string else {
        let request = message["id"].flatMap { state.open.removeValue(forKey: $0) }
        var revision = request?.revision ?? (request == nil ? state.last : nil) ?? state.session
        if let agreed = message["result"]?["protocolVersion"]?.string.flatMap(Revision.init(rawValue:)) {
          state.session = agreed
          revision = agreed
        }
        guard let revision else { return [] }
        return WireSchemas.faults(in: message, answering: request?.method, from: .server, in: revision)
      }
      if let id = message["id"] { state.asked[id] = method }
      let isModern = message["params"]?["_meta"]?["io.modelcontextprotocol/subscriptionId"] != nil
      guard let revision = isModern ? .latest : state.last ?? state.session else { return [] }
      return WireSchemas.faults(in: message, from: .server, in: revision)
    }
  }
}
