// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// What a server asks a client's user for: to fill in a form, or to open a URL.
///
/// Spec: 2025-11-25 and 2026-07-28, client/elicitation.
public enum Elicitation {
  /// What the user did about it.
  public enum Action: String, Sendable {
    /// The user agreed. At a URL that means the user went there, not that anything is finished.
    case accept
    /// The user refused.
    case decline
    /// The user did not want to decide.
    case cancel
  }

  /// A form: some fields to fill in (schema: `ElicitRequestFormParams`). Never for secrets: those belong behind a URL.
  public struct Form: Sendable, Hashable {
    /// Says what is asked for and why.
    public var message: String
    /// What to fill in.
    public var fields: [Field]

    /// Makes a form.
    public init(_ message: String, _ fields: Field...) {
      self.message = message
      self.fields = fields
    }

    /// Makes a form from a JSON Schema: a flat object of strings, numbers, booleans and choices.
    /// - Throws: `InvalidShape` naming the property that is something else.
    public init(_ message: String, schema: JSONObject) throws(InvalidShape) {
      self.message = message
      fields = []
      guard schema["type"]?.string == "object", let properties = schema["properties"]?.object else {
        throw InvalidShape("requestedSchema must be of the type object and have properties")
      }
      let required = try schema.elements("required").compactMap(\.string)
      for member in properties.members {
        fields.append(try Field(member.name, json: member.value, isRequired: required.contains(member.name)))
      }
    }

    /// Yes or no.
    public static func confirmation(_ message: String, as name: String = "confirm") -> Form {
      Form(message, Field(name, .boolean, isRequired: true))
    }
  }

  /// A page to open in a browser, which the client does not look into (schema: `ElicitRequestURLParams`).
  public struct Page: Sendable, Hashable {
    /// Where it is. No secrets, and nothing that lets in whoever has it.
    public var url: String
    /// Says why to go there.
    public var message: String
    /// Names the visit in 2025-11-25, so that its completion can be announced.
    public var id: String

    /// Makes a page. An id made up nobody can guess is right nearly always.
    public init(url: String, message: String, id: String = Elicitation.makeID()) {
      self.url = url
      self.message = message
      self.id = id
    }
  }

  /// What came of a form (schema: `ElicitResult`).
  public struct Answer: Sendable, Hashable {
    /// What the user did.
    public var action: Action
    /// What was filled in; empty unless the form was accepted.
    public var content: JSONObject

    /// Makes an answer.
    public init(_ action: Action, _ content: JSONObject = [:]) {
      self.action = action
      self.content = content
    }

    /// Whether the user agreed.
    public var isAccepted: Bool { action == .accept }

    /// The value filled in for a field.
    public subscript(name: String) -> JSON? { content[name] }

    /// Reads a result.
    public init(json: JSONObject) throws(InvalidShape) {
      guard let action = json["action"]?.string.flatMap(Action.init(rawValue:)) else {
        throw InvalidShape("action must be accept, decline or cancel")
      }
      self.init(action)
      guard action == .accept, let content = json["content"], !content.isNull else { return }
      self.content = try JSONObject(shape: content, of: "content")
    }

    /// The answer as a result.
    public var json: JSONObject {
      var object: JSONObject = ["action": .string(action.rawValue)]
      if action == .accept { object["content"] = .object(content) }
      return object
    }
  }

  /// 128 random bits, in hexadecimal.
  public static func makeID() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<2).map { _ in
      let digits = String(generator.next(), radix: 16)
      return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }.joined()
  }
}
