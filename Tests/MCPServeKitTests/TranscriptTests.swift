// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import MCPServeKit
import TestSupport
import Testing

/// Replays what is written under `Tests/Transcripts` against an endpoint on a channel and over HTTP.
struct TranscriptTests {
  @Test(arguments: Transcript.all)
  func theServerSaysWhatIsWrittenOverAChannel(_ transcript: Transcript) async throws {
    let (client, server) = MemoryChannel.pair()
    let endpoint = ChannelEndpoint(Service(try transcript.makeServer()), on: server)
    var bindings: Bindings = [:]
    let watch = WireWatch()
    try await withThrowingTaskGroup { group in
      group.addTask { try await endpoint.run() }
      for line in transcript.lines {
        switch line {
        case .client(let text, _):
          let text = text.filled(bindings)
          if let message = try? JSON(parsing: text) { watch.client(message) }
          try await client.send(Array(text.utf8))
        case .server(let expected, let number):
          let text = try #require(await client.receive(), "line \(number): the server hung up")
          let actual = try JSON(parsing: text)
          #expect(
            matches(actual, expected, &bindings),
            "line \(number): expected \(expected.text)\n got \(actual.text)")
          #expect(watch.server(actual) == [], "line \(number)")
        }
      }
      await client.close()
      try await group.waitForAll()
    }
  }

  @Test(arguments: Transcript.all.filter { !$0.isForChannelsOnly })
  func theServerSaysWhatIsWrittenOverHTTP(_ transcript: Transcript) async throws {
    try await withSite(try transcript.makeServer()) { site in
      let peer = try site.peer()
      var bindings: Bindings = [:]
      var session: String?
      var said: [JSON] = []
      for line in transcript.lines {
        switch line {
        case .client(let text, let number):
          #expect(said.isEmpty, "line \(number): more was said: \(said.map(\.text))")
          let answer = try await peer.ask(
            "POST", "/mcp", headers(of: text.filled(bindings), session), body: text.filled(bindings))
          session = answer.headers["mcp-session-id"] ?? session
          let isStream = answer.headers["content-type"] == "text/event-stream"
          said = isStream ? answer.events : answer.body.isEmpty ? [] : [try JSON(parsing: answer.body)]
        case .server(let expected, let number):
          let actual = try #require(said.first, "line \(number): nothing was said")
          said.removeFirst()
          #expect(
            matches(actual, expected, &bindings), "line \(number): expected \(expected.text)\n got \(actual.text)")
        }
      }
      #expect(said.isEmpty)
    }
  }

  /// What a client of either era sends along with `text`.
  private func headers(of text: String, _ session: String?) -> [String: String] {
    guard let request = try? JSON(parsing: text), let params = request["params"],
      let version = params["_meta"]?["io.modelcontextprotocol/protocolVersion"]?.string
    else { return session.map { ["Mcp-Session-Id": $0] } ?? [:] }
    var headers = ["MCP-Protocol-Version": version, "Mcp-Method": request["method"]?.string ?? ""]
    headers["Mcp-Name"] = (params["name"] ?? params["uri"] ?? params["taskId"])?.string
    return headers
  }

  @Test func theServerAsksInEveryRevision() {
    for revision in Revision.allCases {
      #expect(Transcript.all.contains { $0.name.hasPrefix(revision.rawValue) && $0.asks }, "\(revision)")
    }
  }

  @Test func everyRevisionHasATranscript() {
    for revision in Revision.allCases {
      #expect(Transcript.all.contains { $0.name.hasPrefix(revision.rawValue) }, "\(revision)")
    }
  }
}

extension Transcript {
  fileprivate func makeServer() throws -> Server {
    hasTasks ? try makeTaskFixture() : asks ? try makeAskingFixture() : try makeFixture()
  }
}
