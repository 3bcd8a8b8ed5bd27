// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// A tool as it is listed (schema: `Tool`).
public struct Tool: Sendable, Hashable {
  /// The tool's name: 1 to 128 of `A-Z a-z 0-9 _ - .`, unique in its server.
  public var name: String
  /// The name for people (2025-06-18).
  public var title: String?
  /// What it does and when to use it.
  public var description: String?
  /// The JSON Schema of its arguments; an object at the root.
  public var inputSchema: JSONObject
  /// The JSON Schema of its structured output (2025-06-18).
  public var outputSchema: JSON?
  /// Hints about its behaviour (2025-03-26); untrusted by clients.
  public var annotations: Annotations?
  /// Everything else that was listed with it: `icons`, `_meta`, unknown members.
  public var more: JSONObject

  /// Hints about a tool's behaviour (schema: `ToolAnnotations`). What is nil has the specification's default.
  public struct Annotations: Sendable, Hashable {
    /// The name for people.
    public var title: String?
    /// It changes nothing. Default false.
    public var isReadOnly: Bool?
    /// It may destroy something. Default true.
    public var isDestructive: Bool?
    /// Calling it again changes nothing more. Default false.
    public var isIdempotent: Bool?
    /// It reaches things outside its server. Default true.
    public var isOpenWorld: Bool?

    /// Makes annotations.
    public init(
      title: String? = nil, isReadOnly: Bool? = nil, isDestructive: Bool? = nil, isIdempotent: Bool? = nil,
      isOpenWorld: Bool? = nil
    ) {
      self.title = title
      self.isReadOnly = isReadOnly
      self.isDestructive = isDestructive
      self.isIdempotent = isIdempotent
      self.isOpenWorld = isOpenWorld
    }
  }

  /// Makes a tool.
  public init(
    name: String, title: String? = nil, description: String? = nil, inputSchema: JSONObject,
    outputSchema: JSON? = nil, annotations: Annotations? = nil, more: JSONObject = [:]
  ) {
    self.name = name
    self.title = title
    self.description = description
    self.inputSchema = inputSchema
    self.outputSchema = outputSchema
    self.annotations = annotations
    self.more = more
  }
}

extension Tool {
  private static let known: Set<String> = [
    "name", "title", "description", "inputSchema", "outputSchema", "annotations",
  ]

  /// Reads a tool.
  public init(json: JSON) throws(InvalidShape) {
    let object = try JSONObject(shape: json, of: "tool")
    self.init(
      name: try object.string("name"), title: object["title"]?.string, description: object["description"]?.string,
      inputSchema: try JSONObject(shape: object["inputSchema"] ?? ["type": "object"], of: "inputSchema"),
      outputSchema: object["outputSchema"], annotations: object["annotations"]?.object.map(Annotations.init),
      more: JSONObject(object.members.filter { !Tool.known.contains($0.name) }))
  }

  /// The tool as JSON.
  public var json: JSON {
    var object: JSONObject = ["name": .string(name)]
    object.set("title", title)
    object.set("description", description)
    object["inputSchema"] = .object(inputSchema)
    object["outputSchema"] = outputSchema
    object["annotations"] = annotations?.json
    object.members.append(contentsOf: more.members)
    return .object(object)
  }
}

extension Tool.Annotations {
  init(_ object: JSONObject) {
    self.init(
      title: object["title"]?.string, isReadOnly: object["readOnlyHint"]?.bool,
      isDestructive: object["destructiveHint"]?.bool, isIdempotent: object["idempotentHint"]?.bool,
      isOpenWorld: object["openWorldHint"]?.bool)
  }

  var json: JSON {
    var object = JSONObject()
    object.set("title", title)
    object["readOnlyHint"] = isReadOnly.map(JSON.bool)
    object["destructiveHint"] = isDestructive.map(JSON.bool)
    object["idempotentHint"] = isIdempotent.map(JSON.bool)
    object["openWorldHint"] = isOpenWorld.map(JSON.bool)
    return .object(object)
  }
}
