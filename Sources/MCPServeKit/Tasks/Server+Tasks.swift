// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore

/// What may be asked about tasks.
extension Server {
  /// Answers a request about tasks, in the eras that have it.
  func answerTask(_ request: Request, _ context: RequestContext) async throws -> Reply {
    guard features.current.offersTasks, request.method.isOfTasks(in: context.revision) else {
      throw RPCError.methodNotFound(request.method)
    }
    if context.revision.hasTasksExtension { try requireTasks(request.method.rawValue, context) }
    do {
      switch request.method {
      case .tasksList: return try await listTasks(request, context)
      case .tasksResult: return try await taskResult(try await task(request, context), context)
      case .tasksCancel: return try await cancelTask(try await task(request, context), context)
      case .tasksUpdate: return try await updateTask(try await task(request, context), request)
      default: return .complete(try await task(request, context).description(in: context.revision))
      }
    } catch {
      throw tasks.told(error)
    }
  }

  /// Spec: the extension, "Capability Negotiation".
  func requireTasks(_ what: String, _ context: RequestContext) throws(RPCError) {
    guard !TasksExtension.isDeclared(in: context.clientCapabilities) else { return }
    throw RPCError(
      .missingClientCapability, "\(what) needs a client that declares the extension \(TasksExtension.name)",
      data: ["requiredCapabilities": .object(TasksExtension.declaration)])
  }

  /// The task a request names. Those of others do not exist.
  private func task(_ request: Request, _ context: RequestContext) async throws -> TaskRecord {
    guard case .string(let id)? = request.params["taskId"] else {
      throw RPCError.invalidParams("taskId must be a string")
    }
    guard id.utf8.count <= 128, let record = try await tasks.store.task(id), record.owner == context.owner else {
      throw RPCError.invalidParams("there is no such task, or no longer")
    }
    return record
  }

  private func listTasks(_ request: Request, _ context: RequestContext) async throws -> Reply {
    let cursor: String?
    switch request.params["cursor"] {
    case nil, .null?: cursor = nil
    case .string(let text)?: cursor = text
    default: throw RPCError.invalidParams("cursor must be a string")
    }
    let (records, next) = try await tasks.store.tasks(of: context.owner, after: cursor, count: options.pageSize)
    var result: JSONObject = ["tasks": .array(records.map { .object($0.info.json(in: context.revision)) })]
    if let next { result["nextCursor"] = .string(next) }
    return .complete(result)
  }

  private func cancelTask(_ record: TaskRecord, _ context: RequestContext) async throws -> Reply {
    guard context.revision.hasCoreTasks else {
      try await tasks.cancel(record.id)
      return .complete([:])
    }
    guard !record.status.isFinal else { throw RPCError.invalidParams("the task is \(record.status.rawValue) already") }
    try await tasks.cancel(record.id)
    let after = try await tasks.store.task(record.id) ?? record
    return .complete(after.info.json(in: context.revision))
  }

  /// Spec: the extension, `tasks/update`: what is not asked, or not any more, is ignored.
  private func updateTask(_ record: TaskRecord, _ request: Request) async throws -> Reply {
    guard let responses = request.params["inputResponses"]?.object else {
      throw RPCError.invalidParams("inputResponses must be an object")
    }
    try await tasks.answer(record.id, responses.members.map { ($0.name, .success($0.value)) })
    return .complete([:])
  }
}

extension Server {
  /// What of a `subscriptions/listen` that names tasks can be told: those of the client's own are.
  ///
  /// Spec: the extension, "Subscribing to Task Notifications".
  func honourTasks(_ request: Request, _ context: RequestContext) async throws -> Reply {
    try requireTasks("listening to tasks", context)
    var request = request
    var asked = request.params["notifications"]?.object ?? [:]
    var known: [JSON] = []
    for id in asked["taskIds"]?.array ?? [] {
      guard let id = id.string, let record = try await tasks.store.task(id), record.owner == context.owner else {
        continue
      }
      known.append(.string(id))
    }
    asked["taskIds"] = nil
    request.params["notifications"] = .object(asked)
    guard case .complete(var honoured, let cache)? = try honour(request, context) else {
      throw RPCError.methodNotFound(request.method)
    }
    var filter = honoured["notifications"]?.object ?? [:]
    if !known.isEmpty { filter["taskIds"] = .array(known) }
    honoured["notifications"] = .object(filter)
    return .complete(honoured, cache: cache)
  }
}

// MARK: - tasks/result

extension Server {
  /// Waits until the task has ended, and meanwhile asks the client what the task wants to know.
  ///
  /// Spec: 2025-11-25, basic/utilities/tasks, "Result Retrieval" and "Input Required Status".
  private func taskResult(_ record: TaskRecord, _ context: RequestContext) async throws -> Reply {
    tasks.listen(context, to: record.id)
    defer { tasks.stopListening(context, to: record.id) }
    let outcome = Promise<Result<Reply, any Error>>()
    let waiting = Task { [tasks] in
      do { outcome.keep(.success(try await tasks.result(of: record, for: context))) } catch {
        outcome.keep(.failure(error))
      }
    }
    context.onCancel {
      waiting.cancel()
      outcome.keep(.failure(CancellationError()))
    }
    return try await outcome.value().get()
  }
}

extension TaskDesk {
  fileprivate func result(of record: TaskRecord, for context: RequestContext) async throws -> Reply {
    var record = record
    try await withThrowingDiscardingTaskGroup { group in
      while !record.status.isFinal {
        let id = record.id
        for question in record.questions where !question.isSent {
          group.addTask { await self.deliver(question, of: id, to: context) }
        }
        guard let next = try await store.task(id, after: record.version) else {
          throw RPCError.invalidParams("the task was forgotten before it ended")
        }
        record = next
      }
      group.cancelAll()
    }
    let related: JSON = ["taskId": .string(record.id)]
    switch record.outcome {
    case .result(var result)?:
      var meta = result["_meta"]?.object ?? [:]
      meta[MetaKey.relatedTask] = related
      result["_meta"] = .object(meta)
      return .complete(result)
    case .error(let error)?: throw error
    case nil: throw RPCError(.internalError, record.statusMessage ?? "the task was cancelled")
    }
  }

  /// Puts a question to the client on the stream of `context`, unless somebody does already.
  private func deliver(_ question: TaskRecord.Question, of id: String, to context: RequestContext) async {
    var params = question.params
    var meta = params["_meta"]?.object ?? [:]
    meta[MetaKey.relatedTask] = ["taskId": .string(id)]
    params["_meta"] = .object(meta)
    do {
      guard try await mark(question.key, of: id, isSent: true) else { return }
      let answer: Result<JSON, RPCError>
      do {
        answer = .success(.object(try await context.ask(Question(question.method, params, needs: []))))
      } catch let error as QuestionError {
        answer = .failure(error.cause ?? RPCError(.internalError, error.message))
      } catch {
        // Whoever asks for the result next is asked.
        _ = try await mark(question.key, of: id, isSent: false)
        return
      }
      try await self.answer(id, [(question.key, answer)])
    } catch {
      context.logger.error("a task's question cannot be kept", [("error", "\(error)")])
    }
  }
}

extension Method {
  fileprivate func isOfTasks(in revision: Revision) -> Bool {
    switch self {
    case .tasksGet, .tasksCancel: revision.hasCoreTasks || revision.hasTasksExtension
    case .tasksList, .tasksResult: revision.hasCoreTasks
    case .tasksUpdate: revision.hasTasksExtension
    default: false
    }
  }
}
