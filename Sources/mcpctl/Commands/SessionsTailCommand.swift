// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPRedis

/// `mcpctl sessions tail`
struct SessionsTailCommand: StoreCommand {
  static let info = CommandInfo(
    "tail", "Follow what is sent to the client of a session.",
    discussion: [
      "Shown are the messages that went through the log of the session: notifications, questions, and answers that came as a stream. "
        + "An answer that was one JSON body is not among them. It ends with the session, or with Ctrl-C.",
      "Messages may hold what users said and tools answered.",
    ],
    examples: [
      .init("mcpctl sessions tail 3f1c", "Shows what comes from now on."),
      .init("mcpctl sessions tail 3f1c --all -o jsonl", "With all that is kept."),
    ])

  @Argument("Id of the session, or how it begins: four characters or more.", completion: .dynamic("sessions")) var id:
    String
  @Group("Store") var store: StoreOptions
  @Flag("Begin with what is kept.") var all: Bool
  @Option("End after so many messages; 0 goes on.", value: "N") var count = 0
  @Option("Output format.", short: "o", value: "FORMAT") var output = SessionsWatchCommand.Form.text

  func run(in console: Console) async throws -> ExitCode {
    guard count >= 0 else { throw UsageError("--count is a number from 0 on") }
    return try await store.withStore(console) { inspector in
      let id = try await inspector.meant(by: id).record.id
      let key = inspector.layout.events(id)
      var last = all ? RedisStreamID.start : try await newest(key, inspector)
      let reader = inspector.client.reader(ofStream: key)
      var shown = 0
      while true {
        for entry in try await reader.entries(after: last, atMost: 100, waiting: .seconds(1)) {
          last = entry.id
          show(entry, console)
          shown += 1
          if count > 0, shown == count { return .success }
        }
        console.output.flush()
        guard try await isThere(id, inspector) else {
          console.error.print("session \(safeText(id)) is over")
          return .success
        }
      }
    }
  }

  private func newest(_ key: String, _ inspector: StoreInspector) async throws -> RedisStreamID {
    let answer = try await inspector.client.send(
      RedisCommand("XREVRANGE", .key(key), "+", "-", "COUNT", 1))
    return answer.array?.first?.array?.first?.string.flatMap { RedisStreamID($0) } ?? .start
  }

  private func isThere(_ id: String, _ inspector: StoreInspector) async throws -> Bool {
    do {
      _ = try await inspector.required(id)
      return true
    } catch let error as Failure {
      guard error.exit == .notFound else { throw error }
      return false
    }
  }

  private func show(_ entry: RedisStreamEntry, _ console: Console) {
    func field(_ name: String) -> String { entry.fields[name].map { String(decoding: $0, as: UTF8.self) } ?? "" }
    switch output {
    case .jsonl:
      let data = field("d")
      console.output.print(
        JSON.object([
          "id": .string("\(entry.id)"), "stream": .string(field("s")),
          "message": (try? JSON(parsing: data)) ?? .string(data),
        ]).text)
    case .text: console.output.print("\(entry.id)\t\(oneLine(field("s")))\t\(oneLine(field("d")))")
    }
  }
}
