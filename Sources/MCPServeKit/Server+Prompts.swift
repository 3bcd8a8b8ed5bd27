// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

extension Server {
  func renderPrompt(_ request: Request, _ context: RequestContext) async throws -> Reply {
    let features = try features(.prompts, for: request.method)
    guard case .string(let name)? = request.params["name"] else {
      throw RPCError.invalidParams("name must be a string")
    }
    guard let prompt = features.prompts[name] else {
      let near = name.nearest(in: features.prompts.names).map { "; did you mean \($0)?" } ?? ""
      throw RPCError.invalidParams("unknown prompt: \(name)\(near)")
    }
    try prompt.check(context, "prompt \(name)")
    let arguments = try strings(request.params["arguments"], "arguments")
    let missing = prompt.prompt.arguments.filter { $0.isRequired && arguments[$0.name] == nil }
    guard missing.isEmpty else {
      throw RPCError.invalidParams(missing.map { "\($0.name) is required" }.joined(separator: "; "))
    }
    let messages =
      switch prompt.placement {
      case .loop: try await prompt.render(context, arguments)
      case .pool:
        try await runner.run("prompt \(name)", limit: nil, in: context) { try await prompt.render(context, arguments) }
      }
    var result: JSONObject = ["messages": .array(messages.map(\.json))]
    result["description"] = prompt.prompt.description.map(JSON.string)
    return .complete(result)
  }

  /// An object of strings; empty when there is none.
  func strings(_ json: JSON?, _ name: String) throws(RPCError) -> [String: String] {
    switch json {
    case nil, .null?: return [:]
    case .object(let object)?:
      var strings: [String: String] = [:]
      for member in object.members {
        guard let value = member.value.string else { throw .invalidParams("\(member.name) must be a string") }
        strings[member.name] = value
      }
      return strings
    default: throw .invalidParams("\(name) must be an object")
    }
  }
}
