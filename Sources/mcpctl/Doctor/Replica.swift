// SPDX-License-Identifier: GPL-3.0-or-later
import EventIO
import JSONKit
import MCPClientKit
import Synchronization

/// One of perhaps several servers behind a URL, as one connection found it.
struct Replica {
  /// The address that was asked; nil where a proxy finds it.
  let address: String?
  /// What it calls itself; nil when nothing says so.
  var node: String?
  /// Its program and version; nil when it was not heard to the end.
  var program: String?
  /// Whether it has the tool that says which node it runs on.
  var isSpeaker = false
  /// Whether it speaks the older transport, whose sessions live on one connection.
  var isOlder = false

  var json: JSON {
    var object: JSONObject = [:]
    if let program { object["server"] = .string(program) }
    if let address { object["address"] = .string(address) }
    if let node { object["node"] = .string(node) }
    return .object(object)
  }

  /// The tool that says which node it runs on, as `mcpctl serve` has it.
  static let speaker = "echo"
  static let arguments: JSONObject = ["message": "which node is this?"]

  /// Whether calling the speaker does nothing but answer.
  static func isSpeaker(_ tool: JSON) -> Bool {
    tool["name"]?.string == speaker && tool["annotations"]?["readOnlyHint"] == true
      && tool["inputSchema"]?["properties"]?["message"] != nil
  }

  /// The node in the result of the speaker.
  static func node(in result: JSON?) -> String? { result?["structuredContent"]?["node"]?.string }

  /// Response fields in which balancers and servers name who answered.
  private static let fields = [
    "x-served-by", "x-node", "x-node-name", "x-instance", "x-instance-id", "x-pod", "x-pod-name", "x-backend",
    "x-backend-server", "x-upstream", "x-upstream-addr", "x-server-id",
  ]

  static func node(in headers: HTTPHeaders) -> String? {
    fields.lazy.compactMap { headers[$0] }.first { !$0.isEmpty }
  }

  /// Keeps what the first response's head says of the node.
  final class Watch: Sendable {
    private let found = Mutex<String?>(nil)
    var node: String? { found.withLock { $0 } }

    func see(_ event: TraceEvent) {
      guard case .http(let lines) = event, lines.first?.hasPrefix("< ") == true else { return }
      var headers = HTTPHeaders()
      for line in lines.dropFirst() {
        let parts = line.dropFirst(2).split(separator: ":", maxSplits: 1)
        if parts.count == 2 { headers.add(String(parts[0]), String(parts[1]).trimmed) }
      }
      let node = Replica.node(in: headers)
      found.withLock { $0 = $0 ?? node }
    }
  }
}
