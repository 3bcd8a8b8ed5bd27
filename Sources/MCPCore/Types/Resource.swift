// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// A resource as it is listed (schema: `Resource`).
public struct Resource: Sendable, Hashable {
  /// Where it is; any scheme.
  public var uri: String
  /// Its name, for programs.
  public var name: String
  /// Its name, for people (2025-06-18).
  public var title: String?
  /// What it is.
  public var description: String?
  /// Its media type.
  public var mimeType: String?
  /// Its size in bytes, before any encoding.
  public var size: Int?
  /// Everything else that was listed with it: `annotations`, `icons`, `_meta`, unknown members.
  public var more: JSONObject

  /// Makes a resource.
  public init(
    uri: String, name: String, title: String? = nil, description: String? = nil, mimeType: String? = nil,
    size: Int? = nil, more: JSONObject = [:]
  ) {
    self.uri = uri
    self.name = name
    self.title = title
    self.description = description
    self.mimeType = mimeType
    self.size = size
    self.more = more
  }

  /// Reads a resource.
  public init(json: JSON) throws(InvalidShape) {
    let object = try JSONObject(shape: json, of: "resource")
    self.init(
      uri: try object.string("uri"), name: try object.string("name"), title: object["title"]?.string,
      description: object["description"]?.string, mimeType: object["mimeType"]?.string, size: object["size"]?.int,
      more: object.without("type", "uri", "name", "title", "description", "mimeType", "size"))
  }

  /// The resource as JSON.
  public var json: JSON {
    var object: JSONObject = ["uri": .string(uri), "name": .string(name)]
    object.set("title", title)
    object.set("description", description)
    object.set("mimeType", mimeType)
    object["size"] = size.map { .number(JSONNumber($0)) }
    object.members.append(contentsOf: more.members)
    return .object(object)
  }
}

/// A family of resources (schema: `ResourceTemplate`).
public struct ResourceTemplate: Sendable, Hashable {
  /// The RFC 6570 template of their URIs.
  public var uriTemplate: String
  /// Its name, for programs.
  public var name: String
  /// Its name, for people (2025-06-18).
  public var title: String?
  /// What the resources are.
  public var description: String?
  /// Their media type, when they share one.
  public var mimeType: String?
  /// Everything else that was listed with it: `annotations`, `icons`, `_meta`, unknown members.
  public var more: JSONObject

  /// Makes a template.
  public init(
    uriTemplate: String, name: String, title: String? = nil, description: String? = nil, mimeType: String? = nil,
    more: JSONObject = [:]
  ) {
    self.uriTemplate = uriTemplate
    self.name = name
    self.title = title
    self.description = description
    self.mimeType = mimeType
    self.more = more
  }

  /// Reads a template.
  public init(json: JSON) throws(InvalidShape) {
    let object = try JSONObject(shape: json, of: "resource template")
    self.init(
      uriTemplate: try object.string("uriTemplate"), name: try object.string("name"), title: object["title"]?.string,
      description: object["description"]?.string, mimeType: object["mimeType"]?.string,
      more: object.without("uriTemplate", "name", "title", "description", "mimeType"))
  }

  /// The template as JSON.
  public var json: JSON {
    var object: JSONObject = ["uriTemplate": .string(uriTemplate), "name": .string(name)]
    object.set("title", title)
    object.set("description", description)
    object.set("mimeType", mimeType)
    object.members.append(contentsOf: more.members)
    return .object(object)
  }
}

/// What a resource holds (schema: `TextResourceContents`, `BlobResourceContents`).
public struct ResourceContents: Sendable, Hashable {
  /// Text, or Base64.
  public enum Body: Sendable, Hashable {
    /// Text.
    case text(String)
    /// Bytes, in Base64.
    case blob(base64: String)
  }

  /// Where it is.
  public var uri: String
  /// Its media type.
  public var mimeType: String?
  /// What it holds.
  public var body: Body
  /// Everything else that came with it: `_meta`, unknown members.
  public var more: JSONObject

  /// Makes contents.
  public init(uri: String, mimeType: String? = nil, body: Body, more: JSONObject = [:]) {
    self.uri = uri
    self.mimeType = mimeType
    self.body = body
    self.more = more
  }

  /// Makes text contents.
  public init(uri: String, mimeType: String? = "text/plain", text: String) {
    self.init(uri: uri, mimeType: mimeType, body: .text(text))
  }

  /// Reads contents.
  public init(json: JSON) throws(InvalidShape) {
    let object = try JSONObject(shape: json, of: "resource contents")
    let body: Body =
      if let text = object["text"]?.string { .text(text) } else { .blob(base64: try object.string("blob")) }
    self.init(
      uri: try object.string("uri"), mimeType: object["mimeType"]?.string, body: body,
      more: object.without("uri", "mimeType", "text", "blob"))
  }

  /// The contents as JSON.
  public var json: JSON {
    var object: JSONObject = ["uri": .string(uri)]
    object.set("mimeType", mimeType)
    switch body {
    case .text(let text): object.set("text", text)
    case .blob(let base64): object.set("blob", base64)
    }
    object.members.append(contentsOf: more.members)
    return .object(object)
  }
}
