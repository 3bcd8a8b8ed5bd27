// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit

extension Presentation {
  /// A `ListToolsResult` with all pages merged.
  init(tools result: JSONObject) {
    let tools = result["tools"]?.array ?? []
    self.init(
      list: result, items: tools,
      table: Table(
        columns: [
          .init(heading: "NAME"), .init(heading: "ARGUMENTS"), .init(heading: "TITLE", isWide: true),
          .init(heading: "HINTS", isWide: true), .init(heading: "DESCRIPTION"),
        ],
        rows: tools.map { tool in
          [
            tool.word("name"), InputSchema(tool["inputSchema"]?.object ?? [:]).signature, tool.title,
            Self.hints(of: tool), tool.sentence,
          ]
        }), empty: "no tools")
  }

  /// A `ListResourcesResult`.
  init(resources result: JSONObject) {
    let resources = result["resources"]?.array ?? []
    self.init(
      list: result, items: resources,
      table: Table(
        columns: [
          .init(heading: "URI"), .init(heading: "NAME"), .init(heading: "TITLE", isWide: true), .init(heading: "TYPE"),
          .init(heading: "SIZE", isWide: true), .init(heading: "DESCRIPTION"),
        ],
        rows: resources.map {
          [$0.word("uri"), $0.word("name"), $0.title, $0.word("mimeType"), $0.word("size"), $0.sentence]
        }),
      empty: "no resources")
  }

  /// A `ListResourceTemplatesResult`.
  init(templates result: JSONObject) {
    let templates = result["resourceTemplates"]?.array ?? []
    self.init(
      list: result, items: templates,
      table: Table(
        columns: [
          .init(heading: "TEMPLATE"), .init(heading: "NAME"), .init(heading: "TITLE", isWide: true),
          .init(heading: "TYPE"), .init(heading: "DESCRIPTION"),
        ],
        rows: templates.map { [$0.word("uriTemplate"), $0.word("name"), $0.title, $0.word("mimeType"), $0.sentence] }),
      empty: "no resource templates")
  }

  /// A `ListPromptsResult`.
  init(prompts result: JSONObject) {
    let prompts = result["prompts"]?.array ?? []
    self.init(
      list: result, items: prompts,
      table: Table(
        columns: [
          .init(heading: "NAME"), .init(heading: "ARGUMENTS"), .init(heading: "TITLE", isWide: true),
          .init(heading: "DESCRIPTION"),
        ],
        rows: prompts.map { [$0.word("name"), PromptArguments($0).signature, $0.title, $0.sentence] }),
      empty: "no prompts")
  }

  /// What a tool says of itself: `read-only,idempotent`.
  static func hints(of tool: JSON) -> String {
    let names = [
      ("readOnlyHint", "read-only"), ("destructiveHint", "destructive"), ("idempotentHint", "idempotent"),
      ("openWorldHint", "open-world"),
    ]
    return names.filter { tool["annotations"]?[$0.0] == .bool(true) }.map(\.1).joined(separator: ",")
  }
}

/// The arguments a listed prompt declares.
struct PromptArguments {
  /// Name, meaning, and whether it must be given.
  let declared: [(name: String, description: String?, isRequired: Bool)]

  init(_ prompt: JSON) {
    declared = (prompt["arguments"]?.array ?? []).map {
      ($0.word("name"), $0["description"]?.string, $0["required"]?.bool ?? false)
    }
  }

  /// The same as a schema: every value is a string.
  var schema: JSONObject {
    let properties = declared.map { argument in
      var schema: JSONObject = ["type": "string"]
      schema["description"] = argument.description.map(JSON.string)
      return JSONObject.Member(name: argument.name, value: .object(schema))
    }
    return [
      "type": "object", "properties": .object(JSONObject(properties)),
      "required": .array(declared.filter(\.isRequired).map { .string($0.name) }),
    ]
  }

  var signature: String { InputSchema(schema).signature }
}

extension JSON {
  /// The member as one word of text; empty when it is not there.
  func word(_ name: String) -> String { self[name].map { $0.string ?? $0.text } ?? "" }
  /// What people are to read in place of the name; the name when there is nothing else.
  ///
  /// Spec: 2025-06-18 and later, schema `BaseMetadata`: `title` goes before `annotations.title`.
  var title: String { givenTitle ?? word("name") }
  private var givenTitle: String? { self["title"]?.string ?? self["annotations"]?["title"]?.string }
  /// The first line of the description, or the title.
  var sentence: String {
    let text = self["description"]?.string ?? givenTitle ?? ""
    return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
  }
}
