// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import Synchronization
import TestSupport
import Testing

@testable import MCPServeKit

/// Streams that outlive their connections, in the revisions 2025-03-26 to 2025-11-25.
struct ResumptionTests {
  private static let resumable = ["2025-03-26", "2025-06-18", "2025-11-25"]

  /// A tool that says three things and answers, the first at once and each of the rest when told to.
  private final class Talk: Sendable {
    let server: Server
    let goOn: [Happening]
    let said: [Happening]
    let wasCancelled = Happening()

    init() throws {
      let goOn = (0..<4).map { _ in Happening() }
      let said = (0..<4).map { _ in Happening() }
      (self.goOn, self.said) = (goOn, said)
      server = try Server(name: "talk", version: "1") {
        ServerTool("talk", "Talks.", Parameter<String>("word", "What.", default: "talk")) { context, word in
          for number in 0..<3 {
            await context.log(.info, .string("\(word) \(number)"))
            said[number].happen()
            await goOn[number].wait()
          }
          return .text("\(word) end")
        }
        ServerTool("quick", "Says one thing.") { context in
          await context.log(.info, "quick")
          return .text("quick end")
        }
        ServerTool("part", "Ends the connection.") { context in
          let isClosed = await context.closeStream(retryAfter: .milliseconds(100))
          await context.log(.info, .string("closed: \(isClosed)"))
          await goOn[0].wait()
          return .text("part end")
        }
        ServerTool("plain", "Says nothing.") { _ in .text("plain") }
      }
    }
  }

  private func call(_ name: String, id: Int = 7) -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"\#(name)"}}"#
  }

  private func open(_ site: Site, _ version: String) async throws -> [String: String] {
    ["Mcp-Session-Id": try await site.initialize(version, try site.peer())]
  }

  /// Begins a call whose answer is a stream.
  private func begin(_ name: String, _ site: Site, _ session: [String: String]) async throws -> HTTPPeer {
    let peer = try site.peer()
    try await peer.send("POST", "/mcp", session, body: call(name))
    #expect(try await peer.head().headers["content-type"] == "text/event-stream")
    return peer
  }

  private func get(_ site: Site, _ session: [String: String], after id: String?) async throws -> HTTPPeer {
    let peer = try site.peer()
    var headers = session
    headers["Last-Event-ID"] = id
    try await peer.send("GET", "/mcp", headers)
    #expect(try await peer.head().status == 200)
    return peer
  }

  private func word(_ event: ServerSentEvent) throws -> String? {
    let message = try JSON(parsing: event.data)
    return (message["params"]?["data"] ?? message["result"]?["content"]?[0]?["text"])?.string
  }

  @Test(arguments: resumable)
  func aBrokenReplyIsTakenUpWhereItBroke(_ version: String) async throws {
    let talk = try Talk()
    try await withSite(talk.server) { site in
      let session = try await open(site, version)
      var peer: HTTPPeer? = try await begin("talk", site, session)
      var event = try #require(try await peer?.event())
      if version == "2025-11-25" {
        #expect(event.data.isEmpty)
        #expect(event.retry == 2000)
        #expect(event.id?.hasSuffix(".0") == true)
        event = try #require(try await peer?.event())
      }
      #expect(try word(event) == "talk 0")
      let known = try #require(event.id)
      peer = nil  // the connection breaks
      talk.goOn[0].happen()
      await talk.said[1].wait()
      let again = try await get(site, session, after: known)
      #expect(try word(try await again.event()) == "talk 1")
      talk.goOn[1].happen()
      #expect(try word(try await again.event()) == "talk 2")
      talk.goOn[2].happen()
      let end = try await again.event()
      #expect(try JSON(parsing: end.data)["id"] == 7)
      #expect(try word(end) == "talk end")
      #expect(try await again.chunk() == "")
    }
  }

  @Test func anAnswerThatIsReadyWaitsForItsClient() async throws {
    let talk = try Talk()
    for gate in talk.goOn { gate.happen() }
    try await withSite(talk.server) { site in
      let session = try await open(site, "2025-11-25")
      let answer = try await site.peer().ask("POST", "/mcp", session, body: call("talk"))
      let first = try #require(answer.body.split(separator: "\n").first?.dropFirst(4))
      let again = try await get(site, session, after: String(first))
      var words: [String?] = []
      for _ in 0..<4 { words.append(try word(try await again.event())) }
      #expect(words == ["talk 0", "talk 1", "talk 2", "talk end"])
      #expect(try await again.chunk() == "")
      // It may be asked for again, and from anywhere.
      let third = try await get(site, session, after: String(first))
      #expect(try word(try await third.event()) == "talk 0")
    }
  }

  @Test func aReplyOfOneTextIsNotKept() async throws {
    let talk = try Talk()
    try await withSite(talk.server) { site in
      let session = try await open(site, "2025-11-25")
      let answer = try await site.peer().ask("POST", "/mcp", session, body: call("plain"))
      #expect(answer.headers["content-type"] == "application/json")
      #expect(site.log.byteCount == 0)
    }
  }

  @Test(arguments: ["ping", "tools/list"])
  func whoReadsNothingButEventsCanResume(_ method: String) async throws {
    try await withSite { site in
      var headers = try await open(site, "2025-11-25")
      headers["Accept"] = "text/event-stream"
      let answer = try await site.peer().ask(
        "POST", "/mcp", headers, body: #"{"jsonrpc":"2.0","id":7,"method":"\#(method)"}"#)
      let first = String(try #require(answer.body.split(separator: "\n").first?.dropFirst(4)))
      #expect(first.hasPrefix("r") && first.hasSuffix(".0"))
      let again = try await get(site, headers, after: first)
      #expect(try await again.message()["id"] == 7)
      #expect(try await again.chunk() == "")
    }
  }

  @Test(arguments: ["2024-11-05", "2026-07-28"])
  func otherRevisionsKnowNoEventIDs(_ version: String) async throws {
    let talk = try Talk()
    try await withSite(talk.server) { site in
      var headers: [String: String] = [:]
      var body = call("quick")
      if version == "2026-07-28" {
        let request = modern(
          "tools/call",
          ["name": "quick", "_meta": [:]], id: 7)
        (headers, body) = (request.headers, request.body)
        body = body.replacing(
          #""io.modelcontextprotocol/clientCapabilities":{}"#,
          with: #""io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/logLevel":"info""#)
      } else {
        headers = try await open(site, version)
      }
      let answer = try await site.peer().ask("POST", "/mcp", headers, body: body)
      #expect(answer.headers["content-type"] == "text/event-stream")
      #expect(answer.events.count == 2)
      #expect(!answer.body.contains("id: "))
      #expect(site.log.byteCount == 0)
    }
  }

  @Test func aHandlerMayEndTheConnectionAndGoOn() async throws {
    let talk = try Talk()
    try await withSite(talk.server) { site in
      let session = try await open(site, "2025-11-25")
      let answer = try await site.peer().ask("POST", "/mcp", session, body: call("part"))
      #expect(answer.headers["content-type"] == "text/event-stream")
      #expect(answer.headers["connection"] == "close")
      let lines = answer.body.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.first?.hasPrefix("id: r") == true)
      #expect(Array(lines.dropFirst()) == ["retry: 100", "data: ", "", ""])
      let again = try await get(site, session, after: String(try #require(lines.first).dropFirst(4)))
      #expect(try word(try await again.event()) == "closed: true")
      talk.goOn[0].happen()
      #expect(try word(try await again.event()) == "part end")
      #expect(try await again.chunk() == "")
    }
  }

  @Test(arguments: ["2025-03-26", "2025-06-18"])
  func olderClientsAreNotSentAway(_ version: String) async throws {
    let talk = try Talk()
    talk.goOn[0].happen()
    try await withSite(talk.server) { site in
      let session = try await open(site, version)
      let answer = try await site.peer().ask("POST", "/mcp", session, body: call("part"))
      #expect(answer.events.first?["params"]?["data"] == "closed: false")
      #expect(answer.events.last?["result"]?["content"]?[0]?["text"] == "part end")
    }
  }

  @Test func leavingWithdrawsAModernRequestAndNoLegacyOne() async throws {
    let (started, cancelled) = (Happening(), Happening())
    let server = try Server(name: "s", version: "1") {
      ServerTool("wait", "Waits until it is cancelled.") { context in
        context.onCancel { cancelled.happen() }
        await context.progress(1)
        started.happen()
        await cancelled.wait()
        return .text("cancelled")
      }
    }
    try await withSite(server) { site in
      let session = try await open(site, "2025-11-25")
      var peer: HTTPPeer? = try site.peer()
      let body =
        #"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"wait","_meta":{"progressToken":1}}}"#
      try await peer?.send("POST", "/mcp", session, body: body)
      let known = try #require(try await peer?.head().status == 200 ? try await peer?.event().id : nil)
      await started.wait()
      peer = nil
      // Were it withdrawn, the stream would end without a response.
      let again = try await get(site, session, after: known)
      #expect(try await again.message()["params"]?["progress"] == 1)
      let cancel = #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#
      #expect(try await site.peer().ask("POST", "/mcp", session, body: cancel).status == 202)
      await cancelled.wait()
      #expect(try await again.chunk() == "")
    }
  }

  @Test(arguments: resumable)
  func whatWasSaidMeanwhileIsSaidToTheListenerThatComesBack(_ version: String) async throws {
    try await withSite { site in
      let session = try await open(site, version)
      var listener: HTTPPeer? = try await get(site, session, after: nil)
      site.server.log(.info, "first")
      var event = try #require(try await listener?.event())
      if event.data.isEmpty { event = try #require(try await listener?.event()) }
      #expect(try word(event) == "first")
      listener = nil
      site.server.log(.info, "second")
      site.server.log(.info, "third")
      let again = try await get(site, session, after: event.id)
      #expect(try word(try await again.event()) == "second")
      let third = try await again.event()
      #expect(try word(third) == "third")
      site.server.log(.info, "fourth")
      #expect(try word(try await again.event()) == "fourth")
      // A new stream begins with what comes.
      let fresh = try await get(site, session, after: nil)
      if version == "2025-11-25" { #expect(try await fresh.event().data.isEmpty) }
      // Replayed once more from the middle: the same events with the same ids.
      let middle = try await get(site, session, after: event.id)
      _ = try await middle.event()
      #expect(try await middle.event() == third)
    }
  }

  @Test func whatIsSaidBeforeTheFirstStreamIsNotLost() async throws {
    try await withSite { site in
      let session = try await open(site, "2025-06-18")
      site.server.log(.info, "early")
      let listener = try await get(site, session, after: nil)
      #expect(try word(try await listener.event()) == "early")
    }
  }

  @Test func theNewestListenerTakesOver() async throws {
    try await withSite { site in
      let session = try await open(site, "2025-06-18")
      let old = try await get(site, session, after: nil)
      let new = try await get(site, session, after: nil)
      #expect(try await old.chunk() == "")
      site.server.log(.info, "news")
      #expect(try word(try await new.event()) == "news")
    }
  }

  @Test func aReplyIsTakenOverFromAConnectionThatOnlySeemsAlive() async throws {
    let talk = try Talk()
    try await withSite(talk.server) { site in
      let session = try await open(site, "2025-06-18")
      let stale = try await begin("talk", site, session)
      let known = try #require(try await stale.event().id)
      let new = try await get(site, session, after: known)
      talk.goOn[0].happen()
      #expect(try word(try await new.event()) == "talk 1")
      await #expect(throws: IOError.self) { try await stale.chunk() }
      talk.goOn[1].happen()
      talk.goOn[2].happen()
      #expect(try word(try await new.event()) == "talk 2")
      #expect(try word(try await new.event()) == "talk end")
    }
  }

  @Test func anEventLeadsToItsOwnStreamInItsOwnSessionOnly() async throws {
    let talk = try Talk()
    try await withSite(talk.server) { site in
      let (mine, foreign) = (try await open(site, "2025-11-25"), try await open(site, "2025-11-25"))
      let one = try await begin("talk", site, mine)
      let id = try #require(try await one.event().id)
      let quick = try await site.peer().ask("POST", "/mcp", mine, body: call("quick", id: 8))
      let other = try #require(quick.body.split(separator: "\n").first?.dropFirst(4))
      site.server.log(.info, "general")
      let peer = try site.peer()
      var headers = foreign
      headers["Last-Event-ID"] = id
      #expect(try await peer.ask("GET", "/mcp", headers).status == 400)
      headers["Last-Event-ID"] = String(other)
      #expect(try await peer.ask("GET", "/mcp", headers).status == 400)
      let again = try await get(site, mine, after: String(other))
      #expect(try word(try await again.event()) == "quick")
      #expect(try word(try await again.event()) == "quick end")
      #expect(try await again.chunk() == "", "nothing of the call that goes on, nor of the general stream")
      for gate in talk.goOn { gate.happen() }
    }
  }

  @Test(arguments: ["", "x", "g", "g.", "r1.0", "g.x", "..", "r.1.2", "%00", "g.99999999999999999999"])
  func idsThatAreNoneOfOursDoNoHarm(_ id: String) async throws {
    try await withSite { site in
      let session = try await open(site, "2025-11-25")
      site.server.log(.info, "kept")
      let peer = try site.peer()
      try await peer.send("GET", "/mcp", session.merging(["Last-Event-ID": id]) { $1 })
      let isGeneral = id.isEmpty || id.hasPrefix("g.9") || id == "g.x"
      #expect(try await peer.head().status == (isGeneral ? 200 : 400))
      guard isGeneral else { return }
      // What is past all that was said goes on with what comes.
      site.server.log(.info, "new")
      var event = try await peer.message()
      // What was said before may be kept only now.
      while event["method"] != "notifications/message" || event["params"]?["data"] == "kept" {
        event = try await peer.message()
      }
      #expect(event["params"]?["data"] == "new")
    }
  }

  @Test func whoMissedTooMuchIsToldToLookAgain() async throws {
    var limits = ServeLimits()
    limits.loggedEvents = 2
    try await withSite(limits: limits) { site in
      let session = try await open(site, "2025-06-18")
      _ = try await site.peer().ask(
        "POST", "/mcp", session,
        body: #"{"jsonrpc":"2.0","id":5,"method":"resources/subscribe","params":{"uri":"test://text"}}"#)
      var listener: HTTPPeer? = try await get(site, session, after: nil)
      site.server.log(.info, "first")
      let known = try await listener?.event().id
      listener = nil
      for number in 0..<5 { site.server.log(.info, .string("missed \(number)")) }
      let id = Session.ID(rawValue: session["Mcp-Session-Id"] ?? "")
      var isSaid = false
      while !isSaid {
        let kept = try await site.log.events(after: EventID.start, on: EventID.generalStream, of: id, limit: 2)
        isSaid = kept?.events.last.map { String(decoding: $0.message, as: UTF8.self).contains("missed 4") } ?? false
        await Task.yield()
      }
      let again = try await get(site, session, after: known)
      var said: [JSON] = []
      for _ in 0..<4 { said.append(try await again.message()) }
      #expect(
        said.map { $0["method"] } == [
          "notifications/resources/updated", "notifications/tools/list_changed",
          "notifications/resources/list_changed", "notifications/prompts/list_changed",
        ])
      #expect(said[0]["params"]?["uri"] == "test://text")
      #expect(try word(try await again.event()) == "missed 3")
      #expect(try word(try await again.event()) == "missed 4")
    }
  }

  @Test func aReaderThatIsSlowLosesNothingThatIsKept() async throws {
    try await withSite { site in
      let session = try await open(site, "2025-11-25")
      let listener = try await get(site, session, after: nil)
      for number in 0..<1000 { site.server.log(.info, .number(JSONNumber(number))) }
      var seen: [JSON?] = []
      var ids: Set<String?> = []
      _ = try await listener.event()
      for _ in 0..<1000 {
        let event = try await listener.event()
        ids.insert(event.id)
        seen.append(try JSON(parsing: event.data)["params"]?["data"])
      }
      #expect(seen == (0..<1000).map { .number(JSONNumber($0)) })
      #expect(ids.count == 1000)
    }
  }

  @Test func aReaderThatReadsNothingCostsWhatTheLogMayKeep() async throws {
    var limits = ServeLimits()
    limits.loggedEvents = 4
    try await withSite(limits: limits) { site in
      let session = try await open(site, "2025-06-18")
      let listener = try await get(site, session, after: nil)
      let line = String(repeating: "x", count: 64 << 10)
      let count = 500  // more than the buffers of both sockets and of the connection
      for number in 0..<count { site.server.log(.info, .string("\(number) \(line)")) }
      site.server.log(.info, "last")
      let id = Session.ID(rawValue: session["Mcp-Session-Id"] ?? "")
      var isSaid = false
      while !isSaid {
        let kept = try await site.log.events(after: EventID.start, on: EventID.generalStream, of: id, limit: 4)
        isSaid = kept?.events.last.map { String(decoding: $0.message, as: UTF8.self).contains("last") } ?? false
        #expect(site.log.byteCount < 5 * (65 << 10))
        await Task.yield()
      }
      var (lines, hints) = (0, 0)
      while case let said = try await listener.message(), said["params"]?["data"] != "last" {
        if said["method"] == "notifications/message" { lines += 1 } else { hints += 1 }
      }
      #expect(lines < count)
      #expect(hints >= 3, "what was forgotten is made up for")
    }
  }

  @Test func theEndOfASessionForgetsWhatItWasTold() async throws {
    let talk = try Talk()
    try await withSite(talk.server) { site in
      let session = try await open(site, "2025-11-25")
      _ = try await site.peer().ask("POST", "/mcp", session, body: call("quick"))
      #expect(site.log.byteCount > 0)
      #expect(try await site.peer().ask("DELETE", "/mcp", session).status == 204)
      #expect(site.log.byteCount == 0)
    }
  }

  @Test func aStoppingServerSaysWhenToComeBack() async throws {
    try await withSite { site in
      let session = try await open(site, "2025-11-25")
      let listener = try await get(site, session, after: nil)
      _ = try await listener.event()
      async let stopped: Void = site.http.shutdown(within: .seconds(10))
      #expect(try await listener.event().retry == 500)
      #expect(try await listener.chunk() == "")
      await stopped
    }
  }
}

extension String {
  fileprivate func replacing(_ part: String, with other: String) -> String {
    var index = startIndex
    while index < endIndex, !self[index...].hasPrefix(part) { index = self.index(after: index) }
    guard index < endIndex else { return self }
    return String(self[..<index]) + other + self[self.index(index, offsetBy: part.count)...]
  }
}
