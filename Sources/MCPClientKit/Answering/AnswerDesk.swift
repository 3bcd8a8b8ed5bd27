// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Observability
import Synchronization

/// Where questions of a server end: looks whether they may be asked, has them answered in time, and looks whether the
/// answer may be sent.
final class AnswerDesk: Sendable {
  let server: String
  let responder: (any Responder)?
  let skills: Skills
  let timeout: Duration
  let logger: Logger
  private let unskilled = Mutex<Set<ServerQuestion.Kind>>([])

  init(server: String, _ options: ClientOptions) {
    self.server = server
    responder = options.responder
    skills = options.responder?.skills ?? []
    timeout = options.timeouts.answering
    logger = options.logger
  }

  /// What the server asked although nobody here has the skill.
  var refused: Set<ServerQuestion.Kind> { unskilled.withLock { $0 } }

  /// The result for a question, or the error that refuses it.
  func answer(_ method: Method, _ params: JSONObject, key: String? = nil) async throws(RPCError) -> JSONObject {
    guard let kind = ServerQuestion.Kind(method, params) else {
      throw method == .elicit ? .invalidParams("mode must be form or url") : .methodNotFound(method)
    }
    try admit(kind, method)
    let question = ServerQuestion(kind, params, from: server, key: key)
    try check(question)
    let answer = try await ask(question)
    do throws(InvalidShape) {
      return try checked(answer, to: question)
    } catch {
      logger.warning(
        "an answer does not fit its question", [("method", method.rawValue), ("fault", error.message)])
      throw RPCError(.internalError, "the client has no valid answer to \(method)")
    }
  }

  private func ask(_ question: ServerQuestion) async throws(RPCError) -> JSONObject {
    guard let responder else { throw .methodNotFound(question.method) }
    let outcome = await within(timeout) { () async -> Result<JSONObject, any Error> in
      do { return .success(try await responder.answer(question)) } catch { return .failure(error) }
    }
    // Nobody wants to know any more.
    if Task.isCancelled { throw RPCError(.internalError, "\(question.method) was given up") }
    switch outcome {
    case .success(let answer)?: return answer
    case .failure(let error as RPCError)?: throw error
    case .failure(let error)?:
      logger.warning(
        "a question was not answered", [("method", question.method.rawValue), ("reason", "\(error)")])
      throw RPCError(.internalError, "the client could not answer \(question.method)")
    case nil:
      logger.warning("a question was not answered in time", [("method", question.method.rawValue)])
      throw RPCError(.internalError, "nobody answered \(question.method) within \(timeout)")
    }
  }

  /// Refuses what was not declared.
  ///
  /// Spec: 2025-11-25, client/elicitation, "Error Handling", and client/roots, "Error Handling".
  private func admit(_ kind: ServerQuestion.Kind, _ method: Method) throws(RPCError) {
    if skills.covers(kind) { return }
    _ = unskilled.withLock { $0.insert(kind) }
    let hasOtherMode = method == .elicit && !skills.isDisjoint(with: [.forms, .urls])
    throw hasOtherMode
      ? .invalidParams("this client did not declare elicitation in \(kind.rawValue) mode") : .methodNotFound(method)
  }

  private func check(_ question: ServerQuestion) throws(RPCError) {
    switch question.kind {
    case .sampling:
      let usesTools = question.params.contains("tools") || question.params.contains("toolChoice")
      guard !usesTools || skills.contains(.samplingWithTools) else {
        throw .invalidParams("this client did not declare sampling with tools")
      }
      guard question.params["messages"]?.array != nil else { throw .invalidParams("messages must be an array") }
      try refuse { () throws(InvalidShape) in try Sampling.Request(json: question.params).check() }
    case .form: try refuse { () throws(InvalidShape) in _ = try question.form() }
    case .url: try refuse { () throws(InvalidShape) in _ = try question.params.string("url") }
    case .roots: break
    }
  }

  private func refuse(_ check: () throws(InvalidShape) -> Void) throws(RPCError) {
    do throws(InvalidShape) { try check() } catch { throw .invalidParams(error.message) }
  }

  /// The answer as it may be sent.
  private func checked(_ answer: JSONObject, to question: ServerQuestion) throws(InvalidShape) -> JSONObject {
    switch question.kind {
    case .sampling:
      _ = try Sampling.Result(json: answer)
      return answer
    case .roots:
      for root in try answer.elements("roots") {
        guard root["uri"]?.string?.hasPrefix("file://") == true else {
          throw InvalidShape("a root's uri must start with file://")
        }
      }
      return answer
    case .form, .url: return try elicited(answer, question)
    }
  }

  private func elicited(_ answer: JSONObject, _ question: ServerQuestion) throws(InvalidShape) -> JSONObject {
    switch try answer.string("action") {
    case "accept" where question.kind == .form:
      let form = try question.form()
      let given = answer["content"]?.object ?? [:]
      for name in given.names where !form.fields.contains(where: { $0.name == name }) {
        throw InvalidShape("the form has no field '\(name)'")
      }
      let content = form.completing(given)
      let faults = form.faults(in: content)
      guard faults.isEmpty else { throw InvalidShape(faults.joined(separator: "; ")) }
      var answer = answer
      answer["content"] = .object(content)
      return answer
    case "accept", "decline", "cancel":
      var answer = answer
      answer["content"] = nil
      return answer
    default: throw InvalidShape("action must be accept, decline or cancel")
    }
  }
}
