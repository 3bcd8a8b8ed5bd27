// SPDX-License-Identifier: Apache-2.0

/// What Redis answers.
package indirect enum RedisValue: Sendable, Hashable {
  case null
  case integer(Int)
  /// A short text of the server's own, such as `OK`.
  case status(String)
  case bytes([UInt8])
  case array([RedisValue])
  /// An error that took the place of a part of an answer.
  case error(String)
}

extension RedisValue {
  /// Nil when there is nothing.
  package var isNull: Bool { self == .null }

  /// Whether it is an error with that first word.
  func isError(_ code: String) -> Bool {
    if case .error(let text) = self { text.prefix { $0 != " " } == code } else { false }
  }

  /// The number, also one that was written out.
  package var int: Int? {
    switch self {
    case .integer(let number): number
    case .bytes, .status: string.flatMap { Int($0) }
    case .null, .array, .error: nil
    }
  }

  /// The bytes of a text or a status.
  package var bytes: [UInt8]? {
    switch self {
    case .bytes(let bytes): bytes
    case .status(let text): Array(text.utf8)
    case .null, .integer, .array, .error: nil
    }
  }

  /// The text; bytes that are no UTF-8 are repaired.
  package var string: String? {
    switch self {
    case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
    case .status(let text): text
    case .integer(let number): String(number)
    case .null, .array, .error: nil
    }
  }

  package var array: [RedisValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The texts of an array; nil when one of its elements is none.
  package var strings: [String]? {
    guard let array else { return nil }
    var strings: [String] = []
    for element in array {
      guard let string = element.string else { return nil }
      strings.append(string)
    }
    return strings
  }

  /// The fields of a hash, which come as names and values by turns; nil when they do not.
  package var fields: [String: [UInt8]]? {
    guard let array, array.count.isMultiple(of: 2) else { return nil }
    var fields: [String: [UInt8]] = [:]
    for index in stride(from: 0, to: array.count, by: 2) {
      guard let name = array[index].string, let value = array[index + 1].bytes else { return nil }
      fields[name] = value
    }
    return fields
  }
}
