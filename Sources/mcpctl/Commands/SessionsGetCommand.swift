// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPRedis

/// `mcpctl sessions get`
struct SessionsGetCommand: StoreCommand {
  static let info = CommandInfo(
    "get", "Show all that is known of a session.",
    discussion: [
      "With what its client can do, who holds its stream, what waits for it, and which requests are in flight."
    ],
    examples: [.init("mcpctl sessions get 3f1c --store redis://cache:6379", "Shows the session whose id begins so.")])

  @Argument("Id of the session, or how it begins: four characters or more.", completion: .dynamic("sessions")) var id:
    String
  @Group("Store") var store: StoreOptions
  @Group("Identity") var identity: IdentityOptions
  @Group("Output") var output: OutputOptions

  func run(in console: Console) async throws -> ExitCode {
    if let memory = try store.memory(console) {
      let (row, details) = try await memory.meant(by: id)
      var object = row.json(showsIdentity: identity.showIdentity).object ?? [:]
      for name in ["clientInfo", "capabilities", "logLevel"] { object[name] = details[name] }
      object["subscribed"] = row.record.subscriptions.isEmpty ? nil : details["subscriptions"]
      try output.printer.show(Presentation(.object(object), text: lines(object), names: [row.record.id]), on: console)
      return .success
    }
    return try await store.withStore(console) { inspector in
      let row = try await inspector.meant(by: id)
      let object = try await SessionDetail(inspector, row).json(showsIdentity: identity.showIdentity)
      try output.printer.show(Presentation(.object(object), text: lines(object), names: [row.record.id]), on: console)
      return .success
    }
  }

  /// One line for each member.
  private func lines(_ object: JSONObject) -> String {
    let width = object.members.map(\.name.count).max() ?? 0
    return object.members.map { member in
      let text = member.value.string ?? member.value.text
      return member.name.padded(to: width + 2) + oneLine(text) + "\n"
    }.joined()
  }
}

/// A session with all that belongs to it.
private struct SessionDetail {
  let inspector: StoreInspector
  let row: SessionRow
  private var id: String { row.record.id }

  init(_ inspector: StoreInspector, _ row: SessionRow) { (self.inspector, self.row) = (inspector, row) }

  func json(showsIdentity: Bool) async throws -> JSONObject {
    let layout = inspector.layout
    var object = row.json(showsIdentity: showsIdentity).object ?? [:]
    let answers = try await inspector.ask([
      RedisCommand("HMGET", .key(layout.session(id)), "initParams", "logLevel", "deviceId", "visionUrl", "version"),
      RedisCommand("PTTL", .key(layout.session(id))), RedisCommand("MEMORY USAGE", .key(layout.session(id))),
      RedisCommand("XLEN", .key(layout.events(id))), RedisCommand("MEMORY USAGE", .key(layout.events(id))),
      RedisCommand("GET", .key(layout.listener(id))), RedisCommand("ZSCORE", .key(layout.index), .text(id)),
    ])
    let fields = answers[0].array ?? []
    if let params = fields.first?.bytes.flatMap({ try? JSONObject(parsing: $0) }) {
      object["clientInfo"] = params["clientInfo"]
      object["capabilities"] = params["capabilities"]
    }
    object["subscribed"] = row.record.subscriptions.isEmpty ? nil : .array(row.record.subscriptions.map(JSON.string))
    for (name, value) in zip(["logLevel", "deviceId"], fields.dropFirst()) {
      object[name] = value.string.map(JSON.string)
    }
    object["expires"] = answers[1].int.map { $0 < 0 ? "never: its record has no TTL" : .number(JSONNumber($0 / 1000)) }
    object["recordBytes"] = answers[2].int.map { .number(JSONNumber($0)) }
    object["queued"] = answers[3].int.map { .number(JSONNumber($0)) }
    object["queuedBytes"] = answers[4].int.map { .number(JSONNumber($0)) }
    object["listener"] = answers[5].string.map(JSON.string)
    object["indexed"] = .bool(answers[6].string != nil)
    object["inFlight"] = .array(try await requests())
    return object
  }

  /// The streamed requests that no answer has ended.
  private func requests() async throws -> [JSON] {
    var requests: [JSON] = []
    for try await keys in inspector.client.scan(matching: inspector.layout.requests(ofSession: id), count: 2_000) {
      let answers = try await inspector.ask(
        keys.map { RedisCommand("HMGET", .key($0), "node", "startedAt", "done") })
      for (key, answer) in zip(keys, answers) {
        guard let fields = answer.array, fields.count == 3, fields[2].isNull || fields[2].int == 0 else { continue }
        var request: JSONObject = ["id": .string(String(key.split(separator: ":").last ?? ""))]
        request["node"] = fields[0].string.map(JSON.string)
        request["startedAt"] = fields[1].int.map { .number(JSONNumber($0)) }
        requests.append(.object(request))
      }
    }
    return requests
  }
}

extension StoreInspector {
  /// The session of that id.
  /// - Throws: `Failure` when there is none.
  func required(_ id: String) async throws -> SessionRow {
    let answer = try await ask([SessionRecordReader.command(layout.session(id))])
    var reader = SessionRecordReader()
    switch reader.read(answer.first ?? .null, id: id) {
    case .session(let record):
      let row = SessionRow(record, now: try await now())
      if (record.end ?? .max) > row.now { return row }
      throw Self.unknown(id)
    case .foreign:
      throw Failure(
        .protocolError, "foreign", "\(safeText(layout.session(id))) is no record of a session",
        hint: "`mcpctl sessions verify` says what it is")
    case .grave: throw Failure(.notFound, "no_session", "session \(safeText(id)) has just been ended")
    case .nothing: throw Self.unknown(id)
    }
  }

  static func unknown(_ id: String) -> Failure {
    Failure(
      .notFound, "no_session", "there is no session \(safeText(id))",
      hint: id.count < SessionPrefix.least
        ? "give the id, or its first four characters or more: `mcpctl sessions ls` lists them"
        : "`mcpctl sessions ls` lists them; it may have been over for long")
  }
}
