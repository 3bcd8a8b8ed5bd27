// SPDX-License-Identifier: GPL-3.0-or-later
import MCPRedis

/// Whether nodes work as one.
struct NodeExam {
  let findings: [Examined]

  init(_ inspector: StoreInspector) async throws(RedisError) {
    let picture = try await ClusterPicture(inspector)
    let living = picture.nodes.filter(\.isAlive)
    guard !picture.nodes.isEmpty else {
      findings = [Examined("nodes", .warning, "none has said that it is there")]
      return
    }
    let listeners = try await inspector.ask([RedisCommand("PUBSUB NUMSUB", .text(inspector.layout.bus))])
    let heard = listeners.first?.array?.last?.int ?? 0
    findings =
      [Self.dead(picture), Self.twins(living)]
      + [("configHash", "configurations", "config"), ("keyHash", "keys", "keys")].map { field, noun, check in
        Self.agreement(picture, living, field, noun, check)
      }
      + [
        Self.versions(picture),
        Examined(
          "bus", heard < living.count ? .warning : .ok,
          "\(heard) of \(counted(living.count, "node")) listen to \(inspector.layout.bus)"),
      ]
  }

  private static func dead(_ picture: ClusterPicture) -> Examined {
    let dead = picture.nodes.filter { !$0.isAlive }
    guard !dead.isEmpty else { return Examined("nodes", .ok, "\(counted(picture.nodes.count, "node")), none dead") }
    let names = dead.map { "\($0.id) (\(picture.silence(of: $0).spoken))" }.joined(separator: ", ")
    return Examined("nodes", .wrong, "dead: \(names)")
  }

  /// Two names for one server, or one name that two have taken.
  private static func twins(_ living: [NodeRecord]) -> Examined {
    for field in ["bootId", "place"] {
      var owners: [String: String] = [:]
      for node in living {
        let value: String? =
          field == "bootId"
          ? node.fields["bootId"]
          : node.fields["address"].flatMap { address in node.fields["httpPort"].map { "\(address):\($0)" } }
        guard let value else { continue }
        if let other = owners[value] {
          return Examined("duplicates", .wrong, "\(other) and \(node.id) are the same server, or share \(value)")
        }
        owners[value] = node.id
      }
    }
    return Examined("duplicates", .ok, "each node is a server of its own")
  }

  private static func agreement(
    _ picture: ClusterPicture, _ living: [NodeRecord], _ field: String, _ noun: String, _ check: String
  ) -> Examined {
    let values = picture.values(field)
    guard values.count > 1 else {
      let known = values.isEmpty ? "nodes do not say which \(noun) they have" : "all have the same \(noun)"
      return Examined(check, .ok, known)
    }
    let groups = Dictionary(grouping: living.filter { $0.fields[field] != nil }) { $0.fields[field] ?? "" }
    let text = groups.sorted { $0.key < $1.key }.map { value, nodes in
      "\(value.prefix(8)) at \(nodes.map(\.id).joined(separator: ", "))"
    }
    return Examined(check, .wrong, "different \(noun): \(text.joined(separator: "; "))")
  }

  private static func versions(_ picture: ClusterPicture) -> Examined {
    let values = picture.values("version").sorted()
    return Examined(
      "versions", values.count > 1 ? .warning : .ok,
      values.isEmpty ? "nodes do not say" : values.joined(separator: ", "))
  }
}
