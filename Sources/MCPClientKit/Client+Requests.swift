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
      switch try kind(of: result, era, method, request) {
      case .complete:
        // Spec: 2026-07-28, basic/patterns/mrtr: what took several rounds is not kept.
        if era == .modern, round == 0 {
          connector.switchboard.cache.withLock { $0.keep(result, of: method, params, askedAt: asked) }
        }
        return try checked(result, of: method, params)
      case .inputRequired:
        let (input, answers) = try await answers(to: result, of: method)
        sent = input.params(params, with: answers)
      case .task where request.leavesTask: return result
      case .task(let id):
        return try checked(try await self.result(ofTask: id, options: request), of: method, params)
      }
    }
    throw ClientError(
      .unanswered, "\(serverName) asks more than \(options.limits.rounds) times before it answers \(method)")
  }

  private enum Kind {
    case complete, inputRequired
    case task(String)
  }

  /// Spec: 2026-07-28, basic/index, "Result types": an absent type is `complete`, an unknown one is invalid.
  private func kind(
    of result: JSONObject, _ era: Revision.Era, _ method: Method, _ request: RequestOptions
  ) throws(ClientError) -> Kind {
    let mayBeTask = request.asTask && method == .toolsCall
    if era == .legacy {
      guard mayBeTask, let task = result["task"]?.object else { return .complete }
      return .task(try taskState(task, method).id)
    }
    guard let type = result["resultType"], type != "complete" else { return .complete }
    if type == "input_required", method.mayRequireInput { return .inputRequired }
    if type == "task", mayBeTask { return .task(try taskState(result, method).id) }
    throw ClientError(
      .invalidResponse, "\(serverName) answered \(method) with a result of type \(type.text), which was not agreed on")
  }

  /// Learns from lists of tools what they promise, and holds their output against it.
  private func checked(
    _ result: JSONObject, of method: Method, _ params: JSONObject
  ) throws(ClientError) -> JSONObject {
    guard options.checksOutput else { return result }
    switch method {
    case .toolsList: state.withLock { $0.promises.learn(from: result) }
    case .toolsCall:
      guard let tool = params["name"]?.string,
        let fault = state.withLock({ $0.promises.fault(in: result, of: tool) })
      else { return result }
      throw ClientError(
        .invalidResponse, "\(serverName) answered with output that is not what its tool \(tool) promises: \(fault)")
    default: break
    }
    return result
  }
}
