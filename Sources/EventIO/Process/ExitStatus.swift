// SPDX-License-Identifier: Apache-2.0
import Glibc

/// How a child process ended.
package enum ExitStatus: Sendable, Hashable, CustomStringConvertible {
  /// It returned this status.
  case exited(Int32)
  /// This signal killed it.
  case killed(signal: Int32)

  /// Whether it ended with status 0.
  package var isSuccess: Bool { self == .exited(0) }

  /// Reads on after the program's name: `exited with status 3`, `was killed by signal 9 (Killed)`.
  package var description: String {
    switch self {
    case .exited(let status): "exited with status \(status)"
    case .killed(let signal): "was killed by signal \(signal) (\(String(cString: strsignal(signal))))"
    }
  }
}
