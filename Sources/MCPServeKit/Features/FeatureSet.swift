// SPDX-License-Identifier: Apache-2.0
import JSONKit
public import MCPCore
import Synchronization

/// The tools, resources and prompts of a server. May change at any time, from any thread; peers are told.
public final class FeatureSet: Sendable {
  private struct State {
    var features = Features()
    var listeners: [Int: @Sendable (Announcement) -> Void] = [:]
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
    try change { draft throws(FeatureError) in
      for feature in features { try draft.insert(feature) }
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
    try change { draft throws(FeatureError) in
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

extension FeatureSet: Announcer {
  /// Tells the peers that are subscribed to a resource, or to a folder it lies in, that it has changed.
  ///
  /// Returns at once. Changes of one resource that follow each other faster than peers can be told may be told as one.
  /// Spec: 2025-11-25, server/resources, "Subscriptions".
  public func resourceUpdated(_ uri: String) { announce(.resourceUpdated(uri)) }

  /// Calls `listener` with everything that is announced, on the thread that announces it, until `removeListener`.
  public func addListener(_ listener: @escaping @Sendable (Announcement) -> Void) -> Int {
    state.withLock { state in
      state.lastListener += 1
      state.listeners[state.lastListener] = listener
      return state.lastListener
    }
  }

  /// Forgets a listener.
  public func removeListener(_ id: Int) { state.withLock { $0.listeners[id] = nil } }

  func announce(_ announcement: Announcement) {
    for listener in state.withLock({ Array($0.listeners.values) }) { listener(announcement) }
  }

  /// Removes the tools called `names` and adds others, in one step; peers are told when the list is another then.
  /// - Returns: why some were not added, by their position.
  package func replace(tools names: Set<String>, with tools: [ServerTool]) -> [Int: FeatureError] {
    var refused: [Int: FeatureError] = [:]
    change { draft in
      let before = draft.tools.rows.map(\.listing)
      for name in names { _ = draft.tools.remove(name) }
      for (index, tool) in tools.enumerated() {
        do throws(FeatureError) { try draft.insert(.tool(tool)) } catch { refused[index] = error }
      }
      return draft.tools.rows.map(\.listing) == before ? [] : [.tools]
    }
    return refused
  }

  private func remove(_ kind: FeatureKind, _ body: (inout Features.Draft) -> Bool) -> Bool {
    var isRemoved = false
    change { draft in
      isRemoved = body(&draft)
      return isRemoved ? [kind] : []
    }
    return isRemoved
  }

  /// Swaps in what `body` makes of the draft and announces which lists changed.
  private func change<Failure: Error>(
    _ body: (inout Features.Draft) throws(Failure) -> Set<FeatureKind>
  ) throws(Failure) {
    let changed = try state.withLock { state throws(Failure) in
      var draft = state.features.draft
      let changed = try body(&draft)
      state.features = Features(draft)
      return changed
    }
    for kind in FeatureKind.allCases where changed.contains(kind) { announce(.listChanged(kind)) }
  }
}
