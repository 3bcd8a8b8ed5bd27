// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

/// Asks legacy clients: by a request of the server's own on the stream of the request that is being handled, whose
/// handler waits for the answer.
///
/// Spec: 2025-11-25, basic/transports, "Sending Messages to the Server": what is sent there belongs to that request.
struct SessionInquirer: Inquirer {
  let service: Service
  let peer: Peer

  var conversation: String? { peer.name }

  func ask(_ questions: [Question], in context: RequestContext) async throws -> [JSONObject] {
    if questions.count == 1 { return [try await ask(questions[0], context)] }
    return try await withThrowingTaskGroup(of: (Int, JSONObject).self) { group in
      for (index, question) in questions.enumerated() {
        group.addTask { (index, try await ask(question, context)) }
      }
      var answers = [JSONObject](repeating: [:], count: questions.count)
      for try await (index, answer) in group { answers[index] = answer }
      return answers
    }
  }

  private func ask(_ question: Question, _ context: RequestContext) async throws -> JSONObject {
    guard context.isOpen else { throw QuestionError(.unreachable, "the request that asks is over") }
    let limits = service.limits
    let open = OpenQuestion(question.method, in: context, asker: service.cluster?.node)
    guard peer.questions.add(open, limit: limits.openQuestions) else {
      throw QuestionError(.tooMany, "\(limits.openQuestions) questions wait for this client's answer, the limit")
    }
    defer { peer.questions.remove(open) }
    if let cluster = service.cluster, let session = peer.session {
      // So that an answer finds its way here wherever it is posted.
      try await cluster.expectAnswer(to: open.id, of: session, for: limits.questionTime)
    }
    guard await context.send(Request(id: open.id, method: question.method, params: question.params)) else {
      throw QuestionError(.unreachable, "there is no way to ask this client: it has to accept text/event-stream")
    }
    context.onCancel { open.end(.failure(CancellationError())) }
    let timer = Task {
      try await Task.sleep(for: limits.questionTime)
      open.end(.failure(QuestionError(.timeout, "no answer to \(question.method) within \(limits.questionTime)")))
    }
    defer { timer.cancel() }
    do {
      let answer = try await open.answer()
      await settle(open)
      return answer
    } catch let error as RPCError {
      await settle(open)
      throw QuestionError(.refused, "the client refused \(question.method): \(error.message)", cause: error)
    } catch {
      await settle(open)
      await open.withdraw(error is CancellationError ? "the request that needed the answer is over" : "\(error)")
      throw error
    }
  }

  private func settle(_ question: OpenQuestion) async {
    guard let cluster = service.cluster, let session = peer.session else { return }
    await cluster.settle(question.id, of: session)
  }
}

extension Conversation {
  /// Takes an answer to a question of ours.
  func receive(_ response: Response) {
    if !peer.questions.take(response) { service.logger.debug("response ignored: nothing of its id was asked") }
  }
}
