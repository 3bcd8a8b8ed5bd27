// SPDX-License-Identifier: GPL-3.0-or-later
import EventIO
import JSONKit
import MCPClientKit
import MCPCore

/// Whether a legacy session that one connection opened is known on others.
struct SessionExam {
  /// What one request in the session came to.
  private struct Outcome {
    let address: String?
    let status: Int?
    let node: String?
    var isAnswered: Bool { status.map { (200..<300).contains($0) } ?? false }
    /// Servers that do not know a session say 404, older ones 400.
    var isUnknown: Bool { status == 404 || status == 400 }

    var json: JSON {
      var object: JSONObject = ["answered": .bool(isAnswered)]
      if let status { object["status"] = .number(JSONNumber(status)) }
      if let address { object["address"] = .string(address) }
      if let node { object["node"] = .string(node) }
      return .object(object)
    }
  }

  let exam: ReplicaExam
  /// The addresses that answer.
  let places: [SocketAddress?]
  /// The nodes that were met without a session.
  let nodes: Set<String>
  /// Whether they have the tool that says which node it runs on.
  let hasSpeaker: Bool

  /// A session, and the revision it was opened in.
  private struct Session {
    let id: String
    let revision: String
  }

  /// Opens a session at an address and uses it on fresh connections to all. This is no client, which would give up where the
  /// second request finds a server that knows nothing of the first.
  func finding(openedAt place: SocketAddress?) async throws -> Examined {
    let opening = await post(Self.initialize, at: place)
    guard let status = opening.status, (200..<300).contains(status) else {
      try Task.checkCancellation()
      // An answer of MCP that says no: a handshake is not known here.
      if opening.status == 400 || opening.status == 404, Self.message(in: opening.body)?["error"]?["code"]?.int != nil {
        return Examined("sessions", .skipped, "it opens none: each request stands alone, and any server may answer it")
      }
      return Examined(
        "sessions", .wrong, "none could be opened: \(opening.status.map { "HTTP \($0)" } ?? "no answer")")
    }
    let revision = Self.message(in: opening.body)?["result"]?["protocolVersion"]?.string
    guard let id = opening.headers["Mcp-Session-Id"], let revision else {
      return Examined("sessions", .skipped, "it opens none, so that any server may answer")
    }
    let session = Session(id: id, revision: revision)
    try await insist(Self.initialized, in: session, at: place)
    var outcomes: [Outcome] = []
    for place in places {
      for _ in 0..<ReplicaExam.asks {
        let answer = await post(Self.question(hasSpeaker), in: session, at: place)
        try Task.checkCancellation()
        let node = Replica.node(in: answer.headers) ?? Replica.node(in: Self.message(in: answer.body)?["result"])
        outcomes.append(Outcome(address: place?.host, status: answer.status, node: node))
      }
    }
    try await insist(nil, in: session, at: place)
    var finding = judged(outcomes)
    finding.facts["requests"] = .array(outcomes.map(\.json))
    return finding
  }

  // MARK: What is sent

  private static let initialize: JSONObject = [
    "jsonrpc": "2.0", "id": "doctor-1", "method": .string(Method.initialize.rawValue),
    "params": [
      "protocolVersion": .string(Revision.latestLegacy.rawValue), "capabilities": [:],
      "clientInfo": ["name": "mcpctl", "version": .string(Version.number)],
    ],
  ]
  private static let initialized: JSONObject = ["jsonrpc": "2.0", "method": "notifications/initialized"]

  /// The call that says which node answers, where there is one; else a ping.
  private static func question(_ hasSpeaker: Bool) -> JSONObject {
    guard hasSpeaker else { return ["jsonrpc": "2.0", "id": "doctor-2", "method": .string(Method.ping.rawValue)] }
    return [
      "jsonrpc": "2.0", "id": "doctor-2", "method": .string(Method.toolsCall.rawValue),
      "params": ["name": .string(Replica.speaker), "arguments": .object(Replica.arguments)],
    ]
  }

  /// Sends until somebody knows the session, as often as others are asked; without a message the session is ended.
  private func insist(_ message: JSONObject?, in session: Session, at place: SocketAddress?) async throws {
    for _ in 0..<ReplicaExam.asks {
      let status = await post(message, in: session, at: place).status
      try Task.checkCancellation()
      if let status, status != 404, status != 400 { return }
    }
  }

  private struct Answer {
    var status: Int?
    var headers = HTTPHeaders()
    var body: [UInt8] = []
  }

  /// One request on a connection of its own.
  private func post(_ message: JSONObject?, in session: Session? = nil, at place: SocketAddress?) async -> Answer {
    let options = exam.options(place)
    var headers: HTTPHeaders = ["Accept": "application/json, text/event-stream"]
    if message != nil { headers.add("Content-Type", "application/json") }
    if let session {
      headers.add("Mcp-Session-Id", session.id)
      headers.add("MCP-Protocol-Version", session.revision)
    }
    for header in options.http.headers { headers.set(header.name, header.value) }
    do {
      _ = try await options.authorize(&headers, to: exam.url)
      let client = try HTTPClient(options.http, connectTimeout: options.timeouts.connect)
      defer { client.close() }
      let response = try await client.send(
        .init(
          message == nil ? .delete : .post, exam.url, headers: headers, body: message.map { Array($0.text.utf8) },
          totalTimeout: min(options.timeouts.idle, .seconds(10)), isRepeatable: false))
      let body = (try? await response.body.collect(limit: 256 << 10)) ?? []
      return Answer(status: response.status.rawValue, headers: response.headers, body: body)
    } catch {
      return Answer()
    }
  }

  /// The message of a body, which may be an event.
  private static func message(in body: [UInt8]) -> JSON? {
    if let message = try? JSON(parsing: body) { return message }
    let lines = String(decoding: body, as: UTF8.self).split(whereSeparator: \.isNewline)
    return lines.lazy.filter { $0.hasPrefix("data:") }
      .compactMap { try? JSON(parsing: String($0.dropFirst(5)).trimmed) }.first { $0["result"] != nil }
  }

  // MARK: The verdict

  private func judged(_ outcomes: [Outcome]) -> Examined {
    let answered = outcomes.filter(\.isAnswered)
    let names = answered.compactMap(\.node)
    let tally = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +).sorted { $0.key < $1.key }
    let by = tally.isEmpty ? "" : ", by " + tally.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    let text = "a session opened on one connection is answered on \(answered.count) of \(outcomes.count) others\(by)"
    guard answered.count < outcomes.count else {
      if tally.count > 1 { return Examined("sessions", .ok, "\(text): they share it") }
      return Examined("sessions", .ok, nodes.count > 1 ? "\(text): its requests go to one server" : text)
    }
    guard outcomes.contains(where: \.isUnknown) else {
      let statuses = Set(outcomes.filter { !$0.isAnswered }.map { $0.status.map { "HTTP \($0)" } ?? "no answer" })
      return Examined(
        "sessions", .wrong, "\(text); to the rest it came to \(statuses.sorted().joined(separator: ", "))")
    }
    return Examined(
      "sessions", .wrong, "\(text); the rest do not know it",
      hint:
        "let the servers share sessions, as `mcpctl serve --redis URL --node-name NAME` does, or send each client to one of them "
        + "(`mcpctl deploy nginx --affinity ip`, or by the header Mcp-Session-Id; clients keep no cookies)")
  }
}
