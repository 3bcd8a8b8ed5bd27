// SPDX-License-Identifier: Apache-2.0
import Observability

/// What is shown of a session's id: its server, when the id names one, and a few characters, enough for people to tell sessions
/// apart, too few to use one.
package func shownSession(_ id: String) -> String {
  guard id.hasPrefix("v1.") else { return id.clipped(to: 8) }
  let parts = id.split(separator: ".", omittingEmptySubsequences: false)
  return parts.count == 5 ? "\(parts[1]).\(parts[2].prefix(6))" : id.clipped(to: 8)
}
