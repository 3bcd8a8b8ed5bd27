// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

extension Server {
  func readResource(_ request: Request, _ context: RequestContext) async throws -> Reply {
    let features = try features(.resources, for: request.method)
    guard case .string(let uri)? = request.params["uri"] else { throw RPCError.invalidParams("uri must be a string") }
    guard let (resource, variables) = find(uri, features) else { throw RPCError.resourceNotFound(uri) }
    let contents =
      switch resource.placement {
      case .loop: try await resource.read(context, uri, variables)
      case .pool:
        try await runner.run("resource \(uri)", limit: nil, in: context) {
          try await resource.read(context, uri, variables)
        }
      }
    return .complete(["contents": .array(contents.map(\.json))])
  }

  private func find(_ uri: String, _ features: Features) -> (ServerResource, ServerResource.Variables)? {
    if let resource = features.resources[uri] { return (resource, [:]) }
    for row in features.templates.rows {
      if let variables = row.entry.template?.match(uri) { return (row.entry, variables) }
    }
    return nil
  }
}
