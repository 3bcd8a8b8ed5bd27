// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// A prompt as it is listed (schema: `Prompt`).
public struct Prompt: Sendable, Hashable {
  /// One argument (schema: `PromptArgument`); values are always strings.
  public struct Argument: Sendable, Hashable {
    /// The argument's name.
    public var name: String
    /// What it means.
    public var description: String?
    /// Whether the prompt needs it.
    public var isRequired: Bool
    /// Everything else that was listed with it: `title`, unknown members.
    public var more: JSONObject

    /// Makes an argument.
    public init(
      _ name: String, _ description: String? = nil, isRequired: Bool = false, more: JSONObject = [:]
    ) {
      self.name = name
      self.description = description
      self.isRequired = isRequired
      self.more = more
    }

    init(json: JSON) throws(InvalidShape) {
      let object = try JSONObject(shape: json, of: "prompt argument")
      self.init(
        try object.string("name"), object["description"]?.string, isRequired: object["required"]?.bool ?? false,
        more: object.without("name", "description", "required"))
    }

    var json: JSON {
      var object: JSONObject = ["name": .string(name)]
      object.set("description", description)
      object["required"] = .bool(isRequired)
      object.members.append(contentsOf: more.members)
      return .object(object)
    }
  }

  /// The prompt's name.
  public var name: String
  /// The name for people (2025-06-18).
  public var title: String?
  /// What it is for.
  public var description: String?
  /// What it takes.
  public var arguments: [Argument]
  /// Everything else that was listed with it: `icons`, `_meta`, unknown members.
  public var more: JSONObject

  /// Makes a prompt.
  public init(
    name: String, title: String? = nil, description: String? = nil, arguments: [Argument] = [], more: JSONObject = [:]
  ) {
    self.name = name
    self.title = title
    self.description = description
    self.arguments = arguments
    self.more = more
  }

  /// Reads a prompt.
  public init(json: JSON) throws(InvalidShape) {
    let object = try JSONObject(shape: json, of: "prompt")
    self.init(
      name: try object.string("name"), title: object["title"]?.string, description: object["description"]?.string,
      more: object.without("name", "title", "description", "arguments"))
    for argument in try object.elements("arguments") { arguments.append(try Argument(json: argument)) }
  }

  /// The prompt as JSON.
  public var json: JSON {
    var object: JSONObject = ["name": .string(name)]
    object.set("title", title)
    object.set("description", description)
    object["arguments"] = .array(arguments.map(\.json))
    object.members.append(contentsOf: more.members)
    return .object(object)
  }
}

/// One message of a rendered prompt (schema: `PromptMessage`).
public struct PromptMessage: Sendable, Hashable {
  /// Who speaks.
  public enum Role: String, Sendable {
    /// The person.
    case user
    /// The model.
    case assistant
  }

  /// Who speaks.
  public var role: Role
  /// What is said.
  public var content: Content

  /// Makes a message.
  public init(_ role: Role, _ content: Content) {
    self.role = role
    self.content = content
  }

  /// Reads a message.
  public init(json: JSON) throws(InvalidShape) {
    let object = try JSONObject(shape: json, of: "prompt message")
    guard let role = Role(rawValue: try object.string("role")) else {
      throw InvalidShape("role must be user or assistant")
    }
    self.init(role, try Content(json: object["content"] ?? .null))
  }

  /// The message as JSON.
  public var json: JSON { ["role": .string(role.rawValue), "content": content.json] }
}
