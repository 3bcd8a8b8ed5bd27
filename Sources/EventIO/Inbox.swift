// SPDX-License-Identifier: Apache-2.0

/// What a peer sent and nobody took yet, in pieces. Its owner stops reading while there is no room.
struct Inbox {
  private let limit: Int
  private var pieces: [[UInt8]] = []
  private var unread = 0
  private var end: Result<Void, IOError>?
  private var reader: Promise<Void>?

  /// Has room for `limit` bytes; the piece that passes it is still kept whole.
  init(limit: Int) { self.limit = limit }

  /// Whether more may be read from the peer.
  var hasRoom: Bool { unread < limit }

  /// Whether nothing more comes.
  var hasEnded: Bool { end != nil }

  mutating func add(_ new: [[UInt8]]) {
    if new.isEmpty || end != nil { return }
    pieces += new
    for piece in new { unread += piece.count }
    wakeReader()
  }

  /// Nothing more comes; what came before is still handed out. The first call counts.
  mutating func finish(_ result: Result<Void, IOError>) {
    if end == nil { end = result }
    wakeReader()
  }

  enum Next {
    case pieces([[UInt8]], madeRoom: Bool)
    case end(Result<Void, IOError>)
    case wait(Promise<Void>)
  }

  mutating func take() -> Next {
    if !pieces.isEmpty {
      let wasFull = !hasRoom
      defer { (pieces, unread) = ([], 0) }
      return .pieces(pieces, madeRoom: wasFull)
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
