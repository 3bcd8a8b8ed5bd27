// SPDX-License-Identifier: Apache-2.0

/// Bounds on what one JSON text may cost. Everything a peer can grow stops here.
public struct JSONLimits: Sendable, Hashable {
  /// The deepest nesting of arrays and objects. Default 128; more than 192 counts as 192, to spare the stack.
  public var depth: Int
  /// The longest text in bytes. Default 64 MiB; transports set their own, lower limit.
  public var bytes: Int
  /// The most values (members and elements included) in one text. Default 1 000 000.
  public var values: Int

  /// Member names that are worth sharing: long, and in nearly every text. Default: none.
  package var sharedNames: [String] = []
  /// Short strings that are worth sharing. Default: none.
  package var sharedWords: SharedWords?

  /// Makes limits; each has a default.
  public init(depth: Int = 128, bytes: Int = 64 << 20, values: Int = 1_000_000) {
    self.depth = depth
    self.bytes = bytes
    self.values = values
  }

  /// The defaults.
  public static let `default` = JSONLimits()
}
