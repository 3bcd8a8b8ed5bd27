// SPDX-License-Identifier: Apache-2.0
public import JSONKit

/// What a tool answers (schema: `CallToolResult`).
public struct ToolResult: Sendable, Hashable {
  /// The answer in blocks, for models and people.
  public var content: [Content]
  /// The answer as a value, for programs (2025-06-18; before 2026-07-28 only objects).
  public var structuredContent: JSON?
  /// Whether the tool failed; the content then says why.
  public var isError: Bool
  /// The result's `_meta`.
  public var meta: JSONObject?

  /// Makes a result.
  public init(
    content: [Content], structuredContent: JSON? = nil, isError: Bool = false, meta: JSONObject? = nil
  ) {
    self.content = content
    self.structuredContent = structuredContent
    self.isError = isError
    self.meta = meta
  }

  /// Some text.
  public static func text(_ text: String) -> ToolResult { ToolResult(content: [.text(text)]) }
  /// A failure the model may read and react to.
  public static func error(_ message: String) -> ToolResult {
    ToolResult(content: [.text(message)], isError: true)
  }
  /// A value, and the same as text for clients that read only text.
  public static func structured(_ value: JSON, text: String? = nil) -> ToolResult {
    ToolResult(content: [.text(text ?? value.text)], structuredContent: value)
  }

  /// Reads a result.
  public init(json: JSONObject) throws(InvalidShape) {
    self.init(
      content: [], structuredContent: json["structuredContent"], isError: json["isError"]?.bool ?? false,
      meta: json["_meta"]?.object)
    for block in try json.elements("content") { content.append(try Content(json: block)) }
  }

  /// The result as JSON.
  public var json: JSONObject {
    var members: [JSONObject.Member] = []
    members.reserveCapacity(6)  // the members below and two that dialects add
    members.append(.init(name: "content", value: .array(content.map(\.json))))
    if let structuredContent { members.append(.init(name: "structuredContent", value: structuredContent)) }
    if isError { members.append(.init(name: "isError", value: true)) }
    if let meta { members.append(.init(name: "_meta", value: .object(meta))) }
    return JSONObject(members)
  }
}
