// SPDX-License-Identifier: Apache-2.0
// Feeds bytes to the HTTP and event-stream parsers, whole and in pieces: the pieces must not change what is understood.
// Sources: Sources/EventIO/IOError.swift Sources/EventIO/Net/SocketAddress.swift Sources/EventIO/Net/AddressRange.swift Sources/EventIO/HTTP/HTTPMessage.swift
// Sources: Sources/EventIO/HTTP/HTTPHead*.swift Sources/EventIO/HTTP/HTTPLimits.swift Sources/EventIO/HTTP/HTTPParser.swift
// Sources: Sources/EventIO/HTTP/RepeatedHead.swift Sources/EventIO/TLS/ClientCertificate.swift
// Sources: Sources/EventIO/HTTP/HTTPBodyReader.swift Sources/EventIO/HTTP/HTTPFieldReader.swift
// Sources: Sources/EventIO/HTTP/Span+Bytes.swift Sources/EventIO/HTTP/ServerSentEvent.swift
// Sources: Sources/EventIO/HTTP/SSEParser.swift

/// One input: the first byte chooses the parser, its limits and the size of the pieces.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 1 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  let size = Int(start[0] & 0x3F) + 1
  switch start[0] >> 6 {
  case 0: checkRequests(bytes, inPiecesOf: size, HTTPLimits())
  case 1: checkRequests(bytes, inPiecesOf: size, tight)
  default: checkEvents(bytes, inPiecesOf: size)
  }
  return 0
}

private let tight: HTTPLimits = {
  var limits = HTTPLimits()
  limits.headerBytes = 300
  limits.headerCount = 5
  limits.targetBytes = 20
  limits.bodyBytes = 30
  return limits
}()

private struct Reading {
  var requests: [HTTPRequest] = []
  var status: HTTPStatus?
  /// Whether nothing is left over.
  var isComplete = false
}

private func checkRequests(_ bytes: [UInt8], inPiecesOf size: Int, _ limits: HTTPLimits) {
  let whole = read(bytes, inPiecesOf: bytes.count, limits)
  let pieces = read(bytes, inPiecesOf: size, limits)
  precondition(whole.requests.count == pieces.requests.count, "pieces hold the same requests")
  for (one, other) in zip(whole.requests, pieces.requests) { check(one, other, limits) }
  // Said twice, everything is understood twice: a head that is known again must mean what it meant when it was read.
  guard whole.isComplete, size.isMultiple(of: 2) else { return }
  let twice = read(bytes + bytes, inPiecesOf: 2 * bytes.count, limits)
  precondition(twice.isComplete && twice.requests.count == 2 * whole.requests.count, "it is as good the second time")
  for (one, other) in zip(twice.requests, whole.requests + whole.requests) { check(one, other, limits) }
  // What is wrong with a line may be noticed only when the line is complete.
  precondition(pieces.status == whole.status || pieces.status == nil, "pieces are refused for the same reason")
  if bytes.last == 0x0A { precondition(pieces.status == whole.status, "a complete line is judged") }
}

private func check(_ one: HTTPRequest, _ other: HTTPRequest, _ limits: HTTPLimits) {
  precondition(
    one.method == other.method && one.target == other.target && one.headers == other.headers
      && one.body == other.body && one.keepsAlive == other.keepsAlive, "pieces mean the same")
  precondition(one.body.count <= limits.bodyBytes && one.target.utf8.count <= limits.targetBytes, "limits hold")
  precondition(one.headers.count <= limits.headerCount, "limits hold")
  precondition(!one.path.isEmpty && one.query?.contains("\n") != true, "there is a path")
  for (name, value) in one.headers {
    precondition(one.headers.values(of: name).contains(value), "every field is found by its name")
  }
}

private func read(_ bytes: [UInt8], inPiecesOf size: Int, _ limits: HTTPLimits) -> Reading {
  var parser = HTTPParser(remote: .loopback(port: 1))
  var reading = Reading()
  do throws(HTTPRejection) {
    for start in stride(from: 0, to: bytes.count, by: size) {
      let piece = Array(bytes[start..<min(start + size, bytes.count)])
      var position = 0
      while position < piece.count {
        guard case .request(let request, let end) = try parser.consume(piece.span, from: position, limits: limits)
        else { break }
        precondition(end > position || request.body.isEmpty, "parsing goes on")
        position = end
        reading.requests.append(request)
      }
    }
    reading.isComplete = !parser.isInHead && !parser.isInBody
  } catch {
    reading.status = error.status
  }
  return reading
}

private func checkEvents(_ bytes: [UInt8], inPiecesOf size: Int) {
  let whole = events(bytes, inPiecesOf: bytes.count)
  precondition(whole == events(bytes, inPiecesOf: size), "pieces mean the same")
  for event in whole {
    precondition(events(event.encoded(), inPiecesOf: size) == [event], "what is written reads back the same")
  }
}

private func events(_ bytes: [UInt8], inPiecesOf size: Int) -> [ServerSentEvent] {
  var parser = SSEParser()
  var events: [ServerSentEvent] = []
  for start in stride(from: 0, to: bytes.count, by: size) {
    guard let more = try? parser.consume(Array(bytes[start..<min(start + size, bytes.count)]).span) else { break }
    events += more
  }
  return events
}
