// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// What ties a response to its request: a string or an integer, never null. `1` and `"1"` are different.
public enum RequestID: Sendable, Hashable, CustomStringConvertible {
  /// A string id.
  case string(String)
  /// An integer id.
  case number(Int)

  /// Reads an id; nil when `json` is neither a string nor an integer.
  public init?(json: JSON) {
    switch json {
    case .string(let value): self = .string(value)
    case .number(let value):
      guard let integer = value.int else { return nil }
      self = .number(integer)
    default: return nil
    }
  }

  /// The id as it is written in a message.
  public var json: JSON {
    switch self {
    case .string(let value): .string(value)
    case .number(let value): .number(JSONNumber(value))
    }
  }

  /// The id for people; strings are quoted so that `1` and `"1"` look different.
  public var description: String {
    switch self {
    case .string(let value): "\"\(value)\""
    case .number(let value): "\(value)"
    }
  }
}
