// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPClientKit
import MCPCore
import Synchronization
import TestSupport
import Testing

/// A server in memory that answers as a closure says, and remembers what it was sent.
final class ScriptedServer: Sendable {
  /// What to send back for one message.
  typealias Script = @Sendable (Message) -> [JSON]

  private let channel: MemoryChannel
  private let heard = Mutex<[Message]>([])
  private let watch = WireWatch()
  let target: ServerTarget

  init(_ script: @escaping Script) {
    let (ours, theirs) = MemoryChannel.pair()
    channel = ours
    target = .channel(theirs, name: "scripted")
    Task { [self] in
      while let text = await channel.receive() {
        guard let json = try? JSON(parsing: text), let message = try? Message(json) else {
          Issue.record("no message: \(String(decoding: text, as: UTF8.self))")
          continue
        }
        for fault in watch.client(json) { Issue.record("\(fault): \(json.text)") }
        heard.withLock { $0.append(message) }
        for answer in script(message) { await say(answer) }
      }
      await channel.close()
    }
  }

  func say(_ json: JSON) async {
    watch.server(json)
    try? await channel.send(Array(json.text.utf8))
  }

  func hangUp() async { await channel.close() }

  var messages: [Message] { heard.withLock { $0 } }

  var requests: [Request] {
    messages.compactMap { if case .request(let request) = $0 { request } else { nil } }
  }

  func notifications(_ method: Method) -> [Message.Notification] {
    messages.compactMap { if case .notification(let it) = $0, it.method == method { it } else { nil } }
  }

  /// Waits until the server was told `method`.
  func hears(_ method: Method) async -> Message.Notification {
    while true {
      if let notification = notifications(method).first { return notification }
      await Task.yield()
    }
  }
}

extension ScriptedServer {
  /// A modern server: describes itself, and leaves the rest to `script`.
  static func modern(_ script: @escaping @Sendable (Request) -> [JSON] = { _ in [] }) -> ScriptedServer {
    ScriptedServer { message in
      guard case .request(let request) = message else { return [] }
      return request.method == .discover ? [request.answer(discovery)] : script(request)
    }
  }

  /// A legacy server: refuses what it does not know, shakes hands, and leaves the rest to `script`.
  static func legacy(
    _ revision: String = "2025-11-25", _ script: @escaping @Sendable (Request) -> [JSON] = { _ in [] }
  ) -> ScriptedServer {
    ScriptedServer { message in
      guard case .request(let request) = message else { return [] }
      switch request.method {
      case .discover: return [request.refusal(.methodNotFound(request.method))]
      case .initialize: return [request.answer(handshake(revision))]
      default: return script(request)
      }
    }
  }

  static let discovery: JSON = [
    "supportedVersions": ["2026-07-28"], "capabilities": ["tools": [:]], "resultType": "complete",
    "instructions": "be kind",
    "_meta": ["io.modelcontextprotocol/serverInfo": ["name": "scripted", "version": "1"]],
  ]

  static func handshake(_ revision: String) -> JSON {
    [
      "protocolVersion": .string(revision), "capabilities": [:], "serverInfo": ["name": "scripted", "version": "1"],
    ]
  }
}

extension Request {
  func answer(_ result: JSON) -> JSON { ["jsonrpc": "2.0", "id": id.json, "result": result] }
  func refusal(_ error: RPCError) -> JSON { ["jsonrpc": "2.0", "id": id.json, "error": error.json] }
}
