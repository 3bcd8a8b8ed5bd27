// SPDX-License-Identifier: Apache-2.0

/// The lines a child wrote and nobody took yet.
struct ChildOutput {
  private let limit: Int
  private var lines: [[UInt8]] = []
  private var unread = 0
  private var end: Result<Void, IOError>?
  private var reader: Promise<Void>?

  init(limit: Int) { self.limit = limit }

  /// Whether more may be read from the child.
  var hasRoom: Bool { unread < limit }

  mutating func add(_ new: [[UInt8]]) {
    if new.isEmpty || end != nil { return }
    lines += new
    for line in new { unread += line.count }
    wakeReader()
  }

  /// The stream is over, or broken; what was read before is still handed out.
  mutating func finish(_ result: Result<Void, IOError>) {
    if end == nil { end = result }
    wakeReader()
  }

  enum Next {
    case lines([[UInt8]], madeRoom: Bool)
    case end(Result<Void, IOError>)
    case wait(Promise<Void>)
  }

  mutating func take() -> Next {
    if !lines.isEmpty {
      let wasFull = !hasRoom
      defer { (lines, unread) = ([], 0) }
      return .lines(lines, madeRoom: wasFull)
    }
    if let end { return .end(end) }
    let reader = Promise<Void>()
    self.reader = reader
    return .wait(reader)
  }

  private mutating func wakeReader() {
    reader?.keep(())
    reader = nil
  }
}
