// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

extension Server {
  func callTool(_ params: JSONObject, _ context: RequestContext) async throws -> Reply {
    let features = try features(.tools, for: .toolsCall)
    guard case .string(let name)? = params["name"] else { throw RPCError.invalidParams("name must be a string") }
    guard let row = features.tools.row(name) else { throw unknownTool(name, features) }
    guard let call = row.entry.call else {
      throw RPCError(.internalError, "tool \(name) has no handler yet: try again later")
    }
    let arguments = try arguments(of: params)
    do {
      let result =
        switch row.entry.placement {
        case .loop: try await call(context, arguments)
        case .pool:
          try await runner.run("tool \(name)", limit: row.entry.timeLimit, in: context) {
            try await call(context, arguments)
          }
        }
      if let schema = row.entry.outputSchema { try check(result, of: name, against: schema) }
      return .complete(result.json)
    } catch let error as InvalidArguments {
      return .invalidArguments(error.faults)
    } catch let error as RPCError {
      throw error
    } catch let error as CancellationError {
      throw error
    } catch let error as InputRequired {
      throw error
    } catch {
      // What a handler throws is the tool's own failure, which the model may read; only `RPCError` is the protocol's.
      return .complete(ToolResult.error("Error calling \(name): \(error)").json)
    }
  }

  func tool(_ request: Request) throws(RPCError) -> Reply {
    let features = try features(.tools, for: request.method)
    guard case .string(let name)? = request.params["name"] else { throw .invalidParams("name must be a string") }
    guard let tool = features.tools[name] else { throw unknownTool(name, features) }
    return .complete(tool.tool.json.object ?? [:])
  }

  private func arguments(of params: JSONObject) throws(RPCError) -> JSONObject {
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
