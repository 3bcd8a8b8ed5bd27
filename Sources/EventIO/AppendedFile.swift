// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Files that only grow.
package enum AppendedFile {
  /// Opens a file to append to, readable by its owner and group alone, made when there is none. It stays open until the
  /// program ends, and may be cut short or copied away meanwhile (`copytruncate` of logrotate).
  /// - Throws: `IOError` naming the file and why it cannot be opened.
  package static func open(_ path: String) throws(IOError) -> CInt {
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw IOError(.unavailable, "'\(path)' cannot be written", errno: errno) }
    return descriptor
  }
}
