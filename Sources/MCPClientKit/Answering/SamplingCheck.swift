// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// Whether a sampling question may be asked of this client.
///
/// Spec: 2025-11-25 and 2026-07-28, client/sampling, "Message Content Constraints".
struct SamplingCheck {
  let params: JSONObject
  let skills: Skills

  init(_ params: JSONObject, _ skills: Skills) {
    self.params = params
    self.skills = skills
  }

  func check() throws(RPCError) {
    guard let messages = params["messages"]?.array else { throw .invalidParams("messages must be an array") }
    guard params["maxTokens"]?.int != nil else { throw .invalidParams("maxTokens must be an integer") }
    if params.contains("tools") || params.contains("toolChoice") {
      guard skills.contains(.samplingWithTools) else {
        throw .invalidParams("this client did not declare sampling with tools")
      }
    }
    var open: Set<String> = []
    for message in messages {
      let role = message["role"]?.string
      guard role == "user" || role == "assistant", let content = message["content"] else {
        throw .invalidParams("each message needs content and the role user or assistant")
      }
      open = try follow(open, role, content.array ?? [content])
    }
    guard open.isEmpty else { throw .invalidParams("a tool use has no result") }
  }

  /// Every tool use of the assistant is answered by the next message, which holds nothing else.
  private func follow(_ open: Set<String>, _ role: String?, _ blocks: [JSON]) throws(RPCError) -> Set<String> {
    var results: Set<String> = []
    var uses: Set<String> = []
    for block in blocks {
      switch block["type"]?.string {
      case "tool_result": if let id = block["toolUseId"]?.string { results.insert(id) }
      case "tool_use": if let id = block["id"]?.string { uses.insert(id) }
      default: break
      }
    }
    let isOnlyResults = blocks.allSatisfy { $0["type"]?.string == "tool_result" }
    guard results == open, results.isEmpty || (role == "user" && isOnlyResults) else {
      throw .invalidParams("the results of tool uses must follow them, all in one message of the user's alone")
    }
    guard uses.isEmpty || role == "assistant" else { throw .invalidParams("only the assistant uses tools") }
    return uses
  }
}
