// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// What `cluster status --local` says.
struct LocalStatus {
  let local: LocalNodes

  /// Whether all run and are well.
  func show(_ output: Output, on console: Console) async throws -> Bool {
    var items: [JSON] = []
    var isUp = true
    for node in local.known {
      let isRunning = local.isRunning(node)
      let health = isRunning ? await local.health(of: node) : nil
      isUp = isUp && health == 200
      var object: JSONObject = [
        "name": .string(node.name), "port": .number(JSONNumber(node.port)),
        "pid": .number(JSONNumber(Int(node.process))),
        "running": .bool(isRunning),
      ]
      object["health"] = health.map { .number(JSONNumber($0)) }
      items.append(.object(object))
    }
    try output.show(
      Presentation(
        list: ["nodes": .array(items)], items: items,
        table: Table(
          columns: [
            .init(heading: "NODE"), .init(heading: "PORT"), .init(heading: "PID"), .init(heading: "STATE"),
            .init(heading: "HEALTH"),
          ],
          rows: items.map {
            [
              $0.word("name"), $0.word("port"), $0.word("pid"), $0["running"] == true ? "running" : "dead",
              $0.word("health"),
            ]
          }),
        empty: LocalNodes.none), on: console)
    // A list of nothing is nothing but for a terminal.
    if items.isEmpty, !console.output.isTerminal { console.error.print(LocalNodes.none) }
    return isUp && !items.isEmpty
  }
}
