// SPDX-License-Identifier: Apache-2.0
import JSONKit
public import MCPCore

/// What is special about a tool that may be called as a task.
final class TaskTerms: Sendable {
  let support: TaskSupport
  let prepare: ServerTool.Preparation?

  init(_ support: TaskSupport, _ prepare: ServerTool.Preparation?) {
    self.support = support
    self.prepare = prepare
  }
}

extension ServerTool {
  /// What is done before a call becomes a task: asks what has to be known first and returns the arguments the handler gets.
  public typealias Preparation = @Sendable (RequestContext, JSONObject) async throws -> JSONObject

  /// The tool as one whose calls may go on as tasks: the client is answered at once, and asks for the result later. In the
  /// handler, what `RequestContext.progress` says becomes the task's status message, and questions wait with the task.
  ///
  /// - Parameters:
  ///   - support: whether clients may choose, or have no choice.
  ///   - preparing: what is done before the call becomes a task, and also when it does not become one. In 2026-07-28 its
  ///     questions end rounds, as those of any handler.
  ///
  /// Spec: 2025-11-25, basic/utilities/tasks; the extension `io.modelcontextprotocol/tasks`.
  public func tasks(_ support: TaskSupport, preparing: Preparation? = nil) -> ServerTool {
    var tool = self
    tool.tool.taskSupport = support
    tool.terms = support == .forbidden ? nil : TaskTerms(support, preparing)
    if support != .forbidden { tool.callAtOnce = nil }
    return tool
  }

  /// A tool made from a listing that allows tasks is one.
  mutating func adoptTaskSupport() {
    guard terms == nil, tool.taskSupport != .forbidden else { return }
    self = tasks(tool.taskSupport)
  }
}

extension Reply {
  /// Revisions after 2025-11-25 do not list `execution`.
  func withoutExecution(in revision: Revision) -> Reply {
    guard revision.hasTasksExtension, case .complete(var result, let cache) = self,
      let tools = result["tools"]?.array, tools.contains(where: { $0["execution"] != nil })
    else { return self }
    result["tools"] = .array(
      tools.map { tool in
        var tool = tool.object ?? [:]
        tool["execution"] = nil
        return .object(tool)
      })
    return .complete(result, cache: cache)
  }
}

extension Server {
  /// Answers a call of a tool that may be a task.
  func callLong(
    _ row: Catalog<ServerTool>.Row, _ terms: TaskTerms, _ params: JSONObject, _ context: RequestContext
  ) async throws -> Reply {
    let (name, ownLimit) = (row.name, row.entry.timeLimit)
    let lifetime = try taskLifetime(name, terms.support, params, context)
    var arguments = try arguments(of: params)
    if let prepare = terms.prepare {
      do {
        arguments = try await runner.run("tool \(name)", limit: ownLimit, in: context) { [arguments] in
          try await prepare(context, arguments)
        }
      } catch {
        return try reply(error, of: name)
      }
    }
    guard let lifetime else { return try await perform(row, arguments, ownLimit, context) }
    // The preparation may have been cancelled with its request.
    guard context.isOpen else { throw CancellationError() }
    let limit = min(ownLimit ?? .milliseconds(lifetime), .milliseconds(lifetime))
    let final = arguments
    let info = try await tasks.begin(context, lifetime: lifetime, logger: context.logger) { context in
      do {
        switch try await self.perform(row, final, limit, context) {
        case .complete(let result, _): return .result(result)
        case .invalidArguments(let faults): return .result(ToolResult.error(faults.joined(separator: "; ")).json)
        case .inputRequired, .task:
          return .error(RPCError(.internalError, "tool \(name) wants another round, which a task cannot have"))
        }
      } catch let error as RPCError {
        return .error(error)
      } catch {
        return context.isCancelled ? nil : .error(RPCError(.internalError, "tool \(name) was cancelled by the server"))
      }
    }
    return .task(info)
  }

  /// How long the task of this call is to be kept, in milliseconds; nil when it is none.
  private func taskLifetime(
    _ name: String, _ support: TaskSupport, _ params: JSONObject, _ context: RequestContext
  ) throws(RPCError) -> Int? {
    let usual = options.tasks.lifetime.milliseconds
    if context.revision.hasTasksExtension {
      if support == .required { try requireTasks("tool \(name)", context) }
      return TasksExtension.isDeclared(in: context.clientCapabilities) ? usual : nil
    }
    guard context.revision.hasCoreTasks, let wish = params["task"] else {
      guard support != .required else {
        let remedy = context.revision.hasCoreTasks ? "add the parameter task" : "use revision 2025-11-25 or a newer one"
        throw RPCError(.methodNotFound, "tool \(name) can only be called as a task: \(remedy)")
      }
      return nil
    }
    guard let wish = wish.object else { throw .invalidParams("task must be an object") }
    switch wish["ttl"] {
    case nil, .null?: return usual
    case let ttl?:
      guard let ttl = ttl.int, ttl > 0 else {
        throw .invalidParams("task.ttl must be a positive number of milliseconds")
      }
      return min(ttl, max(options.tasks.longestLifetime.milliseconds, usual))
    }
  }

  /// Spec: 2025-11-25, server/tools, "Execution": a tool that cannot be called as a task is not.
  @inline(never)
  func refuseTask(_ name: String, _ context: RequestContext) throws(RPCError) {
    guard context.params["task"] != nil, features.current.offersTasks else { return }
    throw RPCError(.methodNotFound, "tool \(name) cannot be called as a task: leave the parameter task out")
  }
}
