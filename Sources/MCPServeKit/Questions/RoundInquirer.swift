// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore

/// Asks modern clients: what has no answer yet ends the round, and the handler runs again in the next one, where the
/// request brings the answers along.
///
/// Spec: 2026-07-28, basic/patterns/mrtr.
struct RoundInquirer: Inquirer {
  let service: Service

  func ask(_ questions: [Question], in context: RequestContext) async throws -> [JSONObject] {
    guard context.method?.mayRequireInput == true else {
      throw QuestionError(
        .unreachable, "only tools/call, prompts/get and resources/read can ask in revision \(context.revision)")
    }
    if context.rounds == nil { context.rounds = try rounds(of: context) }
    var named: [(Question, name: String)] = []
    for question in questions { named.append((question, try name(of: question))) }
    guard let answers = context.answers(to: named) else { throw InputRequired(context.rounds?.requests ?? [:]) }
    return try zip(named, answers).map { question, answer in
      guard let object = answer.object else {
        throw RPCError.invalidParams("the input response \(question.name) must be an object")
      }
      return object
    }
  }

  private func rounds(of context: RequestContext) throws(RPCError) -> Rounds {
    let params = context.params
    var earlier = JSONObject()
    if let state = params["requestState"] { earlier = try service.seal.open(state, for: context) }
    var latest = JSONObject()
    if let responses = params["inputResponses"] {
      guard let object = responses.object else { throw .invalidParams("inputResponses must be an object") }
      latest = object
    }
    return Rounds(earlier: earlier, latest: latest, limit: service.limits.openQuestions)
  }

  /// The name its asker gave, else one made of what is asked: the same question has the same name in every round, in
  /// whatever order questions come, and no answer is ever taken for one to another question.
  private func name(of question: Question) throws(RPCError) -> String {
    if let name = question.name { return name }
    let kind = question.method.rawValue.split(separator: "/").first.map(String.init) ?? "question"
    do throws(IOError) {
      let digest = try digest(of: JSON.array([.string(question.method.rawValue), .object(question.params)]).bytes)
      return "\(kind)-\(Base64.url.text(Array(digest.prefix(12))))"
    } catch {
      throw RPCError(.internalError, "the server cannot name its questions: \(error)")
    }
  }
}

extension Service {
  /// Ends a round with what its handler asked, whatever the handler made of that.
  @inline(never)
  func inputRequired(by request: Request, in context: RequestContext) -> Result<JSONObject, RPCError> {
    guard let rounds = context.rounds else { return .failure(RPCError(.internalError, "internal error")) }
    guard !rounds.isOverfull else {
      return .failure(
        RPCError(
          .internalError, "\(request.method) asks more than \(limits.openQuestions) questions at once, the limit"))
    }
    do throws(RPCError) {
      let input = InputRequired(rounds.requests, state: try seal.seal(rounds.used, for: context))
      return Dialect(context.revision).outcome(.inputRequired(input), to: request.method, from: identity)
    } catch {
      return .failure(error)
    }
  }
}
