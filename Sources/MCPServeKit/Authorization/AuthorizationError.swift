// SPDX-License-Identifier: Apache-2.0

/// Why rules of authorization cannot be followed.
public struct AuthorizationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Names the thing and the remedy.
  public let message: String
  /// Makes an error.
  public init(_ message: String) { self.message = message }
  /// The message.
  public var description: String { message }
}
