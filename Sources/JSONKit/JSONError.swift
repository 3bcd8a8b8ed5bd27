// SPDX-License-Identifier: Apache-2.0

/// Why a text or value is not acceptable: JSON, what is read from or written to it, or a URI template.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The byte of the text the fault was noticed at, from 0; nil when there is no text.
  public let offset: Int?
  /// What is wrong, in one sentence.
  public let message: String

  /// Makes an error.
  public init(offset: Int? = nil, message: String) {
    self.offset = offset
    self.message = message
  }

  /// The message with its place.
  public var description: String { offset.map { "byte \($0): \(message)" } ?? message }
}
