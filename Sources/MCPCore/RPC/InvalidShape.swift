// SPDX-License-Identifier: Apache-2.0
package import JSONKit

/// JSON that is not what the specification says it is: the message names the member.
public struct InvalidShape: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, naming the member.
  public let message: String
  /// Makes an error.
  public init(_ message: String) { self.message = message }
  /// The message.
  public var description: String { message }
}

extension JSONObject {
  /// `json` as an object; `name` says what it should have been.
  package init(shape json: JSON, of name: String) throws(InvalidShape) {
    guard let object = json.object else { throw InvalidShape("\(name) must be an object") }
    self = object
  }

  /// The string called `name`.
  package func string(_ name: String) throws(InvalidShape) -> String {
    guard let value = self[name]?.string else { throw InvalidShape("\(name) must be a string") }
    return value
  }

  /// The integer called `name`.
  package func integer(_ name: String) throws(InvalidShape) -> Int {
    guard let value = self[name]?.int else { throw InvalidShape("\(name) must be an integer") }
    return value
  }

  /// The array called `name`; empty when it is absent.
  package func elements(_ name: String) throws(InvalidShape) -> [JSON] {
    guard let value = self[name] else { return [] }
    guard let elements = value.array else { throw InvalidShape("\(name) must be an array") }
    return elements
  }
}
