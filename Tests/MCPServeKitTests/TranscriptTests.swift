// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import MCPServeKit
import Testing

/// Replays what is written under `Tests/Transcripts` against an endpoint on a channel.
struct TranscriptTests {
  @Test(arguments: Transcript.all)
  func theServerSaysWhatIsWritten(_ transcript: Transcript) async throws {
    let (client, server) = MemoryChannel.pair()
    let endpoint = ChannelEndpoint(Service(try makeFixture()), on: server)
    try await withThrowingTaskGroup { group in
      group.addTask { try await endpoint.run() }
      for line in transcript.lines {
        switch line {
        case .client(let text, _): try await client.send(Array(text.utf8))
        case .server(let expected, let number):
          let text = try #require(await client.receive(), "line \(number): the server hung up")
          let actual = try JSON(parsing: text)
          #expect(
            matches(actual, expected),
            "line \(number): expected \(expected.text)\n got \(actual.text)")
        }
      }
      await client.close()
      try await group.waitForAll()
    }
  }

  @Test func everyRevisionHasATranscript() {
    for revision in Revision.allCases {
      #expect(Transcript.all.contains { $0.name.hasPrefix(revision.rawValue) }, "\(revision)")
    }
  }
}
