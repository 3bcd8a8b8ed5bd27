// SPDX-License-Identifier: Apache-2.0
import JSONKit
public import MCPCore
import Synchronization

/// The tools, resources and prompts of a server. May change at any time, from any thread; peers are told.
public final class FeatureSet: Sendable {
  private struct State {
    var features = Features()
    var lastOrdinal = 0
    var listeners: [Int: @Sendable (FeatureKind) -> Void] = [:]
    var lastListener = 0
  }

  private let state = Mutex(State())

  /// Makes a set.
  /// - Throws: `FeatureError` naming the feature whose name is taken or not allowed.
  public init(_ features: [Feature] = []) throws(FeatureError) { try register(features) }

  /// What there is now.
  var current: Features { state.withLock { $0.features } }
}

extension FeatureSet {
  /// Adds features, all or none.
  /// - Throws: `FeatureError` naming the feature whose name is taken or not allowed.
  public func register(_ features: [Feature]) throws(FeatureError) {
    try change { draft, lastOrdinal throws(FeatureError) in
      for feature in features {
        lastOrdinal += 1
        try draft.insert(feature, ordinal: lastOrdinal)
      }
      return Set(features.map(\.kind))
    }
  }

  /// Adds a tool.
  public func register(_ tool: ServerTool) throws(FeatureError) { try register([.tool(tool)]) }
  /// Adds a resource, or a family of resources.
  public func register(_ resource: ServerResource) throws(FeatureError) { try register([.resource(resource)]) }
  /// Adds a prompt.
  public func register(_ prompt: ServerPrompt) throws(FeatureError) { try register([.prompt(prompt)]) }
  /// Adds a tool from its listing and its handler.
  public func register(_ tool: Tool, handler: @escaping ServerTool.Handler) throws(FeatureError) {
    try register(ServerTool(tool, handler: handler))
  }

  /// Gives a tool its handler, in place of the one it may have.
  /// - Throws: `FeatureError` `.unknown` when there is no such tool.
  public func setHandler(of name: String, _ handler: @escaping ServerTool.Handler) throws(FeatureError) {
    try change { draft, _ throws(FeatureError) in
      guard var tool = draft.tools[name] else {
        throw FeatureError(.unknown, "there is no tool '\(name)' to set a handler for: register it first")
      }
      try tool.set(handler)
      draft.tools.replace(name, with: tool)
      return []
    }
  }

  /// Removes a tool; false when there is none of this name. Calls under way are not disturbed.
  @discardableResult
  public func unregister(tool name: String) -> Bool { remove(.tools) { $0.tools.remove(name) } }
  /// Removes a resource by its URI, or a family by its template; false when there is none.
  @discardableResult
  public func unregister(resource uri: String) -> Bool {
    remove(.resources) { $0.resources.remove(uri) || $0.templates.remove(uri) }
  }
  /// Removes a prompt; false when there is none of this name.
  @discardableResult
  public func unregister(prompt name: String) -> Bool { remove(.prompts) { $0.prompts.remove(name) } }

  /// The tools, in the order they were registered.
  public var tools: [Tool] { current.tools.rows.map(\.entry.tool) }
  /// The tool called `name`; nil when there is none.
  public func tool(_ name: String) -> Tool? { current.tools[name]?.tool }
}

extension FeatureSet {
  /// Calls `listener` after every change of a list, on the thread that made it, until `removeListener`.
  public func addListener(_ listener: @escaping @Sendable (FeatureKind) -> Void) -> Int {
    state.withLock { state in
      state.lastListener += 1
      state.listeners[state.lastListener] = listener
      return state.lastListener
    }
  }

  /// Forgets a listener.
  public func removeListener(_ id: Int) { state.withLock { $0.listeners[id] = nil } }

  private func remove(_ kind: FeatureKind, _ body: (inout Features.Draft) -> Bool) -> Bool {
    var isRemoved = false
    change { draft, _ in
      isRemoved = body(&draft)
      return isRemoved ? [kind] : []
    }
    return isRemoved
  }

  /// Swaps in what `body` makes of the draft and tells the listeners which lists changed.
  private func change<Failure: Error>(
    _ body: (inout Features.Draft, inout Int) throws(Failure) -> Set<FeatureKind>
  ) throws(Failure) {
    let (changed, listeners) = try state.withLock { state throws(Failure) in
      var draft = state.features.draft
      var lastOrdinal = state.lastOrdinal
      let changed = try body(&draft, &lastOrdinal)
      state.features = Features(draft)
      state.lastOrdinal = lastOrdinal
      return (changed, Array(state.listeners.values))
    }
    for kind in FeatureKind.allCases where changed.contains(kind) {
      for listener in listeners { listener(kind) }
    }
  }
}
