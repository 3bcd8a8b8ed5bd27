// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSONKit
import MCPCore
import MCPServeKit
import Synchronization

/// The server under test: each kind of feature, none of which takes long.
enum Fixture {
  static let service: Service = {
    var limits = ServeLimits()
    limits.sessions = 50
    limits.messageBytes = 32 * 1024
    limits.drainTime = .milliseconds(1)
    do {
      return Service(try makeServer(), limits: limits)
    } catch {
      preconditionFailure("the fixture is well-formed: \(error)")
    }
  }()

  private static func makeServer() throws -> Server {
    try Server(name: "fuzz", version: "1") {
      ServerTool("add", "Adds.", Parameter<Int>("a"), Parameter<Int>("b", default: 1)) { _, a, b in
        .structured(["sum": .number(JSONNumber(a &+ b))])
      }
      .output(["type": "object", "properties": ["sum": ["type": "integer"]], "required": ["sum"]]).onLoop
      ServerTool("ask", "Asks.", Parameter<String?>("what")) { context, what in
        await context.progress(1, of: 2, what)
        await context.log(.info, .string(what ?? ""))
        return .text("\(try await context.listRoots().count)")
      }
      ServerPrompt("greet", "Greets.", Prompt.Argument("name")) { _, _ in [PromptMessage(.user, .text("hello"))] }
        .completing("name", .among(["ann", "bob"]))
      ServerResource(Resource(uri: "fuzz://one", name: "one"), text: "1")
    }
  }

  /// Answers a channel until it ends.
  static func serve(_ channel: ScriptedChannel) {
    let done = Semaphore()
    Task {
      try? await ChannelEndpoint(service, on: channel).run()
      done.signal()
    }
    done.wait()
  }

  /// The port the same service listens on, for as long as the process lives.
  private static let port: UInt16 = {
    let ready = Semaphore()
    let port = Mutex<UInt16>(0)
    var options = HTTPOptions(host: "127.0.0.1", port: 0)
    options.eventsPath = "/sse"
    let chosen = options
    Task {
      try? await service.serve(.http(chosen)) { listening in
        port.withLock { $0 = listening.port }
        ready.signal()
      }
    }
    ready.wait()
    return port.withLock { $0 }
  }()

  /// Sends bytes over a connection of their own and ends the sending side; everything that comes back.
  static func exchange(_ bytes: [UInt8]) -> [UInt8] {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var patience = timeval(tv_sec: 4, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = port.bigEndian
    target.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: target) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    precondition(connected == 0, "the server listens")
    _ = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
    _ = shutdown(descriptor, CInt(SHUT_WR))
    var answer: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16 * 1024)
    while true {
      let count = recv(descriptor, &piece, piece.count, 0)
      precondition(count >= 0 || errno != EAGAIN, "a connection whose peer has ended its side ends")
      guard count > 0 else { return answer }
      if answer.count < 16 { answer += piece[..<min(count, 16)] }
    }
  }
}

/// A peer that says what it has to say and is gone.
final class ScriptedChannel: MessageChannel {
  private let lines: Mutex<[[UInt8]]>
  private let answers = Mutex<[[UInt8]]>([])

  init(_ lines: [[UInt8]]) { self.lines = Mutex(lines.reversed()) }

  var sent: [[UInt8]] { answers.withLock { $0 } }

  func send(_ text: [UInt8]) async throws { answers.withLock { $0.append(text) } }
  func receive() async throws -> [UInt8]? { lines.withLock { $0.popLast() } }
  func close() async {}
}

/// Lets the fuzzer's thread wait for a task.
final class Semaphore: Sendable {
  private let isDone = Atomic<Bool>(false)

  func signal() { isDone.store(true, ordering: .releasing) }
  func wait() { while !isDone.load(ordering: .acquiring) { sched_yield() } }
}
