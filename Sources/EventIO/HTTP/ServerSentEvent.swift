// SPDX-License-Identifier: Apache-2.0

/// One event of a `text/event-stream`.
///
/// Spec: https://html.spec.whatwg.org/multipage/server-sent-events.html
package struct ServerSentEvent: Sendable, Hashable {
  /// What a client sends as `Last-Event-ID` to go on after this event. Empty clears it, nil keeps the one before.
  package var id: String?
  /// The event's name; nil means `message`.
  package var event: String?
  package var data: String
  /// How long the client should wait before it connects again, in milliseconds.
  package var retry: Int?

  package init(id: String? = nil, event: String? = nil, data: String, retry: Int? = nil) {
    self.id = id
    self.event = event
    self.data = data
    self.retry = retry
  }

  /// The event as it travels, its blank line included.
  ///
  /// Data is split at every kind of line end, so nothing in it can begin another field or event. Line ends are taken
  /// out of the name and the id, which cannot hold them, and NUL out of the id.
  package func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(data.utf8.count + 32)
    if let id { Self.append("id: ", line: id.utf8.contains(0) ? id.filter { $0 != "\0" } : id, to: &bytes) }
    if let event { Self.append("event: ", line: event, to: &bytes) }
    if let retry { Self.append("retry: ", line: String(max(0, retry)), to: &bytes) }
    Self.append(data: data, to: &bytes)
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  /// A comment, which clients ignore: it keeps idle connections alive.
  package static func comment(_ text: String = "") -> [UInt8] {
    var bytes: [UInt8] = []
    append(text.isEmpty ? ":" : ": ", line: text, to: &bytes)
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  private static func append(_ name: StaticString, line: String, to bytes: inout [UInt8]) {
    bytes.append(name)
    for byte in line.utf8 where byte != 0x0A && byte != 0x0D { bytes.append(byte) }
    bytes.append(UInt8(ascii: "\n"))
  }

  private static func append(data: String, to bytes: inout [UInt8]) {
    bytes.append("data: " as StaticString)
    var previous: UInt8 = 0
    for byte in data.utf8 {
      if byte == 0x0D || (byte == 0x0A && previous != 0x0D) {
        bytes.append("\ndata: " as StaticString)
      } else if byte != 0x0A {
        bytes.append(byte)
      }
      previous = byte
    }
    bytes.append(UInt8(ascii: "\n"))
  }
}
