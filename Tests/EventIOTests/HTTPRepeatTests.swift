// SPDX-License-Identifier: Apache-2.0
import EventIO
import Testing

/// What becomes of a request on a kept connection that ends before any response: libcurl would send it again.
@Suite(.timeLimit(.minutes(1))) struct HTTPRepeatTests {
  @Test func aPOSTOnAKeptConnectionThatEndsArrivesOnce() async throws {
    let (error, arrivals) = try await send(isRepeatable: nil, body: Array("pay".utf8))
    #expect(error?.code == .receive)
    #expect(error?.message.contains("broke off the response: the connection ended before any of it came") == true)
    #expect(arrivals == "1")
  }

  @Test func aPOSTWithoutABodyArrivesOnceToo() async throws {
    let (error, arrivals) = try await send(isRepeatable: nil, body: nil)
    #expect(error?.code == .receive)
    #expect(arrivals == "1")
  }

  @Test func aLargeBodyArrivesWholeAndOnce() async throws {
    let (error, arrivals) = try await send(isRepeatable: nil, body: [UInt8](repeating: 0x78, count: 1 << 20))
    #expect(error?.code == .receive)
    #expect(arrivals == "1")
  }

  @Test func whatIsRepeatableIsSentAgain() async throws {
    let (error, arrivals) = try await send(isRepeatable: true, body: Array("list".utf8))
    #expect(error?.code == .receive)
    #expect(arrivals == "2", "the second time over a new connection")
  }

  /// Posts to a server that answers once on a connection and ends it on the next request, then asks how often that came.
  private func send(isRepeatable: Bool?, body: [UInt8]?) async throws -> (error: IOError?, arrivals: String) {
    let code = """
      import socket, threading
      listener = socket.create_server(("127.0.0.1", 0))
      print(listener.getsockname()[1], flush=True)
      arrivals = 0
      def serve(peer):
          global arrivals
          lines = peer.makefile("rb")
          while (first := lines.readline()):
              length = 0
              while (line := lines.readline().strip()):
                  name, value = line.split(b":", 1)
                  if name.lower() == b"content-length": length = int(value)
              if len(lines.read(length)) == length and b"/act" in first:
                  arrivals += 1
                  return peer.shutdown(socket.SHUT_RDWR)
              text = str(arrivals).encode()
              peer.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(text) + text)
      while True:
          threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
      """
    let server = try await ChildProcess.start(.init("python3", ["-c", code]))
    let port = String(decoding: try #require(try await server.nextLines()?.first), as: UTF8.self)
    let client = try HTTPClient()
    func count() async throws -> String {
      let response = try await client.send(.init(.get, "http://127.0.0.1:\(port)/count"))
      return String(decoding: try await response.body.collect(limit: 100), as: UTF8.self)
    }
    #expect(try await count() == "0")
    var request = HTTPClient.Request(.post, "http://127.0.0.1:\(port)/act", body: body)
    if let isRepeatable { request.isRepeatable = isRepeatable }
    let sent = request
    let error = await #expect(throws: IOError.self) { _ = try await client.send(sent) }
    let arrivals = try await count()
    client.close()
    await server.stop(.none)
    return (error, arrivals)
  }
}
