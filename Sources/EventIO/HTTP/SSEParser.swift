// SPDX-License-Identifier: Apache-2.0

/// Reads events from a `text/event-stream`, however it is cut into pieces. No I/O.
///
/// Spec: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
package struct SSEParser: Sendable {
  /// The id of the last event that had one: what to send as `Last-Event-ID`.
  package private(set) var lastEventID: String?
  /// The last `retry` that was sent, in milliseconds.
  package private(set) var retry: Int?

  private let maximumBytes: Int
  private var line: [UInt8] = []
  private var sawReturn = false
  private var isAtStart = true
  private var data: [UInt8] = []
  private var hasData = false
  private var event: String?
  private var id: String?
  private var eventRetry: Int?

  /// - Parameter maximumBytes: how large an event, or a line, may be.
  package init(maximumBytes: Int = 16 * 1024 * 1024) {
    self.maximumBytes = maximumBytes
  }

  /// Takes a piece of the stream and tells the events that it completed.
  ///
  /// - Throws: `IOError` `.tooLarge` for an event beyond the limit; the stream is of no use after that.
  package mutating func consume(_ bytes: Span<UInt8>) throws(IOError) -> [ServerSentEvent] {
    var events: [ServerSentEvent] = []
    var position = 0
    while position < bytes.count {
      // The LF of a CR LF ends no further line.
      if sawReturn, bytes[position] == 0x0A {
        sawReturn = false
        position += 1
        continue
      }
      sawReturn = false
      let start = position
      while position < bytes.count, bytes[position] != 0x0A, bytes[position] != 0x0D { position += 1 }
      try keep(bytes.extracting(start..<position))
      guard position < bytes.count else { break }
      sawReturn = bytes[position] == 0x0D
      position += 1
      if let event = endLine() { events.append(event) }
    }
    return events
  }

  private mutating func keep(_ part: Span<UInt8>) throws(IOError) {
    guard line.count + data.count + part.count <= maximumBytes else {
      throw IOError(.tooLarge, "an event of the stream is larger than \(maximumBytes) bytes")
    }
    line.append(part)
  }

  private mutating func endLine() -> ServerSentEvent? {
    defer { line.removeAll(keepingCapacity: line.capacity <= 64 * 1024) }
    if isAtStart {
      isAtStart = false
      if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
    }
    if line.isEmpty { return endEvent() }
    let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.count
    var value = line[min(colon + 1, line.count)...]
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    interpret(line[..<colon], value)
    return nil
  }

  private mutating func interpret(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) {
    switch String(decoding: name, as: UTF8.self) {
    case "data":
      if hasData { data.append(UInt8(ascii: "\n")) }
      hasData = true
      data.append(contentsOf: value)
    case "event": event = String(decoding: value, as: UTF8.self)
    case "id" where !value.contains(0): id = String(decoding: value, as: UTF8.self)
    case "retry" where !value.isEmpty && value.count < 16 && value.allSatisfy(\.isDigit):
      eventRetry = value.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    default: break
    }
  }

  /// A blank line: hands out the event if it has data; its id and retry count either way.
  private mutating func endEvent() -> ServerSentEvent? {
    if let id { lastEventID = id }
    if let eventRetry { retry = eventRetry }
    defer {
      data.removeAll(keepingCapacity: data.capacity <= 64 * 1024)
      hasData = false
      event = nil
      id = nil
      eventRetry = nil
    }
    guard hasData else { return nil }
    return ServerSentEvent(
      id: id, event: event, data: String(decoding: data, as: UTF8.self), retry: eventRetry)
  }
}
