// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore

extension [UInt8] {
  /// The text, which is one line because the compact spelling of JSON has no line ends, as an event.
  var event: [UInt8] { Array("event: message\ndata: ".utf8) + self + Array("\n\n".utf8) }

  /// The same with its id, in revisions whose clients can resume with it.
  func event(_ id: EventID, _ revision: Revision) -> [UInt8] {
    revision.hasResumption ? Array("id: \(id)\n".utf8) + event : event
  }
}

extension JSON {
  /// The value as an event.
  var event: [UInt8] { bytes.event }
}

/// An event without data that tells the client an id to come back with; nothing in revisions that do not expect it.
///
/// Spec: 2025-11-25, basic/transports, "Sending Messages to the Server".
func primingEvent(_ id: EventID, _ revision: Revision, retry: Duration) -> [UInt8]? {
  guard revision.hasPolling else { return nil }
  return Array("id: \(id)\nretry: \(retry.wholeMilliseconds)\ndata: \n\n".utf8)
}

/// Tells the client how long to wait before it comes back.
func retryField(_ retry: Duration) -> [UInt8] { Array("retry: \(retry.wholeMilliseconds)\n\n".utf8) }

extension Duration {
  fileprivate var wholeMilliseconds: Int64 {
    max(0, components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
  }
}
