// SPDX-License-Identifier: Apache-2.0

/// The keys `requestState` is sealed with (2026-07-28).
///
/// The first seals, all open. Servers that answer for each other share their keys; to change one, give the new key to all
/// as the last, then make it the first, and drop the old one when what it sealed has expired. One key is good for 2³²
/// seals.
public struct StateKeys: Sendable, CustomStringConvertible {
  /// 256 secret bits.
  public struct Key: Sendable, CustomStringConvertible {
    let bytes: [UInt8]

    /// Takes a key of 32 bytes; nil for any other number of them.
    public init?(_ bytes: [UInt8]) {
      guard bytes.count == 32 else { return nil }
      self.bytes = bytes
    }

    /// Makes a key nobody can guess.
    public static func random() -> Key {
      var generator = SystemRandomNumberGenerator()
      return Key(random: (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    private init(random bytes: [UInt8]) { self.bytes = bytes }

    /// Says nothing of the bits.
    public var description: String { "a secret key" }
  }

  let keys: [Key]

  /// Makes a ring of keys. Without any, what one server seals no other opens, nor the same after a restart.
  public init(_ first: Key = .random(), _ others: Key...) { keys = [first] + others }

  /// Makes a ring of keys; nil for none.
  public init?(_ keys: [Key]) {
    guard !keys.isEmpty else { return nil }
    self.keys = keys
  }

  /// Says nothing of the keys.
  public var description: String { "\(keys.count) secret keys" }
}
