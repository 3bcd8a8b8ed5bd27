// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Testing

@testable import MCPServeKit

/// Resources that hold several things, or ask; lists that have pages.
struct ReadingTests {
  @Test func aFolderHasSeveralContents() async throws {
    let server = try Server(name: "s", version: "1") {
      ServerResource(Resource(uri: "test://folder", name: "folder", mimeType: "inode/directory")) { _ in
        [
          ResourceContents(uri: "test://folder/a", text: "A"),
          ResourceContents(uri: "test://folder/b", body: .blob(base64: "Qg==")),
        ]
      }
    }
    for revision in Revision.allCases {
      let read = try await result(.resourcesRead, ["uri": "test://folder"], of: Service(server), revision)
      #expect(read["contents"]?.array?.map { $0["uri"] } == ["test://folder/a", "test://folder/b"])
      #expect(read["contents"]?[1]?["blob"] == "Qg==")
    }
  }

  @Test func aResourceMayAsk() async throws {
    let server = try Server(name: "s", version: "1") {
      ServerResource(
        template: ResourceTemplate(uriTemplate: "test://{who}", name: "who")
      ) { context, uri, _ in
        let answer = try await context.elicit(Elicitation.Form("Which?", .init("page", isRequired: true)), as: "page")
        return [ResourceContents(uri: uri, text: answer["page"]?.string ?? "-")]
      }
    }
    let service = Service(server)
    let asked = try await result(.resourcesRead, ["uri": "test://a"], of: service, .v20260728)
    #expect(asked["resultType"] == "input_required")
    #expect(asked["inputRequests"]?["page"]?["method"] == "elicitation/create")
    #expect(asked["ttlMs"] == nil && asked["cacheScope"] == nil)
    let responses: JSON = ["page": ["action": "accept", "content": ["page": "two"]]]
    let read = try await result(
      .resourcesRead, ["uri": "test://a", "inputResponses": responses, "requestState": asked["requestState"] ?? .null],
      of: service, .v20260728)
    #expect(read["contents"]?[0]?["text"] == "two")
  }

  @Test func everyListHasPages() async throws {
    var options = Server.Options()
    options.pageSize = 2
    let server = try Server(name: "s", version: "1", options: options) {
      for n in 0..<5 {
        ServerTool("t\(n)", "") { _ in .text("") }
        ServerPrompt("p\(n)", "") { _, _ in [] }
        ServerResource(Resource(uri: "x://\(n)", name: "r\(n)"), text: "")
        ServerResource(template: ResourceTemplate(uriTemplate: "x://\(n)/{a}", name: "f\(n)")) { _, _, _ in [] }
      }
    }
    let service = Service(server)
    let lists: [(Method, String)] = [
      (.toolsList, "tools"), (.promptsList, "prompts"), (.resourcesList, "resources"),
      (.resourceTemplatesList, "resourceTemplates"),
    ]
    for (method, member) in lists {
      var names: Set<String> = []
      var hints: [JSON] = []
      var params = JSONObject()
      repeat {
        let page = try await result(method, params, of: service, .v20260728)
        for entry in page[member]?.array ?? [] { names.insert(entry["name"]?.string ?? "") }
        hints.append([page["cacheScope"] ?? .null, page["ttlMs"] ?? .null])
        params["cursor"] = page["nextCursor"]
      } while params["cursor"] != nil
      #expect(names.count == 5, "\(method)")
      #expect(hints == Array(repeating: ["private", 0], count: 3), "\(method)")
    }
  }

  private func result(
    _ method: Method, _ params: JSONObject, of service: Service, _ revision: Revision
  ) async throws -> JSONObject {
    guard revision.era == .modern else {
      let context = RequestContext(id: .number(1), revision: revision)
      let reply = try await service.handler.handle(Request(id: .number(1), method: method, params: params), in: context)
      return try Dialect(revision).outcome(reply, to: method, from: [:]).get()
    }
    var params = params
    params["_meta"] = [
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientCapabilities": ["elicitation": [:]],
    ]
    let request = Request(id: .number(1), method: method, params: params)
    let context = try service.modernContext(of: request, .latest, from: nil, NoSink())
    return try await service.outcome(of: request, in: context).get()
  }
}
