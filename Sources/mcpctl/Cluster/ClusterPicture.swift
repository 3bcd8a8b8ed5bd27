// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit
import MCPRedis

/// The nodes at a moment.
struct ClusterPicture: Sendable {
  let nodes: [NodeRecord]
  /// By the clock of Redis, in milliseconds.
  let now: Int

  init(_ inspector: StoreInspector) async throws(RedisError) {
    nodes = try await inspector.nodes()
    now = try await inspector.now()
  }

  /// For how long a node has not been heard of, in milliseconds.
  func silence(of node: NodeRecord) -> Int? { node.heartbeat.map { max(0, now - $0) } }

  /// `up`, `draining`, what else it says, or `dead`.
  func state(of node: NodeRecord) -> String {
    if node.isForeign { return "foreign" }
    return node.isAlive ? node.fields["state"] ?? "up" : "dead"
  }

  /// Whether there are nodes, and none of them is dead.
  var isUp: Bool { !nodes.isEmpty && nodes.allSatisfy(\.isAlive) }

  /// How many there are in each state.
  var counts: JSONObject {
    let states = Dictionary(nodes.map { (state(of: $0), 1) }, uniquingKeysWith: +)
    return JSONObject(
      ["up", "draining", "dead"].map { .init(name: $0, value: .number(JSONNumber(states[$0] ?? 0))) })
  }

  /// The different values a field has among the living.
  func values(_ field: String) -> Set<String> { Set(nodes.compactMap { $0.fields[field] }) }

  var items: [JSON] {
    nodes.map { node in
      var object: JSONObject = ["id": .string(node.id), "state": .string(state(of: node))]
      object["silence"] = silence(of: node).map { .number(JSONNumber($0 / 1000)) }
      for (name, value) in node.fields.sorted(by: { $0.key < $1.key }) where name != "state" {
        object[name] = Int(value).map { .number(JSONNumber($0)) } ?? .string(value)
      }
      return .object(object)
    }
  }

  var presentation: Presentation {
    let columns: [Table.Column] = [
      .init(heading: "NODE"), .init(heading: "STATE"), .init(heading: "HEARD"), .init(heading: "ADDRESS"),
      .init(heading: "SESSIONS"), .init(heading: "STREAMS"), .init(heading: "INFLIGHT"), .init(heading: "UPTIME"),
      .init(heading: "VERSION", isWide: true), .init(heading: "PID", isWide: true),
      .init(heading: "BOOT", isWide: true),
      .init(heading: "CONFIG"), .init(heading: "KEYS"),
    ]
    return Presentation(
      list: ["nodes": .array(items)], items: items, table: Table(columns: columns, rows: nodes.map(cells)),
      empty: "no nodes: none has said that it is there")
  }

  private func cells(_ node: NodeRecord) -> [String] {
    let fields = node.fields
    let address = fields["address"].map { "\($0):\(fields["httpPort"] ?? fields["port"] ?? "?")" } ?? ""
    let uptime = fields["startedAt"].flatMap { Int($0) }.map { spokenTime(max(0, now - $0)) } ?? ""
    return [
      node.id, state(of: node), silence(of: node).map { spokenTime($0) + " ago" } ?? "?", address,
      fields["sessions"] ?? "", fields["streams"] ?? "", fields["inflight"] ?? "", uptime, fields["version"] ?? "",
      fields["pid"] ?? "", fields["bootId"] ?? "", fingerprint("configHash", of: node),
      fingerprint("keyHash", of: node),
    ]
  }

  private func fingerprint(_ field: String, of node: NodeRecord) -> String {
    guard let value = node.fields[field] else { return "" }
    return value.prefix(8) + (values(field).count > 1 ? " ≠" : "")
  }
}
