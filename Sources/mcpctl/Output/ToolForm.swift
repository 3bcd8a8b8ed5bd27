// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// How interfaces of models take tools.
enum ToolForm: String, ChoiceValue {
  /// A function, as chat completions of OpenAI and of what follows it have it.
  case openai
  /// A tool, as messages of Anthropic have it.
  case anthropic

  /// A tool of MCP in this form. Its schema is passed on as it is, but that OpenAI wants an object to have `properties`.
  func tool(_ tool: JSONObject) -> JSON {
    var schema = tool["inputSchema"] ?? ["type": "object"]
    if self == .openai, case .object(var object) = schema, object["type"] == "object", object["properties"] == nil {
      object["properties"] = [:]
      schema = .object(object)
    }
    var function: JSONObject = ["name": tool["name"] ?? ""]
    function["description"] = tool["description"] ?? tool["title"]
    switch self {
    case .openai:
      function["parameters"] = schema
      return ["type": "function", "function": .object(function)]
    case .anthropic:
      function["input_schema"] = schema
      return .object(function)
    }
  }

  /// Why no tool may have that name there; nil when one may.
  func objection(to name: String) -> String? {
    let most = self == .openai ? 64 : 128
    guard name.utf8.count <= most else { return "a name has at most \(most) characters" }
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    return isPlain && !name.isEmpty ? nil : "a name has letters, digits, _ and - alone"
  }
}

extension Presentation {
  /// Tools as an interface of a model takes them: a list in JSON, whatever else is asked for.
  init(tools listed: JSONObject, as form: ToolForm) {
    let tools = (listed["tools"]?.array ?? []).compactMap(\.object)
    let items = tools.map(form.tool)
    self.init(
      .array(items), text: JSON.array(items).pretty + "\n", items: items,
      names: tools.compactMap { $0["name"]?.string })
    markup = .json
  }
}
