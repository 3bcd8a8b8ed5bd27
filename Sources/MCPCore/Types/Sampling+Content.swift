// SPDX-License-Identifier: Apache-2.0
public import JSONKit

extension Sampling {
  /// One block of a message (schema: `SamplingMessageContentBlock`).
  public enum Content: Sendable, Hashable {
    /// Text.
    case text(String)
    /// An image: Base64 and its media type.
    case image(base64: String, mimeType: String)
    /// A sound: Base64 and its media type (2025-03-26).
    case audio(base64: String, mimeType: String)
    /// A call the model wants made (2025-11-25).
    case toolUse(ToolUse)
    /// What such a call answered (2025-11-25).
    case toolOutput(ToolOutput)
    /// A block as it was written: a type this version does not know, or one with annotations.
    case other(JSONObject)
  }

  /// A call the model wants made (schema: `ToolUseContent`).
  public struct ToolUse: Sendable, Hashable {
    /// Ties the output to the call.
    public var id: String
    /// The tool.
    public var name: String
    /// Its arguments.
    public var input: JSONObject
    /// The block's `_meta`, which belongs to it when it is sent again.
    public var meta: JSONObject?

    /// Makes a call.
    public init(id: String, name: String, input: JSONObject, meta: JSONObject? = nil) {
      self.id = id
      self.name = name
      self.input = input
      self.meta = meta
    }

    /// What the call answered.
    public func output(_ result: ToolResult) -> Content { .toolOutput(ToolOutput(of: id, result)) }
  }

  /// What a call answered (schema: `ToolResultContent`).
  public struct ToolOutput: Sendable, Hashable {
    /// The call's id.
    public var id: String
    /// The answer.
    public var result: ToolResult

    /// Makes an output.
    public init(of id: String, _ result: ToolResult) {
      self.id = id
      self.result = result
    }
  }
}

extension Sampling.Content {
  /// Reads a block. Blocks of text, images and sounds with members beyond their type's own are kept whole as `other`.
  public init(json: JSON) throws(InvalidShape) {
    let object = try JSONObject(shape: json, of: "content")
    switch try object.string("type") {
    case "tool_use":
      self = .toolUse(
        Sampling.ToolUse(
          id: try object.string("id"), name: try object.string("name"),
          input: try JSONObject(shape: object["input"] ?? [:], of: "input"), meta: object["_meta"]?.object))
    case "tool_result":
      self = .toolOutput(Sampling.ToolOutput(of: try object.string("toolUseId"), try ToolResult(json: object)))
    default:
      self =
        switch try MCPCore.Content(json: json) {
        case .text(let text): .text(text)
        case .image(let data, let type): .image(base64: data, mimeType: type)
        case .audio(let data, let type): .audio(base64: data, mimeType: type)
        case .resourceLink, .resource, .other: .other(object)
        }
    }
  }

  /// The block as JSON.
  public var json: JSON {
    switch self {
    case .text(let text): MCPCore.Content.text(text).json
    case .image(let data, let type): MCPCore.Content.image(base64: data, mimeType: type).json
    case .audio(let data, let type): MCPCore.Content.audio(base64: data, mimeType: type).json
    case .toolUse(let use):
      .object(
        JSONObject(
          [
            .init(name: "type", value: "tool_use"), .init(name: "id", value: .string(use.id)),
            .init(name: "name", value: .string(use.name)), .init(name: "input", value: .object(use.input)),
          ] + (use.meta.map { [.init(name: "_meta", value: .object($0))] } ?? [])))
    case .toolOutput(let output):
      .object(
        JSONObject(
          [.init(name: "type", value: "tool_result"), .init(name: "toolUseId", value: .string(output.id))]
            + output.result.json.members))
    case .other(let object): .object(object)
    }
  }
}
