// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

extension Client {
  /// Has the questions in `result` answered, one after the other.
  func answers(
    to result: JSONObject, of method: Method
  ) async throws(ClientError) -> (asked: RequiredInput, answers: JSONObject) {
    let asked: RequiredInput
    do throws(InvalidShape) {
      asked = try RequiredInput(result, limit: options.limits.questions)
    } catch {
      throw ClientError(.invalidResponse, "\(serverName) answered \(method) with a bad result: \(error.message)")
    }
    var answers = JSONObject()
    for question in asked.questions { answers[question.key] = .object(try await answer(question, of: method)) }
    if Task.isCancelled { throw ClientError(.cancelled, "\(method) was cancelled") }
    return (asked, answers)
  }

  /// Spec: 2026-07-28, basic/patterns/mrtr: what cannot be answered is not sent again.
  private func answer(
    _ question: RequiredInput.Question, of method: Method
  ) async throws(ClientError) -> JSONObject {
    do throws(RPCError) {
      return try await connector.switchboard.desk.answer(question.method, question.params, key: question.key)
    } catch {
      if Task.isCancelled { throw ClientError(.cancelled, "\(method) was cancelled") }
      let reason = error.code == .methodNotFound ? "this client did not offer to answer that" : error.message
      throw ClientError(
        .unanswered, "\(serverName) asks for \(question.method) before it answers \(method): \(reason)",
        rpcError: error)
    }
  }

  /// What the server asked so far although the responder does not have the skill, so that it was refused.
  public var refusedQuestions: Set<ServerQuestion.Kind> { connector.switchboard.desk.refused }

  /// The roots are others than they were: tells a legacy server. A modern one asks when it wants to know.
  ///
  /// Only for a responder with the skill `changingRoots`.
  public func rootsChanged() async throws(ClientError) {
    guard negotiated.era == .legacy, options.responder?.skills.contains(.changingRoots) == true else { return }
    try await notify(.rootsListChanged)
  }
}
