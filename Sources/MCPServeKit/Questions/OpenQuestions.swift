// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization

/// A question a legacy client was sent and has not answered.
final class OpenQuestion: Sendable {
  let id: RequestID
  let context: RequestContext
  private let method: Method
  private let outcome = Promise<Result<JSONObject, any Error>>()
  private let isWithdrawn = Atomic(false)
  private let isTold = Promise<Void>()

  /// - Parameter asker: what this server is called among others.
  init(_ method: Method, in context: RequestContext, asker: String? = nil) {
    id = .string("\(asker ?? "ask")-" + Elicitation.makeID())
    self.method = method
    self.context = context
  }

  /// Ends the wait; the first outcome counts.
  func end(_ outcome: Result<JSONObject, any Error>) { self.outcome.keep(outcome) }

  /// Waits for the outcome. Cancelling the task is one.
  func answer() async throws -> JSONObject { try await outcome.value(onCancel: .failure(CancellationError())).get() }

  /// Tells the client that no answer is needed any more; returns once it was told, whoever did it.
  func withdraw(_ reason: String) async {
    end(.failure(CancellationError()))
    guard !isWithdrawn.exchange(true, ordering: .acquiringAndReleasing) else { return await isTold.value() }
    await context.tell(Message.Notification(.cancelled, ["requestId": id.json, "reason": .string(reason)]))
    isTold.keep(())
  }
}

/// The questions a session's client was sent and has not answered. Only that session's answers count for them.
struct OpenQuestions: ~Copyable, Sendable {
  private let table = Mutex<[RequestID: OpenQuestion]>([:])
  /// Asked after every request, hence beside the lock.
  private let count = Atomic(0)

  /// Whether there are any.
  var areOpen: Bool { count.load(ordering: .relaxed) > 0 }

  /// Notes a question; false when there are too many.
  func add(_ question: OpenQuestion, limit: Int) -> Bool {
    table.withLock { table in
      guard table.count < limit else { return false }
      table[question.id] = question
      count.store(table.count, ordering: .relaxed)
      return true
    }
  }

  func remove(_ question: OpenQuestion) { _ = take(question.id) }

  /// Delivers an answer; false when nothing of that id was asked, or it is answered.
  func take(_ response: Response) -> Bool {
    guard let id = response.id, let question = take(id) else { return false }
    question.end(response.outcome.mapError { $0 })
    return true
  }

  /// Withdraws what a request asked and does not need any more.
  func withdraw(askedBy context: RequestContext) async {
    for question in table.withLock({ $0.values.filter { $0.context === context } }) {
      await question.withdraw("the request that needed the answer is over")
      remove(question)
    }
  }

  private func take(_ id: RequestID) -> OpenQuestion? {
    table.withLock { table in
      defer { count.store(table.count, ordering: .relaxed) }
      return table.removeValue(forKey: id)
    }
  }
}
