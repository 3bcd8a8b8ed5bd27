// SPDX-License-Identifier: Apache-2.0
import EventIO
import Glibc
import Synchronization
import Testing

/// The client against our own server, over real sockets.
@Suite(.timeLimit(.minutes(1))) struct HTTPClientTests {
  typealias Answer = @Sendable (HTTPRequest, HTTPResponder) async throws -> Void

  /// Runs `body` with a client and the URL of a server that answers so.
  private func serving(
    limits: HTTPLimits = HTTPLimits(), _ answer: @escaping Answer,
    _ body: (HTTPClient, String) async throws -> Void
  ) async throws {
    let server = try HTTPServer(handler: AnyHandler(answer: answer), limits: limits)
    let address = try server.start(on: #require(SocketAddress(host: "127.0.0.1", port: 0)))
    let client = try HTTPClient()
    do {
      try await body(client, "http://\(address)")
    } catch {
      Issue.record(error)
    }
    client.close()
    await server.shutdown(within: .milliseconds(100))
  }

  private struct AnyHandler: HTTPHandler, HTTPRoute {
    let answer: Answer
    func respond(to request: HTTPRequest, through response: HTTPResponder) -> HTTPWork? {
      { do { try await answer(request, response) } catch {} }
    }
  }

  // Requests and responses

  @Test func aRequestArrivesWholeAndItsResponseToo() async throws {
    try await serving({ request, response in
      #expect(request.method == .post)
      #expect(request.target == "/mcp?x=1")
      #expect(request.headers["X-Test"] == "yes")
      #expect(!request.headers.contains("Expect"))
      await response.send(200, headers: ["X-Length": "\(request.body.count)"], body: request.body.reversed())
    }) { client, url in
      let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
      let response = try await client.send(.init(.post, url + "/mcp?x=1", headers: ["X-Test": "yes"], body: body))
      #expect(response.status == .ok)
      #expect(response.headers["x-length"] == "300000")
      #expect(try await response.body.collect(limit: 300_000) == body.reversed())
      #expect(response.times.firstByte > .zero)
    }
  }

  @Test(arguments: ["GET", "DELETE", "POST"]) func methodsWithoutBodyAreSentAsTheyAre(method: String) async throws {
    try await serving({ request, response in await response.send(200, body: Array(request.method.rawValue.utf8)) }) {
      client, url in
      let response = try await client.send(.init(HTTPMethod(rawValue: method), url, body: method == "POST" ? [] : nil))
      #expect(try await response.body.collect(limit: 10) == Array(method.utf8))
    }
  }

  @Test func errorStatusesAreResponsesLikeAnyOther() async throws {
    try await serving({ _, response in await response.send(404, body: [65]) }) { client, url in
      let response = try await client.send(.init(.get, url))
      #expect(response.status == 404)
      #expect(try await response.body.collect(limit: 10) == [65])
    }
  }

  @Test func manyRequestsRunAtOnce() async throws {
    try await serving({ request, response in await response.send(200, body: request.body) }) { client, url in
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<200 {
          group.addTask {
            let body = Array("\(number)".utf8)
            return try await client.send(.init(.post, url, body: body)).body.collect(limit: 10) == body
          }
        }
        for try await isSame in group { #expect(isSame) }
      }
    }
  }

  @Test func aBodyBeyondTheLimitIsRefused() async throws {
    try await serving({ _, response in await response.send(200, body: [1, 2, 3, 4]) }) { client, url in
      let response = try await client.send(.init(.get, url))
      let error = await #expect(throws: IOError.self) { try await response.body.collect(limit: 3) }
      #expect(error?.code == .tooLarge)
    }
  }

  // Streams

  @Test func aStreamIsReadWhileItIsWritten() async throws {
    let (steps, step) = AsyncStream.makeStream(of: Void.self)
    try await serving({ _, response in
      await response.startStream(200)
      var iterator = steps.makeAsyncIterator()
      for byte in UInt8(1)...3 {
        await iterator.next()
        try await response.write([byte])
      }
      await response.finish()
    }) { client, url in
      let response = try await client.send(.init(.get, url))
      for byte in UInt8(1)...3 {
        step.yield()
        #expect(try await response.body.next() == [byte])
      }
      #expect(try await response.body.next() == nil)
    }
  }

  @Test func aReaderThatDoesNotReadHoldsTheWriterUp() async throws {
    let written = Atomic(0)
    let (outcomes, outcome) = AsyncStream.makeStream(of: Bool.self)
    var limits = HTTPLimits()
    limits.writeStallTime = .milliseconds(300)
    try await serving(
      limits: limits,
      { _, response in
        await response.startStream(200)
        do {
          for _ in 0..<1000 {
            try await response.write([UInt8](repeating: 0, count: 65536))
            written.add(1, ordering: .relaxed)
          }
          outcome.yield(true)
        } catch {
          outcome.yield(false)
        }
      }
    ) { client, url in
      let response = try await client.send(.init(.get, url))
      var iterator = outcomes.makeAsyncIterator()
      #expect(await iterator.next() == false, "64 MiB were taken although nobody read them")
      #expect(written.load(ordering: .relaxed) < 500)
      withExtendedLifetime(response) {}
    }
  }

  @Test func whatWasPausedIsTakenUpAgain() async throws {
    try await serving({ _, response in
      await response.startStream(200)
      for _ in 0..<60 { try await response.write([UInt8](repeating: 7, count: 65536)) }
      await response.finish()
    }) { client, url in
      let response = try await client.send(.init(.get, url))
      #expect(try await response.body.collect(limit: 60 * 65536).count == 60 * 65536)
    }
  }

  @Test(arguments: [true, false]) func givingUpIsSeenByTheServer(byCancelling: Bool) async throws {
    let (ends, end) = AsyncStream.makeStream(of: Void.self)
    try await serving({ _, response in
      let (disconnects, disconnect) = AsyncStream.makeStream(of: Void.self)
      response.onDisconnect {
        end.yield()
        disconnect.finish()
      }
      await response.startStream(200)
      try await response.write([1])
      for await _ in disconnects {}
    }) { client, url in
      let task = Task {
        let response = try await client.send(.init(.get, url))
        _ = try await response.body.next()
        if byCancelling { _ = try await response.body.next() }  // else the body is let go of
      }
      if byCancelling { task.cancel() }
      var iterator = ends.makeAsyncIterator()
      if case .success = await task.result { await iterator.next() }
    }
  }

  @Test func closingTheClientFailsWhatIsUnderWay() async throws {
    try await serving({ _, response in
      let (disconnects, disconnect) = AsyncStream.makeStream(of: Void.self)
      response.onDisconnect { disconnect.finish() }
      await response.startStream(200)
      for await _ in disconnects {}
    }) { client, url in
      let response = try await client.send(.init(.get, url))
      client.close()
      let error = await #expect(throws: IOError.self) { try await response.body.next() }
      #expect(error?.code == .closed)
      let later = await #expect(throws: IOError.self) { try await client.send(.init(.get, url)) }
      #expect(later?.code == .closed)
    }
  }

  // Redirects

  @Test func redirectsWithinTheOriginKeepMethodAndBody() async throws {
    try await serving({ request, response in
      if request.path == "/mcp" {
        await response.send(307, headers: ["Location": "/mcp/"])
      } else {
        await response.send(200, body: Array("\(request.method)".utf8) + request.body)
      }
    }) { client, url in
      let response = try await client.send(.init(.post, url + "/mcp", body: [65]))
      #expect(try await response.body.collect(limit: 10) == Array("POSTA".utf8))
    }
  }

  @Test(arguments: ["http://localhost:1/", "https://127.0.0.1/", "//evil.example/"])
  func redirectsToAnotherOriginAreRefused(location: String) async throws {
    try await serving({ _, response in await response.send(308, headers: ["Location": location]) }) { client, url in
      let error = await #expect(throws: IOError.self) { try await client.send(.init(.post, url, body: [])) }
      #expect(error?.message.contains(location) == true)
    }
  }

  @Test func redirectsInACircleEnd() async throws {
    try await serving({ _, response in await response.send(302, headers: ["Location": "/"]) }) { client, url in
      let error = await #expect(throws: IOError.self) { try await client.send(.init(.get, url)) }
      #expect(error?.message.contains("more than 5 times") == true)
    }
  }
}
