// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Testing

@testable import MCPServeKit

/// What may become of a task.
@Suite struct TaskRecordTests {
  private let ada = TaskOwner(principal: "ada", session: nil)

  private func record(_ id: String) -> TaskRecord {
    TaskRecord(id: id, owner: ada, revision: .latest, created: 0, lifetime: 1000, pollInterval: 10)
  }

  @Test func whatIsOverStaysAsItIs() {
    var task = record("a")
    let isCancelled = task.cancel("enough", at: 1)
    let cancelled = task
    let changes = [task.end(.result([:]), at: 2), task.cancel("again", at: 2), task.report("working", at: 2)]
    let keys = task.ask([Question(.elicit, needs: [])], limit: 9, at: 2)
    #expect(isCancelled && changes == [false, false, false] && keys == nil)
    #expect(task == cancelled && task.outcome == nil)
  }

  @Test func aTaskWaitsWhileAnyQuestionIsOpen() {
    var task = record("a")
    let questions = [Question(.elicit, needs: [], name: "name"), Question(.rootsList, needs: [])]
    let keys = task.ask(questions, limit: 2, at: 1) ?? []
    #expect(keys == ["name-1", "roots-2"] && task.status == .inputRequired)
    let tooMany = task.ask(questions, limit: 2, at: 1)
    #expect(tooMany == nil)
    let isAnswered = [task.answer(keys[0], .success("Ada"), at: 2), task.answer(keys[0], .success("Eve"), at: 2)]
    var taken = task.take(keys)
    #expect(isAnswered == [true, false] && taken == nil && task.status == .inputRequired)
    let isRefused = task.answer(keys[1], .failure(.invalidParams("no")), at: 3)
    taken = task.take(keys)
    #expect(isRefused && taken?.first == ["result": "Ada"] && task.status == .working)
    let next = task.ask(questions, limit: 2, at: 4)
    #expect(next == ["name-3", "roots-4"], "no key is used twice")
  }

  @Test(arguments: [(Revision.v20251125, TaskState.Status.failed), (.v20260728, .completed)])
  func aToolThatFailedIsAFailedTaskOnlyIn2025(revision: Revision, status: TaskState.Status) {
    var task = TaskRecord(id: "a", owner: ada, revision: revision, created: 0, lifetime: 1, pollInterval: 1)
    let isEnded = task.end(.result(ToolResult.error("no").json), at: 1)
    #expect(isEnded && task.status == status)
  }

  @Test func aTaskThatWasWrittenDownIsTheSameAgain() throws {
    var task = TaskRecord(
      id: "a", owner: TaskOwner(principal: "ada", session: "s"), revision: .v20251125, created: 7, lifetime: 1000,
      pollInterval: 10)
    _ = task.report("tëst", at: 8)
    let keys = task.ask(
      [Question(.elicit, ["message": "?"], needs: []), Question(.rootsList, needs: [])], limit: 9, at: 9)
    let isSent = task.mark(keys?.last ?? "", isSent: true)
    let isAnswered = task.answer(keys?.first ?? "", .success(["x": 2.50]), at: 10)
    #expect(isSent && isAnswered)
    task.version = 5
    #expect(TaskRecord(stored: try JSON(parsing: Array(task.stored.text.utf8))) == task)
    var failed = record("b")
    let isFailed = failed.end(.error(RPCError(.internalError, "no", data: ["why": [1, nil]])), at: 11)
    #expect(isFailed && TaskRecord(stored: failed.stored) == failed)
    var done = record("c")
    let isDone = done.end(.result(ToolResult.text("yes").json), at: 12)
    #expect(isDone && TaskRecord(stored: done.stored) == done)
    #expect(TaskRecord(stored: ["id": "a"]) == nil)
  }
}
