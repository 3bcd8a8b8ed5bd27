// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import TestSupport

/// A folder that is gone with its owner.
final class TemporaryFolder: Sendable {
  private let folder: String

  init() {
    let made = try? run(["mktemp", "-d", "/tmp/mcpctl-test-XXXXXX"]).output
    folder = String((made ?? "/nonexistent").prefix { $0 != "\n" })
  }

  deinit { _ = try? run(["rm", "-rf", folder]) }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// Writes a file; returns its path.
  func write(_ text: String, to name: String) throws -> String {
    try Console.system().writeFile(path(name), Array(text.utf8))
    return path(name)
  }
}
