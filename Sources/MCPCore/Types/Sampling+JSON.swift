// SPDX-License-Identifier: Apache-2.0
public import JSONKit

extension Sampling.Request {
  /// Reads the parameters of `sampling/createMessage`.
  public init(json: JSONObject) throws(InvalidShape) {
    self.init([], maxTokens: try json.integer("maxTokens"))
    for message in try json.elements("messages") { messages.append(try Sampling.Message(json: message)) }
    systemPrompt = json["systemPrompt"]?.string
    if let preferences = json["modelPreferences"] { self.preferences = try Sampling.Preferences(json: preferences) }
    temperature = json["temperature"]?.double
    stopSequences = try json.elements("stopSequences").compactMap(\.string)
    includeContext = json["includeContext"]?.string.flatMap(Context.init(rawValue:))
    metadata = json["metadata"]?.object
    for tool in try json.elements("tools") { tools.append(try Tool(json: tool)) }
    toolChoice = json["toolChoice"]?["mode"]?.string.flatMap(ToolChoice.init(rawValue:))
  }

  /// The request as parameters.
  public var json: JSONObject {
    var object: JSONObject = [
      "messages": .array(messages.map(\.json)), "maxTokens": .number(JSONNumber(maxTokens)),
    ]
    object.set("systemPrompt", systemPrompt)
    object["modelPreferences"] = preferences?.json
    object["temperature"] = temperature.flatMap(JSONNumber.init).map(JSON.number)
    if !stopSequences.isEmpty { object["stopSequences"] = .array(stopSequences.map(JSON.string)) }
    object.set("includeContext", includeContext?.rawValue)
    object["metadata"] = metadata.map(JSON.object)
    if !tools.isEmpty { object["tools"] = .array(tools.map(\.json)) }
    object["toolChoice"] = toolChoice.map { ["mode": .string($0.rawValue)] }
    return object
  }
}

extension Sampling.Preferences {
  init(json: JSON) throws(InvalidShape) {
    let object = try JSONObject(shape: json, of: "modelPreferences")
    self.init(
      hints: try object.elements("hints").compactMap { $0["name"]?.string }, cost: object["costPriority"]?.double,
      speed: object["speedPriority"]?.double, intelligence: object["intelligencePriority"]?.double)
  }

  var json: JSON {
    var object = JSONObject()
    if !hints.isEmpty { object["hints"] = .array(hints.map { ["name": .string($0)] }) }
    object["costPriority"] = cost.flatMap(JSONNumber.init).map(JSON.number)
    object["speedPriority"] = speed.flatMap(JSONNumber.init).map(JSON.number)
    object["intelligencePriority"] = intelligence.flatMap(JSONNumber.init).map(JSON.number)
    return .object(object)
  }
}

extension Sampling.Message {
  /// Reads a message.
  public init(json: JSON) throws(InvalidShape) {
    let object = try JSONObject(shape: json, of: "message")
    guard let role = object["role"]?.string.flatMap(PromptMessage.Role.init(rawValue:)) else {
      throw InvalidShape("role must be user or assistant")
    }
    guard let content = object["content"] else { throw InvalidShape("content must be a block or an array of blocks") }
    self.init(role, [], meta: object["_meta"]?.object)
    for block in content.array ?? [content] { self.content.append(try Sampling.Content(json: block)) }
  }

  /// The message as JSON: one block by itself, more as an array.
  public var json: JSON { .object(object) }

  var object: JSONObject {
    var object: JSONObject = ["role": .string(role.rawValue)]
    object["content"] = content.count == 1 ? content[0].json : .array(content.map(\.json))
    object["_meta"] = meta.map(JSON.object)
    return object
  }
}

extension Sampling.Result {
  /// Reads a result.
  public init(json: JSONObject) throws(InvalidShape) {
    self.init(
      try Sampling.Message(json: .object(json)), model: try json.string("model"),
      stopReason: json["stopReason"]?.string)
  }

  /// The result as JSON.
  public var json: JSONObject {
    var object = message.object
    object.set("model", model)
    object.set("stopReason", stopReason)
    return object
  }
}
