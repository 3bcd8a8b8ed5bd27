// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

extension Server {
  /// Spec: 2025-06-18, server/utilities/completion: at most 100 values, best first.
  private static let mostCompletions = 100

  func complete(_ request: Request, _ context: RequestContext) async throws -> Reply {
    let features = features.current
    guard features.offersCompletions else { throw RPCError.methodNotFound(request.method) }
    guard let argument = request.params["argument"]?.object, case .string(let name)? = argument["name"],
      case .string(let value)? = argument["value"]
    else { throw RPCError.invalidParams("argument must have a name and a value, both strings") }
    let others = try strings(request.params["context"]?["arguments"], "context.arguments")
    guard let completions = try provider(for: request.params["ref"], name, features, context) else {
      return completion([])
    }
    let query = Completions.Query(value: value, others: others)
    return completion(
      try await runner.run("completion of \(name)", limit: nil, in: context) { try await completions.suggest(query) })
  }

  private func completion(_ values: [String]) -> Reply {
    .complete([
      "completion": [
        "values": .array(values.prefix(Self.mostCompletions).map(JSON.string)),
        "total": .number(JSONNumber(values.count)), "hasMore": .bool(values.count > Self.mostCompletions),
      ]
    ])
  }

  private func provider(
    for ref: JSON?, _ argument: String, _ features: Features, _ context: RequestContext
  ) throws(RPCError) -> Completions? {
    switch ref?["type"]?.string {
    case "ref/prompt":
      guard let name = ref?["name"]?.string else { throw .invalidParams("ref.name must be a string") }
      guard let prompt = features.prompts[name] else { throw .invalidParams("unknown prompt: \(name)") }
      try prompt.check(context, "prompt \(name)")
      return prompt.completions[argument]
    case "ref/resource":
      guard let uri = ref?["uri"]?.string else { throw .invalidParams("ref.uri must be a string") }
      guard let template = features.templates[uri] else { throw .invalidParams("unknown resource template: \(uri)") }
      try template.check(context, "resource \(uri)")
      return template.completions[argument]
    default: throw .invalidParams("ref.type must be ref/prompt or ref/resource")
    }
  }
}
