// SPDX-License-Identifier: Apache-2.0
import JSONKit

/// Unknown members do no harm to older peers and stay; unknown kinds of content do, and are turned into text.
extension Dialect {
  func legacy(_ result: JSONObject, _ method: Method) -> JSONObject {
    switch method {
    case .toolsCall, .tasksResult: toolResult(result)
    case .toolsList: result.mapping("tools", tool)
    case .toolsGet: tool(.object(result)).object ?? result
    case .promptsGet: result.mapping("messages", message)
    default: result
    }
  }

  private func toolResult(_ result: JSONObject) -> JSONObject {
    var result = result
    if !allowsStructured(result["structuredContent"]) { result["structuredContent"] = nil }
    return revision.hasResourceLinks ? result : result.mapping("content", content)
  }

  private func tool(_ tool: JSON) -> JSON {
    guard case .object(var object) = tool else { return tool }
    if !allowsSchema(object["outputSchema"]) { object["outputSchema"] = nil }
    return .object(object)
  }

  private func message(_ message: JSON) -> JSON {
    guard !revision.hasResourceLinks, case .object(var object) = message, let block = object["content"] else {
      return message
    }
    object["content"] = content(block)
    return .object(object)
  }

  private func allowsStructured(_ value: JSON?) -> Bool {
    guard let value else { return true }
    return revision.hasStructuredContent && (revision.hasAnyStructuredContent || value.object != nil)
  }

  private func allowsSchema(_ schema: JSON?) -> Bool {
    guard let schema else { return true }
    return revision.hasStructuredContent && (revision.hasAnyStructuredContent || schema["type"]?.string == "object")
  }

  private func content(_ block: JSON) -> JSON {
    switch block["type"]?.string {
    case "audio" where !revision.hasAudio:
      text("[audio, \(block["mimeType"]?.string ?? "unknown type"): not available in revision \(revision)]")
    case "resource_link" where !revision.hasResourceLinks:
      text("\(block["name"]?.string ?? "resource"): \(block["uri"]?.string ?? "")")
    default: block
    }
  }

  private func text(_ text: String) -> JSON { ["type": "text", "text": .string(text)] }
}

extension JSONObject {
  /// The object with each element of the array called `name` changed.
  fileprivate func mapping(_ name: String, _ change: (JSON) -> JSON) -> JSONObject {
    guard case .array(let elements)? = self[name] else { return self }
    var object = self
    object[name] = .array(elements.map(change))
    return object
  }
}
