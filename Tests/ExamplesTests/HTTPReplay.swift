// SPDX-License-Identifier: Apache-2.0
import EventIO
import JSONKit
import MCPCore
import TestSupport
import Testing

/// One conversation over Streamable HTTP, as a transcript writes it down.
///
/// A client says `METHOD /path`, then headers, then a message; a message alone is POSTed to /mcp. What every client of the
/// revision sends is added: the session, the revision and, since 2026-07-28, what repeats the body. A header without a
/// value leaves one out. `close` hangs up.
///
/// The server's lines are the status, headers, and then messages, or events as they are (`event {"id":…,"retry":…,
/// "data":…}`), or `end` when nothing more comes.
struct HTTPReplay {
  private struct Call {
    var method = "POST"
    var path = "/mcp"
    var headers: [String: String] = [:]
    var body: String?
  }

  private let address: SocketAddress
  private var peers: [String: HTTPPeer] = [:]
  private var answers: [String: HTTPPeer.Answer] = [:]
  private var call: (peer: String, call: Call)?
  private var bindings: Bindings = [:]
  private var session: String?
  private var revision: String?

  init(_ address: SocketAddress) { self.address = address }

  mutating func play(_ line: Transcript.Line) async throws {
    let text = line.text.filled(bindings)
    guard line.isFromClient else {
      try await send()
      return try await hear(text, line)
    }
    let isMessage = text.hasPrefix("{") || text.hasPrefix("[")
    let words = text.split(separator: " ")
    let isStart = words.count == 2 && words[1].hasPrefix("/")
    // A message may follow a head; anything else begins anew.
    if isStart || call?.peer != line.peer || call?.call.body != nil { try await send() }
    if text == "close" {
      peers[line.peer] = nil
      answers[line.peer] = nil
    } else if isStart {
      call = (line.peer, Call(method: String(words[0]), path: String(words[1])))
    } else if isMessage {
      call = (line.peer, call?.call ?? Call())
      call?.call.body = text
    } else {
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      try #require(parts.count == 2 && call != nil, "line \(line.number) is no header of a request")
      call?.call.headers[String(parts[0])] = String(parts[1].drop { $0 == " " })
    }
  }

  /// Sends what is left, and sees that every answer was read to its end.
  mutating func finish() async throws {
    try await send()
    for name in peers.keys where answers[name]?.isStream == false { try await expectEnd(of: name) }
  }

  private mutating func send() async throws {
    guard let (name, call) = self.call else { return }
    self.call = nil
    if answers[name] != nil { try await expectEnd(of: name) }
    let peer = try peers[name] ?? HTTPPeer(address) { Issue.record("\($0)") }
    peers[name] = peer
    var headers = call.body.map { Transcript.headers(of: $0, session) } ?? session.map { ["Mcp-Session-Id": $0] } ?? [:]
    if headers["MCP-Protocol-Version"] == nil, headers["Mcp-Session-Id"] != nil, let revision {
      headers["MCP-Protocol-Version"] = revision
    }
    headers.merge(call.headers) { $1 }
    try await peer.send(call.method, call.path, headers, body: call.body)
  }

  private mutating func hear(_ text: String, _ line: Transcript.Line) async throws {
    let name = line.peer
    let peer = try #require(peers[name], "line \(line.number): nothing was asked there")
    if answers[name] == nil {
      var answer = try await peer.head()
      peer.remember(answer)
      if !answer.isStream { try await peer.readBody(of: &answer) }
      answers[name] = answer
      session = answer.headers["mcp-session-id"] ?? session
      if let agreed = answer.json?["result"]?["protocolVersion"]?.string, agreed >= "2025-06-18" { revision = agreed }
    }
    let answer = try #require(answers[name])
    if let status = Int(text) {
      #expect(answer.status == status, "line \(line.number): \(answer.body)")
    } else if text == "end" {
      try await expectEnd(of: name)
    } else if text.hasPrefix("event {") {
      let event = try await peer.event()
      if let message = try? JSON(parsing: event.data) { peer.check(message) }
      expect(event.json, try JSON(parsing: String(text.dropFirst(6))), line)
    } else if text.hasPrefix("{") || text.hasPrefix("[") {
      let actual =
        answer.isStream ? try await peer.message() : try #require(answer.json, "line \(line.number): no JSON")
      if !answer.isStream { answers[name]?.body = "" }
      expect(actual, try JSON(parsing: text), line)
    } else {
      let parts = text.split(separator: ":", maxSplits: 1)
      let value = answer.headers[parts[0].lowercased()]
      let expected = JSON.string(parts.count == 2 ? String(parts[1].drop { $0 == " " }) : "")
      expect(value.map { .string($0) } ?? .string(""), expected, line)
    }
  }

  private mutating func expect(_ actual: JSON, _ expected: JSON, _ line: Transcript.Line) {
    #expect(
      matches(actual, expected, &bindings), "line \(line.number): expected \(expected.text)\n got \(actual.text)")
  }

  private mutating func expectEnd(of name: String) async throws {
    guard let answer = answers.removeValue(forKey: name) else { return }
    if answer.isStream {
      let rest = try await peers[name]?.chunk()
      #expect(rest == "", "more was said")
    } else {
      #expect(answer.body.isEmpty, "more was said")
    }
  }
}

extension HTTPPeer.Answer {
  fileprivate var isStream: Bool { headers["content-type"] == "text/event-stream" }
}

extension ServerSentEvent {
  fileprivate var json: JSON {
    var json: JSONObject = [:]
    json["id"] = id.map { .string($0) }
    json["retry"] = retry.map { .number(JSONNumber($0)) }
    json["data"] = (try? JSON(parsing: data)) ?? .string(data)
    return .object(json)
  }
}

@Suite struct EverythingOverHTTPTests {
  @Test(arguments: Transcript.everything.filter(\.isOverHTTP))
  func everythingServerSaysWhatIsWrittenOverHTTP(_ transcript: Transcript) async throws {
    let server = try RunningProgram([Programs.everythingServer, "--port", "0"])
    defer {
      server.signal(15)
      #expect(server.finish().code == 0)
    }
    let line = try #require(server.line(holding: "serving at", onError: false))
    let port = try #require(UInt16(line.filter(\.isNumber)))
    var replay = HTTPReplay(.loopback(port: port))
    for line in transcript.lines { try await replay.play(line) }
    try await replay.finish()
  }
}
