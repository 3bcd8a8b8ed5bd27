// SPDX-License-Identifier: Apache-2.0
// Feeds bytes to the reader of Redis' replies, and words to the writer of commands, and checks what must hold whatever they are.
// Sources: Sources/MCPRedis/Codec/ReplyReader.swift Sources/MCPRedis/Codec/CommandText.swift Sources/MCPRedis/RedisValue.swift Sources/MCPRedis/RedisCommand.swift Sources/MCPRedis/RedisError.swift Sources/MCPRedis/Topology/HashSlot.swift

private let byteLimit = 4096
private let elementLimit = 64

private struct Reading: Equatable {
  var replies: [RedisValue] = []
  var isWhole = true
}

private func read(_ bytes: [UInt8], inPiecesOf size: Int) -> Reading {
  var reader = ReplyReader(bytes: byteLimit, elements: elementLimit)
  var reading = Reading()
  do throws(ReplyReader.Fault) {
    for start in stride(from: 0, to: bytes.count, by: size) {
      try reader.consume(bytes.span.extracting(start..<min(start + size, bytes.count)), into: &reading.replies)
    }
  } catch {
    reading.isWhole = false
  }
  return reading
}

private func check(_ value: RedisValue, depth: Int = 0) -> Int {
  precondition(depth <= 9, "replies are not nested without end")
  switch value {
  case .array(let elements):
    precondition(elements.count <= elementLimit, "an array is no longer than the limit")
    _ = (value.fields, value.strings)
    return elements.reduce(0) { $0 + check($1, depth: depth + 1) }
  case .bytes(let bytes): return bytes.count
  case .status(let text), .error(let text):
    let error = RedisError.server(text, to: RedisCommand("GET", .key("topsecret")), at: "here:1")
    precondition(!error.message.contains("topsecret"), "errors do not repeat what was sent")
    return text.utf8.count / 3
  case .integer, .null: return 0
  }
}

/// The first byte is the size of the pieces the rest is fed in.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let size = Int(start[0] % 16) + 1
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))

  let cut = read(bytes, inPiecesOf: size)
  let whole = read(bytes, inPiecesOf: max(1, bytes.count))
  // How much of what is too long was read before that was found depends on the pieces.
  if cut.isWhole && whole.isWhole {
    precondition(cut == whole, "how the bytes are cut does not matter")
  } else {
    precondition(zip(cut.replies, whole.replies).allSatisfy(==), "what was read before a fault is the same")
  }
  for reply in cut.replies { precondition(check(reply) <= byteLimit, "a reply is no longer than the limit") }

  // A command reads back as the array of its words.
  let words = bytes.prefix(512).split(separator: UInt8(ascii: " "), maxSplits: 20, omittingEmptySubsequences: false)
  let command = RedisCommand("X", words.map { .bytes(Array($0)) })
  let again = read(command.encoded, inPiecesOf: size)
  precondition(again.replies == [.array([.bytes([0x58])] + words.map { .bytes(Array($0)) })], "a command is its words")
  precondition((0..<HashSlot.count).contains(HashSlot.slot(of: String(decoding: bytes, as: UTF8.self))))
  return 0
}
