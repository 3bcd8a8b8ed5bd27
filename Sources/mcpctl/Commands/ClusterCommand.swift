// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPRedis

/// `mcpctl cluster`
struct ClusterCommand: CommandGroup {
  static let info = CommandInfo(
    "cluster", "Look at the nodes that share sessions, drain them, and run some on this machine.",
    discussion: [
      "Nodes say of themselves in Redis that they are there, every 5 s; one that was not heard of for 15 s is dead. `ls`, `status`, "
        + "`drain` and `doctor` ask Redis alone; `start`, `stop`, `restart` and `status --local` are for processes of this machine."
    ])
  static let subcommands: [any Command.Type] = [
    ClusterListCommand.self, ClusterStatusCommand.self, ClusterDrainCommand.self, ClusterDoctorCommand.self,
    ClusterStartCommand.self, ClusterStopCommand.self, ClusterRestartCommand.self,
  ]
}

/// `mcpctl cluster ls`
struct ClusterListCommand: StoreCommand, OutputCommand {
  static let info = CommandInfo(
    "ls", "List the nodes.", aliases: ["list"],
    discussion: ["CONFIG and KEYS are fingerprints, marked with ≠ where nodes differ: then they do not work as one."],
    examples: [
      .init("mcpctl cluster ls --store redis://cache:6379", "Lists nodes, and when each was last heard of."),
      .init("mcpctl cluster ls -o wide", "With boot, process and versions."),
    ])

  @Group("Store") var store: StoreOptions
  @Group("Output") var output: OutputOptions
  @Group("Output") var columns: ColumnOptions

  func run(in console: Console) async throws -> ExitCode {
    try await store.withStore(console) { inspector in
      let picture = try await ClusterPicture(inspector)
      try printer.show(picture.presentation, on: console)
      return .success
    }
  }
}

/// `mcpctl cluster status`
struct ClusterStatusCommand: StoreCommand {
  static let info = CommandInfo(
    "status", "Say whether all nodes are up.",
    discussion: ["The exit code is 1 when a node is dead, or there is none."],
    examples: [
      .init("mcpctl cluster status --store redis://cache:6379", "Counts nodes and sessions."),
      .init("mcpctl cluster status --local", "Says of each node that was started here: its port, process and health."),
    ])

  @Flag("Look at the processes that `cluster start` has started, instead of Redis.") var local: Bool
  @Group("Store") var store: StoreOptions
  @Group("Output") var output: OutputOptions

  func run(in console: Console) async throws -> ExitCode {
    if local {
      let nodes = try LocalNodes(console)
      defer { nodes.close() }
      return try await LocalStatus(local: nodes).show(output.printer, on: console) ? .success : .negative
    }
    return try await store.withStore(console) { inspector in
      let picture = try await ClusterPicture(inspector)
      let sessions = try await inspector.client.send(RedisCommand("ZCARD", .key(inspector.layout.index))).int ?? 0
      var object = picture.counts
      object["sessions"] = .number(JSONNumber(sessions))
      let text =
        object.members.map { "\($0.value.text) \($0.name)" }.joined(separator: ", ") + "\n"
        + picture.nodes.map { "\(oneLine($0.id))\t\(picture.state(of: $0))\t\(picture.silence(of: $0).spoken)\n" }
        .joined()
      object["nodes"] = .array(picture.items)
      try output.printer.show(
        Presentation(.object(object), text: text, items: picture.items, names: picture.nodes.map(\.id)), on: console)
      return picture.isUp ? .success : .negative
    }
  }
}

/// `mcpctl cluster drain`
struct ClusterDrainCommand: StoreCommand {
  static let info = CommandInfo(
    "drain", "Have a node finish its work and end.",
    discussion: [
      "The node finds the request in its inbox and does what it does on SIGTERM; its sessions go on at the others. The command waits "
        + "until the node says that it is draining, or has gone."
    ],
    examples: [.init("mcpctl cluster drain n1", "Drains a node, before its machine is restarted, say.")])

  @Argument("Name of the node.", completion: .dynamic("nodes")) var node: String
  @Group("Store") var store: StoreOptions
  @Flag("Do not ask.") var yes: Bool
  @Flag("Do not wait for the node.") var noWait: Bool
  @Option("Give up waiting after this long.", value: "DURATION") var timeout = Duration.seconds(30)

  func run(in console: Console) async throws -> ExitCode {
    try await store.withStore(console) { inspector in
      let nodes = try await inspector.nodes()
      guard let record = nodes.first(where: { $0.id == node }) else {
        let near = nearMiss(of: node, in: nodes.map(\.id)).map { "did you mean '\($0)'?" }
        throw Failure(
          .notFound, "no_node", "no node is called '\(safeText(node))'", hint: near ?? "`mcpctl cluster ls` lists them")
      }
      guard record.isAlive else {
        throw Failure(.negative, "dead", "the node '\(safeText(node))' is dead, and has nothing to drain")
      }
      guard record.fields["state"] != "draining" else {
        console.error.print("\(safeText(node)) is draining already")
        return .success
      }
      try await confirm(nodes, console)
      try await inspector.drain(node)
      if noWait {
        console.error.print("\(safeText(node)) was asked to drain")
        return .success
      }
      try await wait(inspector)
      console.error.print("\(safeText(node)) is draining")
      return .success
    }
  }

  private func confirm(_ nodes: [NodeRecord], _ console: Console) async throws {
    let others = nodes.filter { $0.isAlive && $0.id != node && $0.fields["state"] != "draining" }
    if others.isEmpty { console.error.print("warning: no other node goes on with its sessions") }
    guard !yes, console.input.isTerminal, console.error.isTerminal else { return }
    switch try await Dialogue(console: console).ask("Drain \(safeText(node))? (y)es, [N]o: ")?.lowercased() {
    case "y", "yes": return
    default: throw Failure(.negative, "declined", "nothing was drained", hint: "--yes drains without asking")
    }
  }

  private func wait(_ inspector: StoreInspector) async throws {
    let end = ContinuousClock.now + timeout
    while ContinuousClock.now < end {
      let record = try await inspector.nodes().first { $0.id == node }
      guard let record, record.isAlive, record.fields["state"] != "draining" else { return }
      try await Task.sleep(for: .milliseconds(200))
    }
    throw Failure(
      .timeout, "timeout", "\(safeText(node)) has not begun to drain within \(timeout.brief)",
      hint: "the request waits in its inbox; does its version know it? SIGTERM does the same")
  }
}
