// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Observability

extension Server {
  func callTool(_ params: JSONObject, _ context: RequestContext) async throws -> Reply {
    let row = try row(calledIn: params)
    try row.entry.check(context, "tool \(row.name)")
    if let terms = row.entry.terms { return try await callLong(row, terms, params, context) }
    if context.revision.hasCoreTasks, params.count > 2 { try refuseTask(row.name, context) }
    return try await perform(row, try arguments(of: params), row.entry.timeLimit, context)
  }

  /// Has a tool's handler answer.
  @inline(__always)
  func perform(
    _ row: Catalog<ServerTool>.Row, _ arguments: JSONObject, _ limit: Duration?, _ context: RequestContext
  ) async throws -> Reply {
    guard let call = row.entry.call else {
      throw RPCError(.internalError, "tool \(row.name) has no handler yet: try again later")
    }
    do {
      let result =
        switch row.entry.placement {
        case .loop where row.entry.terms == nil: try await call(context, arguments)
        case .loop, .pool:
          try await runner.run("tool \(row.name)", limit: limit, in: context) {
            try await call(context, arguments)
          }
        }
      return try reply(result, of: row, since: context.began)
    } catch {
      return try reply(error, of: row, since: context.began)
    }
  }

  /// The same for a tool whose handler runs on the loop and does not wait; nil for others.
  func callToolAtOnce(_ params: JSONObject, _ context: RequestContext) throws -> Reply? {
    // The entry stays in its row: copying one costs more than reading its arguments.
    let row = try row(calledIn: params)
    guard let call = row.entry.callAtOnce, row.entry.placement == .loop else { return nil }
    if !row.entry.neededScopes.isEmpty { try row.entry.check(context, "tool \(row.name)") }
    if context.revision.hasCoreTasks, params.count > 2 { try refuseTask(row.name, context) }
    let arguments = try arguments(of: params)
    do {
      return try reply(try call(context, arguments), of: row, since: context.began)
    } catch {
      return try reply(error, of: row, since: context.began)
    }
  }

  private func row(calledIn params: JSONObject) throws(RPCError) -> Catalog<ServerTool>.Row {
    let features = try features(.tools, for: .toolsCall)
    guard case .string(let name)? = params["name"] else { throw .invalidParams("name must be a string") }
    guard let row = features.tools.row(name) else { throw unknownTool(name, features) }
    return row
  }

  private func reply(
    _ result: ToolResult, of row: Catalog<ServerTool>.Row, since start: Moment
  ) throws(RPCError) -> Reply {
    if let schema = row.entry.outputSchema { try check(result, of: row.name, against: schema) }
    row.entry.meter?.ended(with: result, since: start)
    return .complete(result.json)
  }

  private func reply(_ error: any Error, of row: Catalog<ServerTool>.Row, since start: Moment) throws -> Reply {
    row.entry.meter?.ended(with: error, since: start)
    return try reply(error, of: row.name)
  }

  /// What a handler throws is the tool's own failure, which the model may read; only `RPCError` is the protocol's.
  func reply(_ error: any Error, of name: String) throws -> Reply {
    switch error {
    case let error as InvalidArguments: return .invalidArguments(error.faults)
    case is RPCError, is CancellationError, is InputRequired: throw error
    default: return .complete(ToolResult.error("Error calling \(name): \(error)").json)
    }
  }

  func tool(_ request: Request, _ context: RequestContext) throws(RPCError) -> Reply {
    let features = try features(.tools, for: request.method)
    guard case .string(let name)? = request.params["name"] else { throw .invalidParams("name must be a string") }
    guard let tool = features.tools[name] else { throw unknownTool(name, features) }
    try tool.check(context, "tool \(name)")
    return .complete(tool.tool.json.object ?? [:])
  }

  func arguments(of params: JSONObject) throws(RPCError) -> JSONObject {
    switch params["arguments"] {
    case .object(let arguments)?: return arguments
    case nil, .null?: return [:]
    default: throw .invalidParams("arguments must be an object")
    }
  }

  /// Spec: 2025-06-18, server/tools, "Output Schema": what is announced must be kept.
  private func check(_ result: ToolResult, of name: String, against schema: Schema) throws(RPCError) {
    guard !result.isError else { return }
    let faults = result.structuredContent.map(schema.validate)?.map(\.message) ?? ["there is no structured content"]
    guard !faults.isEmpty else { return }
    throw RPCError(
      .internalError,
      "tool \(name) answered what its output schema does not allow: \(faults.joined(separator: "; "))")
  }

  private func unknownTool(_ name: String, _ features: Features) -> RPCError {
    guard let near = name.nearest(in: features.tools.names) else {
      return .invalidParams("unknown tool: \(name)")
    }
    return .invalidParams("unknown tool: \(name); did you mean \(near)?")
  }
}
