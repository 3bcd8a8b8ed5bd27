// SPDX-License-Identifier: Apache-2.0

/// What is kept of one session's streams, all in one row: there is little, and it is read from its end.
struct SessionEvents {
  struct Event {
    let number: Int
    let stream: String
    let message: [UInt8]
  }

  /// What is known of a stream while it is open or events of it are kept.
  private struct Stream {
    var count = 0
    /// Whether it may be resumed though nothing is kept.
    var isOpen = false
    var isClosed = false
  }

  private var kept = Queue<Event>()
  private var streams: [String: Stream] = [:]
  private(set) var bytes = 0
  /// The number of the newest event that was forgotten.
  private(set) var forgotten = 0

  var isEmpty: Bool { streams.isEmpty }
  var oldest: Int? { kept.first?.number }

  func exceeds(_ limits: ServeLimits) -> Bool {
    kept.count > limits.loggedEvents || (bytes > limits.loggedBytes && kept.count > 1)
  }

  mutating func open(_ stream: String) {
    streams[stream, default: Stream()].isOpen = true
    streams[stream]?.isClosed = false
  }

  mutating func close(_ stream: String) {
    streams[stream]?.isOpen = false
    streams[stream]?.isClosed = true
    dropIfForgotten(stream)
  }

  mutating func append(_ message: [UInt8], to stream: String, number: Int) {
    streams[stream, default: Stream()].count += 1
    kept.append(Event(number: number, stream: stream, message: message))
    bytes += message.count
  }

  mutating func forgetOldest() -> Event? {
    guard let event = kept.first else { return nil }
    kept.removeFirst()
    bytes -= event.message.count
    forgotten = event.number
    streams[event.stream]?.count -= 1
    dropIfForgotten(event.stream)
    return event
  }

  /// Whether the stream has ended; nil when nothing is known of it.
  func isClosed(_ stream: String) -> Bool? { streams[stream]?.isClosed }

  func newest(on stream: String) -> Int? { kept.last { $0.stream == stream }?.number }

  func events(after position: Int, on stream: String, limit: Int) -> [(id: EventID, message: [UInt8])] {
    var events: [(id: EventID, message: [UInt8])] = []
    for event in kept.suffix(after: { $0.number <= position }) where event.stream == stream {
      events.append((EventID(stream: stream, position: String(event.number)), event.message))
      if events.count == limit { break }
    }
    return events
  }

  private mutating func dropIfForgotten(_ name: String) {
    if let stream = streams[name], stream.count == 0, !stream.isOpen { streams[name] = nil }
  }
}

/// Elements that come at the end and go at the front.
struct Queue<Element> {
  private var elements: [Element?] = []
  private var head = 0

  var count: Int { elements.count - head }
  var first: Element? { head < elements.count ? elements[head] : nil }

  mutating func append(_ element: Element) { elements.append(element) }

  mutating func removeFirst() {
    guard head < elements.count else { return }
    elements[head] = nil
    head += 1
    if head > 32, head > elements.count / 2 {
      elements.removeFirst(head)
      head = 0
    }
  }

  func last(where isWanted: (Element) -> Bool) -> Element? {
    for case let element? in elements[head...].reversed() where isWanted(element) { return element }
    return nil
  }

  /// What follows those that `isBefore` holds for, which are the first.
  func suffix(after isBefore: (Element) -> Bool) -> some Sequence<Element> {
    var (low, high) = (head, elements.count)
    while low < high {
      let middle = (low + high) / 2
      if let element = elements[middle], isBefore(element) { low = middle + 1 } else { high = middle }
    }
    return elements[low...].lazy.compactMap { $0 }
  }
}
