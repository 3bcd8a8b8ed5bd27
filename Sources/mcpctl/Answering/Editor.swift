// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// The user's editor.
struct Editor {
  /// The most that is read of what was written.
  private static let limit = 16 << 20

  let console: Console
  /// Runs a shell command that has the terminal; what it ended with.
  let running: @Sendable (String) async throws -> Int32

  /// What `text` has become.
  /// - Parameter otherwise: what an editor that failed means.
  func edit(_ text: String, otherwise: String) async throws -> String {
    let path = try TemporaryFile.make(holding: Array(text.utf8), console)
    defer { TemporaryFile.remove(path) }
    let editor = ["VISUAL", "EDITOR"].lazy.compactMap(console.environment).first { !$0.trimmed.isEmpty } ?? "vi"
    let status = try await running("\(editor) \(shellQuoted(path))")
    guard status == 0 else { throw Failure(.negative, "program", "\(editor) ended with \(status); \(otherwise)") }
    return String(decoding: try console.readFile(path, Self.limit), as: UTF8.self)
  }
}
