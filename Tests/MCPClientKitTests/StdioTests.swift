// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSONKit
import MCPClientKit
import MCPCore
import Synchronization
import Testing

/// Servers that are real child processes: small shell scripts that answer line by line.
@Suite(.timeLimit(.minutes(1))) struct StdioTests {
  /// A server whose `answers` is the body of a `case "$line" in`; `$id` is the request's id.
  private func script(_ answers: String, before: String = "") -> ServerTarget {
    let loop = """
      answer() { printf '{"jsonrpc":"2.0","id":%s,%s}\\n' "$id" "$1"; }
      shake() { answer '"result":{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{"name":"sh","version":"1"}}'; }
      \(before)
      while read -r line; do
        id=$(expr "$line" : '.*"id":\\([0-9]*\\)')
        case "$line" in \(answers) esac
      done
      """
    return .stdio("sh", ["-c", loop])
  }

  private let quick = ClientOptions(timeouts: .init(probe: .milliseconds(300), closing: .milliseconds(500)))

  @Test func aLegacyServerIsTalkedTo() async throws {
    let server = script(
      """
      *server/discover*) answer '"error":{"code":-32601,"message":"what?"}';;
      *initialize\\"*) shake;;
      *tools/call*) answer '"result":{"content":[{"type":"text","text":"hi"}]}';;
      """)
    let client = try await Client.connect(to: server, options: quick)
    #expect(client.negotiated.transport == .stdio)
    #expect(client.negotiated.revision == .v20250618)
    #expect(try await client.callTool("x").content == [.text("hi")])
    await client.close()
  }

  @Test func aSilentServerIsStartedAgainForTheHandshake() async throws {
    let client = try await Client.connect(to: script(#"*initialize\"*) shake;;"#), options: quick)
    #expect(client.negotiated.revision == .v20250618)
    await client.close()
  }

  @Test func aServerThatExitsOnTheProbeIsStartedAgain() async throws {
    let client = try await Client.connect(
      to: script(#"*server/discover*) exit 1;; *initialize\"*) shake;;"#), options: quick)
    #expect(client.negotiated.revision == .v20250618)
    await client.close()
  }

  @Test func aModernServerThatIsSlowToStartIsStillFound() async throws {
    // Longer than the probe waits, each time it is started.
    let discovery = ScriptedServer.discovery.text
    let server = script(
      """
      *server/discover*) answer '"result":\(discovery)';;
      *initialize\\"*) answer '"error":{"code":-32601,"message":"modern only"}';;
      """, before: "echo starts >&2; sleep 0.4")
    let starts = Mutex("")
    var options = quick
    options.onStandardError = { bytes in starts.withLock { $0 += String(decoding: bytes, as: UTF8.self) } }
    let client = try await Client.connect(to: server, options: options)
    #expect(client.negotiated.revision == .v20260728)
    // What it was asked lay unread, so its silence meant nothing.
    #expect(starts.withLock(\.self) == "starts\n")
    await client.close()
  }

  @Test func aServerThatDiesDuringACallIsNamedWithItsLastWords() async throws {
    let server = script(
      """
      *server/discover*) answer '"result":\(ScriptedServer.discovery.text)';;
      *tools/call*) echo 'out of coffee' >&2; kill -9 $$;;
      """)
    let client = try await Client.connect(to: server, options: quick)
    let error = await #expect(throws: ClientError.self) { try await client.callTool("x") }
    #expect(error?.code == .disconnected)
    #expect(error?.message == "sh was killed by signal 9 (Killed); its last words: out of coffee")
    await client.close()
  }

  @Test func aServerThatNeverSpeaksFailsTheOpening() async throws {
    let options = ClientOptions(
      timeouts: .init(probe: .milliseconds(50), opening: .milliseconds(100), closing: .milliseconds(50)))
    let error = await #expect(throws: ClientError.self) {
      try await Client.connect(to: .stdio("sleep", ["1000"]), options: options)
    }
    #expect(error?.code == .timeout)
    #expect(error?.message.contains("sleep did not answer initialize") == true)
  }

  @Test func connectingHasOneDeadlineAndNobodyWaitsForASilentServerToEnd() async throws {
    let options = ClientOptions(timeouts: .init(opening: .milliseconds(400), closing: .seconds(20)))
    let start = ContinuousClock.now
    let error = await #expect(throws: ClientError.self) {
      try await Client.connect(to: .stdio("sleep", ["1000"]), options: options)
    }
    #expect(error?.code == .timeout)
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func aServerThatExitsAtOnceFailsTheOpeningWithItsReason() async throws {
    let error = await #expect(throws: ClientError.self) {
      try await Client.connect(to: .stdio("sh", ["-c", "echo no licence >&2; exit 3"]), options: quick)
    }
    #expect(error?.code == .disconnected)
    #expect(error?.message == "sh exited with status 3 before it answered; its last words: no licence")
  }

  @Test func theLastWordsAreAFewLinesAndNoMore() async throws {
    let program = "seq 1000 >&2; head -c 4000 /dev/zero | tr '\\0' x >&2; kill -15 $$; sleep 9"
    let error = await #expect(throws: ClientError.self) {
      try await Client.connect(to: .stdio("sh", ["-c", program]), options: quick)
    }
    let message = error?.message ?? ""
    #expect(
      message.hasPrefix("sh was killed by signal 15 (Terminated) before it answered; its last words: 997 | 998 | "))
    #expect(message.hasSuffix("| 1000 | " + String(repeating: "x", count: 300)), "\(message)")
  }

  @Test func aProgramThatDoesNotExistIsUnreachable() async throws {
    let error = await #expect(throws: ClientError.self) { try await Client.connect(to: .stdio("no-such-server")) }
    #expect(error?.code == .unreachable)
    #expect(error?.message == "cannot start 'no-such-server': no such program in PATH")
  }

  @Test func closingLeavesNoProcess() async throws {
    let server = script(
      """
      *server/discover*) answer '"result":\(ScriptedServer.discovery.text)';;
      *tools/call*) answer '"result":{"content":[],"structuredContent":'$$'}';;
      """)
    let client = try await Client.connect(to: server, options: quick)
    let id = try #require(try await client.callTool("x").structuredContent?.int)
    #expect(kill(Int32(id), 0) == 0)
    await client.close()
    #expect(kill(Int32(id), 0) != 0)
  }
}
