// SPDX-License-Identifier: Apache-2.0
import EventIO

/// Measures the HTTP server by itself: `EngineBench [PORT [BYTES [LOOPS]]]`.
///
/// Every request is answered with the same bytes; `/stream` is answered with a stream that idles until the peer goes.
@main
struct EngineBench {
  struct FixedAnswer: HTTPHandler, HTTPRoute {
    let headers: HTTPHeaders = ["Content-Type": "application/json"]
    let body: [UInt8]

    func respond(to request: HTTPRequest, through response: HTTPResponder) -> HTTPWork? {
      if request.path == "/stream" { return { await idle(response) } }
      return response.answer(.ok, headers: headers, body: body)
    }

    private func idle(_ response: HTTPResponder) async {
      await response.startStream(.ok, headers: ["Content-Type": "text/event-stream"])
      try? await response.write(ServerSentEvent(data: "hello").encoded())
      await withCheckedContinuation { waiter in response.onDisconnect { waiter.resume() } }
      await response.finish()
    }
  }

  static func main() async throws {
    let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    let (port, count, loops) = (
      numbers.first ?? 8000, numbers.dropFirst().first ?? 160, numbers.dropFirst(2).first ?? 1
    )
    let handler = FixedAnswer(body: [UInt8](repeating: UInt8(ascii: "x"), count: count))
    let server = try HTTPServer(handler: handler, loops: loops)
    let addresses = try server.start(host: "127.0.0.1", port: UInt16(clamping: port))
    print("listening on \(addresses)")
    let signals = try EventLoop()
    try signals.start(name: "signals")
    for await _ in signals.signals([2, 15]) { break }
    await server.shutdown(within: .seconds(1))
    print(await server.statistics)
  }
}
