// SPDX-License-Identifier: Apache-2.0
public import JSONKit

extension Elicitation {
  /// One thing to fill in (schema: `PrimitiveSchemaDefinition`).
  public struct Field: Sendable, Hashable {
    /// What a text has to be.
    public enum Format: String, Sendable {
      /// A mail address.
      case email
      /// An absolute URI.
      case uri
      /// A day: `2026-07-28`.
      case date
      /// A moment: `2026-07-28T12:00:00Z`.
      case dateTime = "date-time"
    }

    /// One of several values.
    public struct Choice: Sendable, Hashable, ExpressibleByStringLiteral {
      /// The value.
      public var value: String
      /// What people see in its place (2025-11-25; before, where only one can be chosen).
      public var title: String?

      /// Makes a choice.
      public init(_ value: String, _ title: String? = nil) {
        self.value = value
        self.title = title
      }

      /// Makes a choice without a title.
      public init(stringLiteral value: String) { self.init(value) }
    }

    /// What can be filled in.
    public enum Kind: Sendable, Hashable {
      /// Text, of a number of characters.
      case text(format: Format? = nil, length: ClosedRange<Int>? = nil)
      /// Any number.
      case number(in: ClosedRange<Double>? = nil)
      /// A number without a fraction.
      case integer(in: ClosedRange<Int>? = nil)
      /// True or false.
      case boolean
      /// One value out of several. `named` spells titles the way of 2025-06-18, with `enumNames`.
      case one([Choice], named: Bool = false)
      /// Some values out of several (2025-11-25).
      case some([Choice], count: ClosedRange<Int>? = nil)

      /// Any text.
      public static let text = Kind.text()
      /// Any number.
      public static let number = Kind.number()
      /// Any integer.
      public static let integer = Kind.integer()
    }

    /// The name its value has in the answer.
    public var name: String
    /// What can be filled in.
    public var kind: Kind
    /// What people see in place of the name.
    public var title: String?
    /// What it means.
    public var description: String?
    /// Whether it has to be filled in.
    public var isRequired: Bool
    /// What stands there at first, and is meant where nothing was filled in.
    public var defaultValue: JSON?

    /// Makes a field.
    public init(
      _ name: String, _ kind: Kind = .text, _ description: String? = nil, title: String? = nil,
      isRequired: Bool = false, default: JSON? = nil
    ) {
      self.name = name
      self.kind = kind
      self.title = title
      self.description = description
      self.isRequired = isRequired
      defaultValue = `default`
    }
  }
}
