// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import MCPServeKit
import Testing

struct PageTests {
  private func makeServer(count: Int, pageSize: Int) throws -> Server {
    var options = Server.Options()
    options.pageSize = pageSize
    options.offered = [.tools]
    return try Server(name: "s", version: "1", options: options) {
      for number in 0..<count { ServerTool("t\(number)", "") { _ in .text("") } }
    }
  }

  private func page(_ server: Server, after cursor: JSON? = nil) async throws -> (names: [String], next: JSON?) {
    var params = JSONObject()
    params["cursor"] = cursor
    let reply = try await server.handle(
      Request(id: .number(1), method: .toolsList, params: params),
      in: RequestContext(id: .number(1), revision: .latest))
    guard case .complete(let result, _) = reply else { return ([], nil) }
    return (result["tools"]?.array?.compactMap { $0["name"]?.string } ?? [], result["nextCursor"])
  }

  @Test(arguments: [(0, 0), (1, 1), (9, 1), (10, 1), (11, 2), (20, 2), (21, 3)])
  func everyEntryIsOnOnePage(_ count: Int, _ pages: Int) async throws {
    let server = try makeServer(count: count, pageSize: 10)
    var names: [String] = []
    var cursor: JSON?
    var seen = 0
    repeat {
      let (page, next) = try await page(server, after: cursor)
      names += page
      cursor = next
      seen += 1
    } while cursor != nil
    #expect(names == (0..<count).map { "t\($0)" })
    #expect(seen == max(pages, 1))
  }

  @Test func changesDoNotShiftAPosition() async throws {
    let server = try makeServer(count: 10, pageSize: 3)
    let (_, cursor) = try await page(server)
    server.features.unregister(tool: "t0")
    server.features.unregister(tool: "t2")
    try server.features.register(ServerTool("new", "") { _ in .text("") })
    #expect(try await page(server, after: cursor).names == ["t3", "t4", "t5"])
  }

  @Test(arguments: ["", "nonsense", "t", "t-1", "t0", "T1", "t+1", "t00001", 5, [:]] as [JSON])
  func cursorsThatAreNotOursAreRefused(_ cursor: JSON) async throws {
    let server = try makeServer(count: 3, pageSize: 1)
    let error = await #expect(throws: RPCError.self) { try await page(server, after: cursor) }
    #expect(error?.code == .invalidParams)
  }

  @Test func cursorsThatWereNeverGivenOutAreRefused() async throws {
    let server = try makeServer(count: 3, pageSize: 1)
    #expect(try await page(server, after: "t2").names == ["t2"])
    for cursor in ["t3", "t4", "tzz", "p1"] {
      let error = await #expect(throws: RPCError.self) { try await page(server, after: .string(cursor)) }
      #expect(error?.code == .invalidParams)
    }
  }

  @Test func aCursorOutlivesWhatWasToFollow() async throws {
    let server = try makeServer(count: 3, pageSize: 2)
    let (_, cursor) = try await page(server)
    server.features.unregister(tool: "t2")
    #expect(try await page(server, after: cursor).names == [])
  }

  @Test func whatIsNotOfferedIsUnknown() async throws {
    let server = try makeServer(count: 0, pageSize: 1)
    for method in [Method.promptsList, .promptsGet, .resourcesList, .resourcesRead, .resourceTemplatesList, .complete] {
      let error = await #expect(throws: RPCError.self) {
        try await server.handle(
          Request(id: .number(1), method: method), in: RequestContext(id: .number(1), revision: .latest))
      }
      #expect(error?.code == .methodNotFound)
    }
  }
}
