// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSONKit
import MCPCore

/// The fuzzer's own entry, for which the package manager leaves no room.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

@main enum EndpointFuzz {
  static func main() {
    var count = CommandLine.argc
    var words = CommandLine.unsafeArgv
    exit(runFuzzer(&count, &words) { testOneInput($0, $1) })
  }
}

/// One input: the first byte chooses the transport, the rest is what a peer sends.
private func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 1 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  if start[0].isMultiple(of: 2) { checkChannel(bytes) } else { checkHTTP(bytes) }
  return 0
}

/// What is said to whoever sends these lines.
private func checkChannel(_ bytes: [UInt8]) {
  let lines = bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
  let channel = ScriptedChannel(lines)
  Fixture.serve(channel)
  let asked = lines.reduce(0) { $0 + requests(in: $1) }
  var answered = 0
  for text in channel.sent {
    guard let json = try? JSON(parsing: text) else { preconditionFailure("what is sent is JSON") }
    for message in json.array ?? [json] {
      precondition(message["jsonrpc"]?.string == "2.0", "what is sent is JSON-RPC")
      precondition((message["result"] == nil) != (message["error"] == nil) || message["method"] != nil, "one of three")
      if message["method"] == nil, message["id"] != JSON.null { answered += 1 }
    }
  }
  precondition(answered <= asked, "nothing is answered that was not asked")
}

/// How many answers a line may have.
private func requests(in line: [UInt8]) -> Int {
  guard let json = try? JSON(parsing: line) else { return 1 }
  return max(1, json.array?.count ?? 1)
}

/// What is said to whoever sends these bytes over a connection, and then no more.
private func checkHTTP(_ bytes: [UInt8]) {
  let answer = Fixture.exchange(bytes)
  precondition(answer.isEmpty || answer.starts(with: "HTTP/1.1 ".utf8), "an answer is HTTP")
}
