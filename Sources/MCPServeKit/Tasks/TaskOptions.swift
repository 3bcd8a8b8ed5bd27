// SPDX-License-Identifier: Apache-2.0

/// What can be chosen about tasks.
public struct TaskOptions: Sendable {
  /// How long a task is kept from its beginning when the client does not say; a handler still at work then is ended.
  /// Default 15 min.
  public var lifetime: Duration = .seconds(900)
  /// The longest a client may choose (2025-11-25). Default 1 h.
  public var longestLifetime: Duration = .seconds(3600)
  /// How often clients are told to ask after a task. Default 1 s.
  public var pollInterval: Duration = .seconds(1)
  /// Tasks that may be at work at the same time. Default 256.
  public var running = 256
  /// Questions one task may have open. Default 32.
  public var openQuestions = 32
  /// Where tasks are kept; nil keeps them in memory.
  public var store: (any TaskStore)?

  /// Makes options with the defaults.
  public init() {}
}

extension Duration {
  /// In whole milliseconds.
  var milliseconds: Int { Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000) }
}
