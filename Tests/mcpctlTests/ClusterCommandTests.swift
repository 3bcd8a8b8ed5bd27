// SPDX-License-Identifier: Apache-2.0
import JSONKit
import TestSupport
import Testing

@testable import mcpctl

/// `mcpctl cluster` against a real Redis, in which nodes have written what cluster nodes write.
@Suite(.timeLimit(.minutes(2))) struct ClusterCommandTests {
  @Test func nodesAreListedWithWhatSetsThemApart() throws {
    let store = try SharedStore()
    #expect(try store("cluster", "ls").code == 0)
    #expect(try store("cluster", "status").code == 1)
    try store.node("n1", ["configHash": "aaaa", "keyHash": "kkkk", "sessions": "7", "streams": "2", "inflight": "1"])
    try store.node("n2", ["configHash": "aaaa", "keyHash": "kkkk"])
    #expect(try store("cluster", "status").code == 0)
    try store.node("n2", ["configHash": "bbbb", "state": "draining"])
    try store.node("n3", silence: 100)
    let table = try store("cluster", "ls", "-o", "table").output
    #expect(table.contains("aaaa ≠") && table.contains("bbbb ≠") && !table.contains("kkkk ≠"))
    let nodes = try JSON(parsing: try store("cluster", "ls", "-o", "json").output)["nodes"]
    #expect(nodes?.array?.compactMap { $0["state"]?.string } == ["up", "draining", "dead"])
    #expect(nodes?[0]?["sessions"] == 7)
    let status = try store("cluster", "status")
    #expect(status.code == 1 && status.output.hasPrefix("1 up, 1 draining, 1 dead, 0 sessions\n"))
  }

  @Test func aDoctorFindsWhatKeepsNodesApart() async throws {
    let store = try SharedStore()
    try await store.open()
    try store.node("n1", ["configHash": "aaaa", "keyHash": "kkkk"])
    try store.node("n2", ["configHash": "aaaa", "keyHash": "kkkk"])
    func checks() throws -> [String: String] {
      let items = try JSON(parsing: try store("cluster", "doctor", "-o", "json").output)["checks"]?.array ?? []
      return Dictionary(items.map { ($0.word("check"), $0.word("status")) }) { $1 }
    }
    #expect(try store("cluster", "doctor").code == 0)
    var found = try checks()
    #expect(found["bus"] == "warning" && found["persistence"] == "warning" && found["nodes"] == "ok")
    try store.node("n2", ["configHash": "bbbb", "keyHash": "llll", "bootId": "boot-n1"])
    try store.node("n3", silence: 100)
    try store.server.ask("CONFIG", "SET", "maxmemory", "100mb")
    try store.server.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    try store.server.ask("SET", "mcp:sessions:string", "x")
    found = try checks()
    for check in ["memory", "nodes", "duplicates", "config", "keys", "layout"] {
      #expect(found[check] == "wrong", "\(check)")
    }
    #expect(try store("cluster", "doctor").code == 1)
    #expect(try mcpctl("cluster", "doctor", "--store", "redis://127.0.0.1:\(try freePort())").code == 5)
  }

  @Test func aNodeIsAskedToDrain() throws {
    let store = try SharedStore()
    try store.node("n1")
    #expect(try store("cluster", "drain", "n2").code == 8)
    let asked = try store("cluster", "drain", "n1", "--no-wait")
    #expect(asked.code == 0 && asked.error.contains("warning: no other node goes on with its sessions"))
    #expect(try store.server.ask("XRANGE", "mcp:node:n1:in", "-", "+").hasSuffix("m\n{\"kind\":\"drain\"}\n"))
    #expect(try store.server.ask("TTL", "mcp:node:n1:in") != "-1\n")
    // Nobody reads this inbox.
    #expect(try store("cluster", "drain", "n1", "--timeout", "300ms").code == 7)
    try store.node("n1", ["state": "draining"])
    #expect(try store("cluster", "drain", "n1").error == "n1 is draining already\n")
    try store.node("n3", silence: 100)
    #expect(try store("cluster", "drain", "n3").code == 1)
  }

  @Test func nodesAreStartedLookedAtRestartedAndStopped() throws {
    let folder = TemporaryFolder()
    func cluster(_ words: String...) throws -> ProgramRun {
      try run([binary, "cluster"] + words, environment: ["XDG_STATE_HOME": folder.path("state")], deadline: 60)
    }
    defer { _ = try? cluster("stop", "--timeout", "5s") }
    let (one, two) = (try freePort(), try freePort())
    let nothing = try cluster("status", "--local")
    #expect(nothing.code == 1 && nothing.error == "no node was started here\n")
    for command in ["stop", "restart"] {
      let run = try cluster(command)
      #expect(run.code == 0 && run.output == "" && run.error == "no node was started here\n", "\(command)")
    }
    let started = try cluster("start", "a=\(one)", "b=\(two)")
    #expect(started.code == 0 && started.output.hasPrefix("a\t127.0.0.1:\(one)\t"), "\(started.error)")
    #expect(started.error.contains("these nodes share nothing") && started.error.contains("MCP_REDIS_URL"))
    let running = try cluster("status", "--local", "-o", "json")
    let nodes = try JSON(parsing: running.output)["nodes"]
    #expect(running.code == 0 && nodes?.array?.compactMap { $0["health"]?.int } == [200, 200])
    #expect(try cluster("start", "a=\(one)").error.contains("a runs already, as process"))
    let busy = try cluster("start", "c=\(one)")
    #expect(busy.code == 1 && busy.error.contains("somebody listens at port \(one) already"))
    let pid = try #require(nodes?[1]?["pid"]?.int)
    #expect(try cluster("restart", "b").code == 0)
    let after = try JSON(parsing: try cluster("status", "--local", "-o", "json").output)["nodes"]
    #expect(after?[1]?["health"] == 200 && after?[1]?["pid"]?.int != pid && after?[0] == nodes?[0])
    _ = try run(["kill", "-9", "\(after?[1]?["pid"]?.int ?? 0)"])
    #expect(try cluster("status", "--local").code == 1)
    #expect(try cluster("stop", "nobody").code == 8)
    #expect(try cluster("stop").output == "a\tstopped\nb\tstopped\n")
    #expect(try cluster("start", "d=\(one)").code == 0)
    #expect(try cluster("stop").output == "d\tstopped\n")
    let broken = try cluster("start", "e=\(one)", "--config", folder.path("missing.yaml"))
    #expect(broken.code == 1 && broken.error.contains("e has ended at once"), "\(broken.error)")
    #expect(try cluster("start", "f").code == 64)
  }
}
