// SPDX-License-Identifier: Apache-2.0
// Feeds bytes to the readers of event streams and of lines, and checks what must hold whatever they are.
// Sources: Sources/EventIO/HTTP/SSEParser.swift Sources/EventIO/HTTP/ServerSentEvent.swift Sources/EventIO/Process/LineFramer.swift Sources/EventIO/IOError.swift

private let limit = 256

// As in files that would bring the whole server along.
extension [UInt8] {
  mutating func append(_ text: StaticString) { text.withUTF8Buffer { append(contentsOf: $0) } }
  mutating func append(_ span: Span<UInt8>) { span.withUnsafeBufferPointer { append(contentsOf: $0) } }
}
extension UInt8 { var isDigit: Bool { (0x30...0x39).contains(self) } }

private func events(of bytes: [UInt8], inPiecesOf size: Int) -> Result<[ServerSentEvent], IOError> {
  var parser = SSEParser(maximumBytes: limit)
  var events: [ServerSentEvent] = []
  do throws(IOError) {
    for start in stride(from: 0, to: bytes.count, by: size) {
      events += try parser.consume(bytes.span.extracting(start..<min(start + size, bytes.count)))
    }
  } catch {
    return .failure(error)
  }
  return .success(events)
}

private func lines(of bytes: [UInt8], inPiecesOf size: Int) -> Result<[[UInt8]], IOError> {
  var framer = LineFramer(limit: limit)
  var lines: [[UInt8]] = []
  do throws(IOError) {
    for start in stride(from: 0, to: bytes.count, by: size) {
      try framer.consume(bytes.span.extracting(start..<min(start + size, bytes.count)), into: &lines)
    }
  } catch {
    return .failure(error)
  }
  framer.finish(into: &lines)
  return .success(lines)
}

/// The first byte is the size of the pieces the rest is fed in.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let size = Int(start[0] % 16) + 1
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))

  let whole = events(of: bytes, inPiecesOf: max(1, bytes.count))
  precondition(whole == events(of: bytes, inPiecesOf: size), "how a stream is cut does not matter")
  if case .success(let found) = whole {
    for event in found {
      precondition(event.data.utf8.count <= 3 * limit, "an event is no larger than the limit, however it was repaired")
      guard case .success(let again) = events(of: event.encoded(), inPiecesOf: size) else { continue }
      precondition(again.map { $0.encoded() } == [event.encoded()], "what is written reads back as it was written")
    }
  }

  let wholeLines = lines(of: bytes, inPiecesOf: max(1, bytes.count))
  precondition(wholeLines == lines(of: bytes, inPiecesOf: size), "how lines are cut does not matter")
  if case .success(let found) = wholeLines {
    for line in found { precondition(!line.isEmpty && line.count <= limit && !line.contains(10), "lines are lines") }
  }
  return 0
}
