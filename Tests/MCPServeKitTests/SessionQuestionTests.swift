// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import TestSupport
import Testing

@testable import MCPServeKit

/// Questions to legacy clients over HTTP, where the call waits on one connection and the answer comes on another.
struct SessionQuestionTests {
  @Test(arguments: ["2025-03-26", "2025-06-18", "2025-11-25"])
  func aQuestionGoesOutOnTheStreamOfItsCall(_ version: String) async throws {
    try await withSite(try makeAskingFixture()) { site in
      let session = try await site.openSession(version)
      let caller = try await session.calls("sample", ["prompt": "Hi"])
      let question = try await caller.message()
      #expect(question["method"] == "sampling/createMessage")
      #expect(question["params"]?["maxTokens"] == 100)
      let status = try await session.post(["id": question["id"] ?? .null, "result": reply("Hello")]).status
      #expect(status == 202)
      #expect(try await caller.message()["result"]?["content"]?[0]?["text"] == "m: Hello")
    }
  }

  @Test func onlyTheSessionThatWasAskedMayAnswer() async throws {
    try await withSite(try makeAskingFixture()) { site in
      let (asked, other) = (try await site.openSession(), try await site.openSession())
      let caller = try await asked.calls("sample", ["prompt": "Hi"])
      let id = try await caller.message()["id"] ?? .null
      #expect(try await other.post(["id": id, "result": reply("forged")]).status == 202)
      #expect(
        try await site.peer().ask("POST", "/mcp", body: message(["id": id, "result": reply("forged")])).status == 400)
      #expect(try await asked.post(["id": id, "result": reply("true")]).status == 202)
      #expect(try await caller.message()["result"]?["content"]?[0]?["text"] == "m: true")
    }
  }

  @Test func questionsOfOneCallAreAskedAtTheSameTime() async throws {
    try await withSite(try makeAskingFixture()) { site in
      let session = try await site.openSession()
      let caller = try await session.calls("both")
      let questions = [try await caller.message(), try await caller.message()]
      #expect(Set(questions.compactMap { $0["id"]?.string }).count == 2)
      for question in questions {
        let isForm = question["method"] == "elicitation/create"
        let result: JSON =
          isForm ? ["action": "accept", "content": ["name": "Ada"]] : ["roots": [["uri": "file:///a"]]]
        _ = try await session.post(["id": question["id"] ?? .null, "result": result])
      }
      #expect(try await caller.message()["result"]?["content"]?[0]?["text"] == "Ada in 1")
    }
  }

  @Test func manySessionsAreAskedAtTheSameTime() async throws {
    try await withSite(try makeAskingFixture()) { site in
      try await withThrowingTaskGroup { group in
        for number in 0..<30 {
          group.addTask {
            let session = try await site.openSession()
            let caller = try await session.calls("sample", ["prompt": "Hi"])
            let id = try await caller.message()["id"] ?? .null
            _ = try await session.post(["id": id, "result": reply("reply \(number)")])
            let answer = try await caller.message()["result"]?["content"]?[0]?["text"]
            #expect(answer == .string("m: reply \(number)"))
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func aQuestionNobodyAnswersEnds() async throws {
    var limits = ServeLimits()
    limits.questionTime = .milliseconds(20)
    try await withSite(try makeAskingFixture(), limits: limits) { site in
      let caller = try await site.openSession().calls("stubborn")
      let id = try await caller.message()["id"]
      let withdrawal = try await caller.message()
      #expect(withdrawal["method"] == "notifications/cancelled" && withdrawal["params"]?["requestId"] == id)
      #expect(try await caller.message()["result"]?["content"]?[0]?["text"] == "without: timeout")
    }
  }

  @Test func onlySoManyQuestionsAreOpen() async throws {
    var limits = ServeLimits()
    limits.openQuestions = 1
    try await withSite(try makeAskingFixture(), limits: limits) { site in
      let session = try await site.openSession()
      let first = try await session.calls("stubborn")
      let id = try await first.message()["id"] ?? .null
      let second = try await session.post(call("stubborn", id: 8))
      #expect(second.json?["result"]?["content"]?[0]?["text"] == "without: too_many")
      _ = try await session.post(["id": id, "result": reply("at last")])
      #expect(try await first.message()["result"]?["content"]?[0]?["text"] == "at last")
      let third = try await session.calls("stubborn", id: 10)
      #expect(try await third.message()["method"] == "sampling/createMessage")
    }
  }

  @Test func aClientThatReadsNoEventsCannotBeAsked() async throws {
    try await withSite(try makeAskingFixture()) { site in
      let session = try await site.openSession()
      let answer = try await session.post(call("stubborn", id: 7), ["Accept": "application/json"])
      #expect(answer.json?["result"]?["content"]?[0]?["text"] == "without: unreachable")
    }
  }

  @Test func theEndOfASessionEndsItsQuestions() async throws {
    try await withSite(try makeAskingFixture()) { site in
      let session = try await site.openSession()
      let caller = try await session.calls("where")
      let id = try await caller.message()["id"]
      #expect(try await site.peer().ask("DELETE", "/mcp", session.headers).status == 204)
      let withdrawal = try await caller.message()
      #expect(withdrawal["method"] == "notifications/cancelled" && withdrawal["params"]?["requestId"] == id)
      #expect(try await caller.chunk().isEmpty)
    }
  }

  @Test func aTimeLimitDoesNotRunWhileTheUserIsAsked() async throws {
    var options = Server.Options()
    options.requestTimeLimit = .milliseconds(400)
    try await withSite(try makeAskingFixture(options)) { site in
      let session = try await site.openSession()
      let caller = try await session.calls("sample", ["prompt": "Hi"])
      let id = try await caller.message()["id"] ?? .null
      // A call that hangs as long as it may shows that the time of the other has passed too.
      let slow = try await session.calls("hang", id: 8)
      #expect(try await slow.message()["method"] == "notifications/message")
      #expect(try await slow.message()["error"]?["message"]?.string?.contains("timed out") == true)
      _ = try await session.post(["id": id, "result": reply("late")])
      #expect(try await caller.message()["result"]?["content"]?[0]?["text"] == "m: late")
    }
  }

  @Test func onTheOldTransportAQuestionGoesOutOnTheStream() async throws {
    try await withSite(try makeAskingFixture()) { site in
      let stream = try site.peer()
      try await stream.send("GET", "/sse", ["Accept": "text/event-stream"])
      _ = try await stream.head()
      let path = String(try await stream.chunk().split(separator: "\n")[1].dropFirst(6))
      let poster = try site.peer()
      for body in [opening("2024-11-05"), call("where", id: 2)] {
        #expect(try await poster.ask("POST", path, body: message(body)).status == 202)
        if body["id"] == 0 { #expect(try await stream.message()["id"] == 0) }
      }
      let question = try await stream.message()
      #expect(question["method"] == "roots/list")
      let answer: JSONObject = ["id": question["id"] ?? .null, "result": ["roots": [["uri": "file:///a"]]]]
      #expect(try await poster.ask("POST", path, body: message(answer)).status == 202)
      #expect(try await stream.message()["result"]?["content"]?[0]?["text"] == "file:///a")
    }
  }
}

private func reply(_ text: String) -> JSON {
  ["role": "assistant", "content": ["type": "text", "text": .string(text)], "model": "m"]
}

private func message(_ members: JSONObject) -> String {
  JSON.object(JSONObject([.init(name: "jsonrpc", value: "2.0")] + members.members)).text
}

private func call(_ tool: String, _ arguments: JSONObject = [:], id: Int) -> JSONObject {
  [
    "id": .number(JSONNumber(id)), "method": "tools/call",
    "params": ["name": .string(tool), "arguments": .object(arguments)],
  ]
}

private func opening(_ version: String) -> JSONObject {
  let capabilities: JSON = ["sampling": [:], "roots": [:], "elicitation": [:]]
  return [
    "id": 0, "method": "initialize", "params": ["protocolVersion": .string(version), "capabilities": capabilities],
  ]
}

/// A session whose client can be asked everything.
private struct AskedSession {
  let site: Site
  let headers: [String: String]

  func post(_ members: JSONObject, _ more: [String: String] = [:]) async throws -> HTTPPeer.Answer {
    try await site.peer().ask("POST", "/mcp", headers.merging(more) { $1 }, body: message(members))
  }

  /// Calls a tool whose answer is a stream, and returns that.
  func calls(_ tool: String, _ arguments: JSONObject = [:], id: Int = 7) async throws -> HTTPPeer {
    let peer = try site.peer()
    try await peer.send("POST", "/mcp", headers, body: message(call(tool, arguments, id: id)))
    let head = try await peer.head()
    #expect(head.headers["content-type"] == "text/event-stream")
    return peer
  }
}

extension Site {
  fileprivate func openSession(_ version: String = "2025-11-25") async throws -> AskedSession {
    let answer = try await peer().ask("POST", "/mcp", body: message(opening(version)))
    let session = AskedSession(site: self, headers: ["Mcp-Session-Id": answer.headers["mcp-session-id"] ?? ""])
    _ = try await session.post(["method": "notifications/initialized"])
    return session
  }
}
