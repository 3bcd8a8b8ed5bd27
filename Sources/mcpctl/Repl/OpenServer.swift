// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import MCPClientKit

/// A server a REPL stays connected to.
final class OpenServer: Sendable {
  let connection: Connection
  let scene: Scene
  /// What the prompt calls it: `builtin`, a program's name, a host.
  let name: String
  /// What it offers, as it was last listed.
  let surface = Surface()
  private let closing: Promise<Void>
  private let conversation: Task<Void, Never>

  private init(
    _ connection: Connection, _ scene: Scene, _ name: String, _ closing: Promise<Void>,
    _ conversation: Task<Void, Never>
  ) {
    (self.connection, self.scene, self.name) = (connection, scene, name)
    (self.closing, self.conversation) = (closing, conversation)
  }

  /// Connects.
  /// - Parameter taken: the names other servers have already.
  /// - Throws: what a command would report; nothing is left running then.
  static func open(_ connection: Connection, besides taken: [String] = []) async throws -> OpenServer {
    let name = name(of: connection, besides: taken)
    var connection = connection
    connection.asker = name
    let opened = Promise<Result<Scene, any Error>>()
    let closing = Promise<Void>()
    // Over when it is closed; `close` waits for it.
    let conversation = Task { [connection] in
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
    case .success(let scene):
      return OpenServer(connection, scene, name, closing, conversation)
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

  /// A second server of the same name is `name-2`.
  private static func name(of connection: Connection, besides taken: [String]) -> String {
    let name = name(of: connection.resolved)
    guard taken.contains(name) else { return name }
    return (2...taken.count + 1).map { "\(name)-\($0)" }.first { !taken.contains($0) } ?? name
  }

  private static func name(of resolved: TargetResolver.Resolved) -> String {
    if let listing = resolved.listing { return listing.name }
    switch resolved.target {
    case .builtin: return TargetResolver.builtin
    case .program(let command, _, _, _): return command.split(separator: "/").last.map(String.init) ?? command
    case .url(let url, _, _):
      let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
      let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
      return String(authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority)
    }
  }
}
