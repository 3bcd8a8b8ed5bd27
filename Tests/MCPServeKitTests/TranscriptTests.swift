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
        if line.isFromClient {
          let text = line.text.filled(bindings)
          if let message = try? JSON(parsing: text) { watch.client(message) }
          try await client.send(Array(text.utf8))
        } else {
          let text = try #require(await client.receive(), "line \(line.number): the server hung up")
          let (actual, expected) = (try JSON(parsing: text), try JSON(parsing: line.text))
          #expect(
            matches(actual, expected, &bindings),
            "line \(line.number): expected \(expected.text)\n got \(actual.text)")
          #expect(watch.server(actual) == [], "line \(line.number)")
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
        if line.isFromClient {
          let text = line.text.filled(bindings)
          #expect(said.isEmpty, "line \(line.number): more was said: \(said.map(\.text))")
          let answer = try await peer.ask(
            "POST", "/mcp", Transcript.headers(of: text, session), body: text)
          session = answer.headers["mcp-session-id"] ?? session
          let isStream = answer.headers["content-type"] == "text/event-stream"
          said = isStream ? answer.events : answer.body.isEmpty ? [] : [try JSON(parsing: answer.body)]
        } else {
          let actual = try #require(said.first, "line \(line.number): nothing was said")
          let expected = try JSON(parsing: line.text)
          said.removeFirst()
          #expect(
            matches(actual, expected, &bindings), "line \(line.number): expected \(expected.text)\n got \(actual.text)")
        }
      }
      #expect(said.isEmpty)
    }
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
  fileprivate static let all = inFolders(Revision.allCases.map(\.rawValue))
  fileprivate var isForChannelsOnly: Bool { says("Over channels only.") }
  /// Whether the server has tools that ask the client.
  fileprivate var asks: Bool { says("The server asks.") }
  /// Whether the server has tools that may be called as tasks.
  fileprivate var hasTasks: Bool { says("The server has tasks.") }

  fileprivate func makeServer() throws -> Server {
    hasTasks ? try makeTaskFixture() : asks ? try makeAskingFixture() : try makeFixture()
  }
}
