// SPDX-License-Identifier: Apache-2.0

/// Why a text is not acceptable, and where: JSON, what is read from it, or a URI template.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The byte the fault was noticed at, from 0.
  public let offset: Int
  /// What is wrong, in one sentence.
  public let message: String

  /// Makes an error.
  public init(offset: Int, message: String) {
    self.offset = offset
    self.message = message
  }

  /// The message with its place.
  public var description: String { "byte \(offset): \(message)" }
}
