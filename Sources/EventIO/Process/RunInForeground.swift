// SPDX-License-Identifier: Apache-2.0
import CProcess
import Glibc

/// Runs a shell command that gets our terminal, such as an editor, and waits for its end, however long that takes.
///
/// It belongs to our process group, so the terminal's signals reach it and us.
/// - Returns: its exit status; 128 and the number of the signal that ended it.
/// - Throws: `IOError` when there is no shell; `CancellationError` when the caller is cancelled before it begins.
package func runInForeground(shell command: String) async throws -> Int32 {
  let status = try await run(on: foregroundPool) { cprocess_foreground(command) }
  guard status >= 0 else { throw IOError(.unavailable, "no shell can be started", errno: -status) }
  return status
}

private let foregroundPool = HandlerPool(name: "foreground", maximumThreads: 4)
