// SPDX-License-Identifier: Apache-2.0
import EventIO

/// Answers every request with the same bytes, to measure the HTTP server by itself: `EngineBench [PORT [BYTES]]`.
@main
struct EngineBench {
  struct FixedAnswer: HTTPHandler {
    let headers: HTTPHeaders = ["Content-Type": "application/json"]
    let body: [UInt8]

    func respond(to request: HTTPRequest, through response: HTTPResponder) async {
      await response.send(.ok, headers: headers, body: body)
    }
  }

  static func main() async throws {
    let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    let port = numbers.first ?? 8000
    let count = numbers.dropFirst().first ?? 160
    let server = try HTTPServer(handler: FixedAnswer(body: [UInt8](repeating: UInt8(ascii: "x"), count: count)))
    let address = try server.start(host: "127.0.0.1", port: UInt16(clamping: port))
    print("listening on \(address)")
    let signals = try EventLoop()
    try signals.start(name: "signals")
    for await _ in signals.signals([2, 15]) { break }
    await server.shutdown(within: .seconds(1))
    print(await server.statistics)
  }
}
