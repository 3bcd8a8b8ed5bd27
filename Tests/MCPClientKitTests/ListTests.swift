// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPClientKit
import MCPCore
import Synchronization
import Testing

/// Lists in pages. Spec: 2026-07-28, server/utilities/pagination.
@Suite(.timeLimit(.minutes(1))) struct ListTests {
  /// Answers page after page: each key is the cursor asked with, each value the elements and the next cursor.
  private func server(
    legacy: Bool = false, _ pages: [String?: (names: [String], next: String?)]
  ) -> ScriptedServer {
    let script: @Sendable (Request) -> [JSON] = { request in
      guard let page = pages[request.params["cursor"]?.string] else {
        return [request.refusal(.invalidParams("cursor"))]
      }
      var result: JSONObject = [
        "tools": .array(page.names.map { ["name": .string($0), "inputSchema": ["type": "object"]] }), "ttlMs": 5,
      ]
      if let next = page.next { result["nextCursor"] = .string(next) }
      return [request.answer(.object(result))]
    }
    return legacy ? .legacy("2025-06-18", script) : .modern(script)
  }

  @Test func allPagesBecomeOne() async throws {
    let client = try await Client.connect(
      to: server([nil: (["a", "b"], "2"), "2": ([], "3"), "3": (["c"], nil)]).target)
    #expect(try await client.listTools().map(\.name) == ["a", "b", "c"])
    let merged = try await client.list(.tools)
    #expect(merged["nextCursor"] == nil)
    #expect(merged["ttlMs"] == 5)
    await client.close()
  }

  @Test func theEmptyCursorIsACursorInTheModernEraOnly() async throws {
    let pages: [String?: (names: [String], next: String?)] = [nil: (["a"], ""), "": (["b"], nil)]
    let modern = try await Client.connect(to: server(pages).target)
    #expect(try await modern.listTools().map(\.name) == ["a", "b"])
    await modern.close()
    let legacy = try await Client.connect(to: server(legacy: true, pages).target)
    #expect(try await legacy.listTools().map(\.name) == ["a"])
    await legacy.close()
  }

  @Test func aCursorHandedOutTwiceEndsTheWalk() async throws {
    let client = try await Client.connect(to: server([nil: (["a"], "x"), "x": (["b"], "x")]).target)
    let error = await #expect(throws: ClientError.self) { try await client.listTools() }
    #expect(error?.code == .invalidResponse)
    await client.close()
  }

  @Test func thePagesAreLimited() async throws {
    let pages: [String?: (names: [String], next: String?)] = [nil: ([], "1"), "1": ([], "2"), "2": (["a"], nil)]
    let enough = try await Client.connect(to: server(pages).target, options: ClientOptions(limits: .init(pages: 3)))
    #expect(try await enough.listTools().count == 1)
    await enough.close()
    let few = try await Client.connect(to: server(pages).target, options: ClientOptions(limits: .init(pages: 2)))
    await #expect(throws: ClientError.self) { try await few.listTools() }
    await few.close()
  }

  @Test func aListWithoutItsMemberIsInvalid() async throws {
    let client = try await Client.connect(to: ScriptedServer.modern { [$0.answer([:])] }.target)
    for listing in Client.Listing.allCases {
      let error = await #expect(throws: ClientError.self) { try await client.list(listing) }
      #expect(error?.message.contains("'\(listing.member)'") == true)
    }
    await client.close()
  }

  @Test(arguments: [true, false]) func aListWhoseCursorIsRefusedIsFetchedAnewOnce(recovers: Bool) async throws {
    let beginnings = Mutex(0)
    let server = ScriptedServer.modern { request in
      let beginning = beginnings.withLock { beginnings in
        if request.params["cursor"] == nil { beginnings += 1 }
        return beginnings
      }
      let name = "\(request.params["cursor"]?.string ?? "first") \(beginning)"
      if request.params["cursor"] != nil, beginning == 1 || !recovers {
        return [request.refusal(.invalidParams("this cursor is over"))]
      }
      var result: JSONObject = ["tools": [["name": .string(name), "inputSchema": ["type": "object"]]]]
      if request.params["cursor"] == nil { result["nextCursor"] = "second" }
      return [request.answer(.object(result))]
    }
    try await Client.connected(to: server.target) { client in
      if recovers {
        let names = try await client.listTools().map(\.name)
        #expect(names == ["first 2", "second 2"])
      } else {
        let error = await #expect(throws: ClientError.self) { try await client.listTools() }
        #expect(error?.rpcError?.code == .invalidParams)
      }
    }
    #expect(beginnings.withLock { $0 } == 2)
  }
}
