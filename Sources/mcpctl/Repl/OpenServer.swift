// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import MCPClientKit

/// A server a REPL stays connected to.
final class OpenServer: Sendable {
  let connection: Connection
  let scene: Scene
  private let closing: Promise<Void>
  private let conversation: Task<Void, Never>

  private init(_ connection: Connection, _ scene: Scene, _ closing: Promise<Void>, _ conversation: Task<Void, Never>) {
    (self.connection, self.scene, self.closing, self.conversation) = (connection, scene, closing, conversation)
  }

  /// Connects.
  /// - Throws: what a command would report; nothing is left running then.
  static func open(_ connection: Connection) async throws -> OpenServer {
    let opened = Promise<Result<Scene, any Error>>()
    let closing = Promise<Void>()
    // Over when it is closed; `close` waits for it.
    let conversation = Task {
      do {
        _ = try await connection.stay { scene in
          opened.keep(.success(scene))
          await closing.value(onCancel: ())
          return .success
        }
      } catch {
        opened.keep(.failure(error))
      }
    }
    switch await opened.value(onCancel: .failure(CancellationError())) {
    case .success(let scene): return OpenServer(connection, scene, closing, conversation)
    case .failure(let error):
      conversation.cancel()
      await conversation.value
      throw error
    }
  }

  /// Ends the conversation politely; bounded, and deaf to cancellation.
  func close() async {
    closing.keep(())
    await conversation.value
  }

  /// What the prompt calls it: `builtin`, a program's name, a host.
  var name: String {
    if let listing = connection.resolved.listing { return listing.name }
    switch connection.resolved.target {
    case .builtin: return "builtin"
    case .program(let command, _, _, _): return command.split(separator: "/").last.map(String.init) ?? command
    case .url(let url, _, _):
      let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
      let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
      return String(authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority)
    }
  }
}
