// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// One block of a tool result or a prompt message (schema: `ContentBlock`).
public enum Content: Sendable, Hashable {
  /// Text.
  case text(String)
  /// An image: Base64 and its media type.
  case image(base64: String, mimeType: String)
  /// A sound: Base64 and its media type (2025-03-26).
  case audio(base64: String, mimeType: String)
  /// A pointer to a resource (2025-06-18).
  case resourceLink(Resource)
  /// A resource itself.
  case resource(ResourceContents)
  /// A block as it was written: a type this version does not know, or one with annotations.
  case other(JSONObject)

  /// Reads a block. Blocks with members beyond their type's own are kept whole as `other`.
  public init(json: JSON) throws(InvalidShape) {
    let object = try JSONObject(shape: json, of: "content")
    switch try object.string("type") {
    case "text" where object.count == 2: self = .text(try object.string("text"))
    case "image" where object.count == 3:
      self = .image(base64: try object.string("data"), mimeType: try object.string("mimeType"))
    case "audio" where object.count == 3:
      self = .audio(base64: try object.string("data"), mimeType: try object.string("mimeType"))
    case "resource" where object.count == 2:
      self = .resource(try ResourceContents(json: object["resource"] ?? .null))
    default: self = .other(object)
    }
  }

  /// The block as JSON.
  public var json: JSON {
    switch self {
    case .text(let text):
      .object(JSONObject([.init(name: "type", value: "text"), .init(name: "text", value: .string(text))]))
    case .image(let data, let type): ["type": "image", "data": .string(data), "mimeType": .string(type)]
    case .audio(let data, let type): ["type": "audio", "data": .string(data), "mimeType": .string(type)]
    case .resourceLink(let resource):
      .object(JSONObject([.init(name: "type", value: "resource_link")] + (resource.json.object?.members ?? [])))
    case .resource(let contents): ["type": "resource", "resource": contents.json]
    case .other(let object): .object(object)
    }
  }
}
