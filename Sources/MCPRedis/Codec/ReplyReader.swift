// SPDX-License-Identifier: Apache-2.0
import CHiredis

/// Takes replies from the bytes of a connection.
struct ReplyReader: ~Copyable {
  /// Why bytes are no replies.
  enum Fault: Error {
    case malformed(String)
    /// A reply is longer, or has more elements, than the limit.
    case tooLarge
  }

  private let reader: UnsafeMutablePointer<chiredis_reader>?
  private let bytes: Int
  /// How many bytes the reply that is being read has, at least.
  private var unfinished = 0

  /// - Parameters:
  ///   - bytes: the longest reply.
  ///   - elements: the longest array of one.
  init(bytes: Int, elements: Int) {
    reader = chiredis_reader_new(UInt64(clamping: elements))
    self.bytes = bytes
  }

  deinit {
    if let reader { chiredis_reader_free(reader) }
  }

  /// Reads on, and appends the replies that are whole. After a fault there is nothing to be read any more.
  mutating func consume(_ input: Span<UInt8>, into replies: inout [RedisValue]) throws(Fault) {
    guard let reader else { throw .malformed("there is not enough memory to read it") }
    // In pieces, so that what passes the limit is not gathered first.
    var position = 0
    while position < input.count {
      let piece = input.extracting(position..<min(position + 16 << 10, input.count))
      position += piece.count
      unfinished += piece.count
      guard piece.withUnsafeBufferPointer({ chiredis_feed(reader, $0.baseAddress, $0.count) }) == 0 else {
        throw fault(of: reader)
      }
      try take(from: reader, into: &replies)
      if unfinished > bytes { throw .tooLarge }
    }
  }

  private mutating func take(
    from reader: UnsafeMutablePointer<chiredis_reader>, into replies: inout [RedisValue]
  ) throws(Fault) {
    while true {
      var hasFailed: CInt = 0
      guard let reply = chiredis_next(reader, &hasFailed) else {
        if hasFailed != 0 { throw fault(of: reader) }
        return
      }
      defer { freeReplyObject(reply) }
      let unread = Int(clamping: chiredis_unread(reader))
      if unfinished - unread > bytes { throw .tooLarge }
      unfinished = unread
      replies.append(RedisValue(reply))
    }
  }

  private func fault(of reader: UnsafeMutablePointer<chiredis_reader>) -> Fault {
    guard let state = reader.pointee.reader else { return .malformed("nothing can be read") }
    if state.pointee.err == REDIS_ERR_OOM { return .tooLarge }
    let text = withUnsafeBytes(of: state.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return .malformed(text)
  }
}

extension RedisValue {
  fileprivate init(_ reply: UnsafePointer<redisReply>) {
    let reply = reply.pointee
    switch reply.type {
    case REDIS_REPLY_STRING: self = .bytes(Array(UnsafeRawBufferPointer(start: reply.str, count: reply.len)))
    case REDIS_REPLY_STATUS: self = .status(Self.text(reply))
    case REDIS_REPLY_ERROR: self = .error(Self.text(reply))
    case REDIS_REPLY_INTEGER: self = .integer(Int(reply.integer))
    case REDIS_REPLY_ARRAY:
      let elements = UnsafeBufferPointer(start: reply.element, count: reply.elements)
      self = .array(elements.map { element in element.map { RedisValue($0) } ?? .null })
    default: self = .null
    }
  }

  private static func text(_ reply: redisReply) -> String {
    String(decoding: UnsafeRawBufferPointer(start: reply.str, count: reply.len), as: UTF8.self)
  }
}
