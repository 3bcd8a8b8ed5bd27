// SPDX-License-Identifier: Apache-2.0
public import JSONKit
public import MCPCore
import Synchronization

extension Client {
  /// Sends any request and returns its result as the server wrote it.
  ///
  /// A modern server may answer with questions; the responder answers those and the request is sent again, with a new
  /// id, up to `limits.rounds` times.
  ///
  /// - Parameters:
  ///   - method: any method, known or not.
  ///   - params: its parameters; what the revision demands in `_meta` is added.
  /// - Throws: `ClientError`. On a time-out or cancellation the server is told, and nothing is left running.
  public func request(
    _ method: Method, _ params: JSONObject = [:], options request: RequestOptions = RequestOptions()
  ) async throws(ClientError) -> JSONObject {
    var sent = params
    let asked = ContinuousClock.now
    if !request.ignoresCache,
      let fresh = connector.switchboard.cache.withLock({ $0.result(of: method, params, at: asked) })
    {
      return fresh
    }
    for round in 0...max(options.limits.rounds, 0) {
      let (result, era) = try await exchange(method, sent, request)
      guard era == .modern, try asksForInput(result, method) else {
        // Spec: 2026-07-28, basic/patterns/mrtr: what took several rounds is not kept.
        if era == .modern, round == 0 {
          connector.switchboard.cache.withLock { $0.keep(result, of: method, params, askedAt: asked) }
        }
        if options.checksOutput { try checkOutput(result, of: method, params) }
        return result
      }
      sent = try await answer(result, of: method, params)
    }
    throw ClientError(
      .unanswered, "\(serverName) asks more than \(options.limits.rounds) times before it answers \(method)")
  }

  /// Spec: 2026-07-28, basic/index, "Result types": an absent type is `complete`, an unknown one is invalid.
  private func asksForInput(_ result: JSONObject, _ method: Method) throws(ClientError) -> Bool {
    guard let type = result["resultType"], type != "complete" else { return false }
    if type == "input_required", method.mayRequireInput { return true }
    throw ClientError(
      .invalidResponse, "\(serverName) answered \(method) with a result of type \(type.text), which was not agreed on")
  }

  private func checkOutput(
    _ result: JSONObject, of method: Method, _ params: JSONObject
  ) throws(ClientError) {
    switch method {
    case .toolsList: state.withLock { $0.promises.learn(from: result) }
    case .toolsCall:
      guard let tool = params["name"]?.string,
        let fault = state.withLock({ $0.promises.fault(in: result, of: tool) })
      else { return }
      throw ClientError(
        .invalidResponse, "\(serverName) answered with output that is not what its tool \(tool) promises: \(fault)")
    default: break
    }
  }

  /// Has the questions in `result` answered, one after the other, and returns the parameters of the next round.
  private func answer(
    _ result: JSONObject, of method: Method, _ original: JSONObject
  ) async throws(ClientError) -> JSONObject {
    let asked: RequiredInput
    do throws(InvalidShape) {
      asked = try RequiredInput(result, limit: options.limits.questions)
    } catch {
      throw ClientError(.invalidResponse, "\(serverName) answered \(method) with a bad result: \(error.message)")
    }
    var answers = JSONObject()
    for question in asked.questions { answers[question.key] = .object(try await answer(question, of: method)) }
    if Task.isCancelled { throw ClientError(.cancelled, "\(method) was cancelled") }
    return asked.params(original, with: answers)
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

  /// The roots are others than they were: tells a legacy server. A modern one asks when it wants to know.
  ///
  /// Only for a responder with the skill `changingRoots`.
  public func rootsChanged() async throws(ClientError) {
    guard negotiated.era == .legacy, options.responder?.skills.contains(.changingRoots) == true else { return }
    try await notify(.rootsListChanged)
  }
}
