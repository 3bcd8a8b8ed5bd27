// SPDX-License-Identifier: Apache-2.0
package import EventIO
import Glibc
package import JSONKit
import Synchronization

/// A client on one keep-alive connection that sends what a test says. Waits at most ten seconds for anything.
package final class HTTPPeer: Sendable {
  /// An answer: all of it, or its head alone.
  package struct Answer: Sendable {
    package var status: Int
    package var headers: [String: String]
    package var body: String

    /// The body as JSON.
    package var json: JSON? { try? JSON(parsing: body) }
    /// The data of the events of a stream that has ended.
    package var events: [JSON] {
      body.split(separator: "\n").filter { $0.hasPrefix("data: ") }.compactMap {
        try? JSON(parsing: String($0.dropFirst(6)))
      }
    }
  }

  /// Blocking calls run here, so that tests hold no thread of the default pool.
  private static let pool = HandlerPool(name: "peers")
  private let descriptor: CInt
  private let unread = Mutex<[ServerSentEvent]>([])
  let watch = Mutex(WireWatch())
  private let reportFault: @Sendable (String) -> Void

  /// Connects; `report` hears of what the server says that its revision does not allow.
  package init(_ address: SocketAddress, report: @escaping @Sendable (String) -> Void) throws {
    reportFault = report
    // Closed in the programs other tests start meanwhile, or the server would not see this client leave.
    descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = address.port.bigEndian
    target.sin_addr.s_addr = inet_addr("127.0.0.1")
    let answer = withUnsafePointer(to: target) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard answer == 0 else { throw IOError(.connect, "cannot connect to \(address)", errno: errno) }
  }

  deinit { Glibc.close(descriptor) }

  /// Sends a request with the headers every client sends, unless `headers` has them; an empty value leaves one out.
  package func send(_ method: String, _ path: String, _ headers: [String: String] = [:], body: String? = nil)
    async throws
  {
    var all = ["host": "localhost", "accept": "application/json, text/event-stream"]
    if let body {
      all["content-type"] = "application/json"
      all["content-length"] = String(body.utf8.count)
    }
    for (name, value) in headers { all[name.lowercased()] = value }
    let fields = all.filter { !$0.value.isEmpty }.map { "\($0.key): \($0.value)\r\n" }.joined()
    listenIn(on: all["mcp-session-id"], body)
    try await send("\(method) \(path) HTTP/1.1\r\n\(fields)\r\n\(body ?? "")")
  }

  /// Sends bytes as they are.
  package func send(_ text: String) async throws {
    let bytes = Array(text.utf8)
    try await run(on: Self.pool) { [descriptor] in
      guard uninterrupted({ Glibc.send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL)) }) == bytes.count else {
        throw IOError(.send, "the server takes nothing", errno: errno)
      }
    }
  }

  /// Sends a request and reads its answer.
  package func ask(
    _ method: String, _ path: String, _ headers: [String: String] = [:], body: String? = nil
  ) async throws -> Answer {
    try await send(method, path, headers, body: body)
    return try await answer()
  }

  /// One whole answer.
  package func answer() async throws -> Answer {
    var answer = try await head()
    try await readBody(of: &answer)
    return answer
  }

  /// The rest of an answer whose head was read.
  package func readBody(of answer: inout Answer) async throws {
    if let length = answer.headers["content-length"].flatMap({ Int($0) }) {
      answer.body = try await read(count: length)
    } else if answer.headers["transfer-encoding"] == "chunked" {
      while case let chunk = try await self.chunk(), !chunk.isEmpty { answer.body += chunk }
    }
    check(answer)
  }

  /// The status and headers of an answer whose body comes in chunks.
  package func head() async throws -> Answer {
    let lines = try await read(through: "\r\n\r\n").split(separator: "\r\n")
    var answer = Answer(status: 0, headers: [:], body: "")
    answer.status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      answer.headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
    }
    return answer
  }

  /// One piece of a stream, empty at its end.
  package func chunk() async throws -> String {
    let size = try await read(through: "\r\n").split(separator: "\r\n").first.flatMap { Int($0, radix: 16) } ?? 0
    let chunk = try await read(count: size)
    _ = try await read(count: 2)
    return chunk
  }

  /// Passes over what is not looked at.
  package func skip(_ count: Int) async throws { _ = try await read(count: count) }

  /// The next event of a stream; comments are passed over. Several may come in one piece.
  package func event() async throws -> ServerSentEvent {
    while true {
      let next = unread.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      if let next { return next }
      let chunk = try await chunk()
      guard !chunk.isEmpty else { throw IOError(.receive, "the stream ended without another event") }
      let events = chunk.split(separator: "\n\n").filter { !$0.hasPrefix(":") }.map(ServerSentEvent.init(block:))
      unread.withLock { $0 += events }
    }
  }

  /// The message in the next event of a stream that has data.
  package func message() async throws -> JSON {
    while true {
      let event = try await event()
      if !event.data.isEmpty {
        let message = try JSON(parsing: event.data)
        check(message)
        return message
      }
    }
  }

  /// Passes on what is wrong with what the server said.
  func report(_ fault: String) { reportFault(fault) }

  private func read(count: Int) async throws -> String {
    try await run(on: Self.pool) { [descriptor] in
      var bytes = [UInt8](repeating: 0, count: count)
      var filled = 0
      while filled < count {
        let more = bytes.withUnsafeMutableBytes { bytes in
          uninterrupted { recv(descriptor, bytes.baseAddress.map { $0 + filled }, count - filled, 0) }
        }
        guard more > 0 else { throw IOError(.receive, "only \(filled) bytes of \(count) came", errno: errno) }
        filled += more
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  private func read(through ending: String) async throws -> String {
    let ending = Array(ending.utf8)
    return try await read { $0.suffix(ending.count) == ending[...] }
  }

  private func read(until isComplete: @escaping @Sendable ([UInt8]) -> Bool) async throws -> String {
    try await run(on: Self.pool) { [descriptor] in
      var bytes: [UInt8] = []
      var byte: UInt8 = 0
      while !isComplete(bytes) {
        guard uninterrupted({ recv(descriptor, &byte, 1, 0) }) == 1 else {
          throw IOError(.receive, "only \(String(decoding: bytes, as: UTF8.self).debugDescription) came", errno: errno)
        }
        bytes.append(byte)
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}

/// Makes a system call again when a signal, which other tests send, has interrupted it.
package func uninterrupted(_ call: () -> Int) -> Int {
  while true {
    let count = call()
    if count >= 0 || errno != EINTR { return count }
  }
}

extension ServerSentEvent {
  fileprivate init(block: Substring) {
    self.init(data: "")
    for line in block.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.count == 2 ? String(parts[1].drop { $0 == " " }) : ""
      switch parts[0] {
      case "id": id = value
      case "event": event = value
      case "retry": retry = Int(value)
      default: data += value
      }
    }
  }
}
