// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

extension Server {
  func readResource(_ request: Request, _ context: RequestContext) async throws -> Reply {
    let features = try features(.resources, for: request.method)
    guard case .string(let uri)? = request.params["uri"] else { throw RPCError.invalidParams("uri must be a string") }
    guard let (resource, variables) = find(uri, features) else { throw RPCError.resourceNotFound(uri) }
    try resource.check(context, "resource \(uri)")
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

  /// Whether a resource may be subscribed to; whoever holds the subscription keeps it.
  ///
  /// Spec: 2025-11-25, server/resources, "Subscriptions". Gone in 2026-07-28.
  func subscribe(_ request: Request, _ context: RequestContext) throws(RPCError) -> Reply {
    let features = try features(.resources, for: request.method)
    guard context.revision.pushesChanges else { throw .methodNotFound(request.method) }
    guard case .string(let uri)? = request.params["uri"] else { throw .invalidParams("uri must be a string") }
    guard request.method == .resourcesUnsubscribe || isKnown(uri, features) else { throw .resourceNotFound(uri) }
    if request.method == .resourcesSubscribe {
      try find(uri, features)?.0.check(context, "resource \(uri)")
      guard isOpen(uri, features, to: context.principal) else { throw .resourceNotFound(uri) }
    }
    return .complete([:])
  }

  /// Whether a URI is one of a resource, or one that resources may be below.
  func isKnown(_ uri: String, _ features: Features) -> Bool {
    if find(uri, features) != nil { return true }
    let folder = uri.hasSuffix("/") ? uri : uri + "/"
    return features.resources.rows.contains { $0.name.hasPrefix(folder) }
  }

  /// Whether a URI is known, and its reader may be told of it.
  func isOpen(_ uri: String, _ features: Features, to principal: Principal?) -> Bool {
    if let (resource, _) = find(uri, features) { return resource.isOpen(to: principal) }
    // Whoever listens to a folder is told of all that is below it.
    let below = features.resources.rows.filter { $0.name.hasPrefix(uri.hasSuffix("/") ? uri : uri + "/") }
    return !below.isEmpty && below.allSatisfy { $0.entry.isOpen(to: principal) }
  }

  private func find(_ uri: String, _ features: Features) -> (ServerResource, ServerResource.Variables)? {
    if let resource = features.resources[uri] { return (resource, [:]) }
    for row in features.templates.rows {
      if let variables = row.entry.template?.match(uri) { return (row.entry, variables) }
    }
    return nil
  }
}
