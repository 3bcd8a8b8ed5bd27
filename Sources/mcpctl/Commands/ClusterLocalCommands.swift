// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit
import MCPConfig

/// `mcpctl cluster start`
struct ClusterStartCommand: Command {
  static let info = CommandInfo(
    "start", "Start nodes on this machine.",
    discussion: [
      "Each is a `mcpctl serve` over HTTP at a port of its own on 127.0.0.1, which goes on when this command has ended. Process "
        + "numbers and logs are in ~/.local/state/mcpctl/cluster (below XDG_STATE_HOME if that is set). NODE is NAME=PORT; without "
        + "any there are n1, n2 and n3 from --port on.",
      "All nodes have the same configuration, and the environment of this command. Where nodes are to stay up, use a service manager such as systemd.",
    ],
    examples: [
      .init("mcpctl cluster start", "Starts three nodes at the ports from 8001 on."),
      .init("mcpctl cluster start a=9001 b=9002 --config cluster.yaml", "Starts two by name."),
    ])

  @Argument("Nodes to start.", value: "NODE") var nodes: [String]
  @Option("How many when none is named.", value: "N") var count = 3
  @Option("Port of the first when none is named.", value: "PORT") var port = 8001
  @Option("Configuration of all.", value: "FILE", completion: .file) var config: String?
  @Option("How long each may take until it answers.", value: "DURATION") var timeout = Duration.seconds(15)

  func run(in console: Console) async throws -> ExitCode {
    let wanted = try self.wanted()
    let local = try LocalNodes(console)
    defer { local.close() }
    let file = try config.map(Directory.absoluteFile)
    for (name, port) in wanted {
      if let node = local.node(name), local.isRunning(node) {
        throw Failure(
          .negative, "running", "\(name) runs already, as process \(node.process) at port \(node.port)",
          hint: "nothing was started; `mcpctl cluster stop` ends it, `restart` starts it anew")
      }
      guard !LocalNodes.isBusy(port) else {
        throw Failure(
          .negative, "port_busy", "somebody listens at port \(port) already",
          hint: "nothing was started; --port chooses others")
      }
    }
    return try await interruptible {
      for (name, port) in wanted {
        try await local.start(name, port: port, config: file, within: timeout)
        console.output.print("\(name)\t127.0.0.1:\(port)\t\(local.node(name)?.process ?? 0)")
      }
      if local.known.count > 1, !sharesSessions(file, console) {
        console.error.print(
          "these nodes share nothing: MCP_REDIS_URL=redis://HOST:PORT in the environment, or redis.address in the file "
            + "of --config, has them share sessions")
      }
      return .success
    }
  }

  /// Whether nodes with this configuration, and what the environment says, are going to share sessions.
  private func sharesSessions(_ file: String?, _ console: Console) -> Bool {
    let loaded = try? ConfigLoader.load(
      ConfigLoader.file(file, in: console), flags: ["transport": ["http-stream"]], in: console)
    // What cannot be read here was read by the nodes, or they would not run.
    return loaded.map { ServeSettings($0.config).sharesSessions } ?? true
  }

  private func wanted() throws -> [(name: String, port: Int)] {
    guard (1...100).contains(count) else { throw UsageError("--count is from 1 to 100") }
    let words = nodes.isEmpty ? (0..<count).map { "n\($0 + 1)=\(port + $0)" } : nodes
    var wanted: [(name: String, port: Int)] = []
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let port = Int(parts[1]), (1...65_535).contains(port) else {
        throw UsageError("'\(safeText(word))' is not written as NAME=PORT")
      }
      try ServersAddCommand.check(String(parts[0]))
      guard !wanted.contains(where: { $0.name == parts[0] || $0.port == port }) else {
        throw UsageError("two nodes have the name or the port of '\(safeText(word))'")
      }
      wanted.append((String(parts[0]), port))
    }
    return wanted
  }
}

extension LocalNodes {
  /// What is said where there is nothing to do.
  static let none = "no node was started here"

  /// Those of these names; all when there is none.
  func chosen(_ names: [String]) throws -> [Node] {
    let known = known
    guard !names.isEmpty else { return known }
    return try names.map { name in
      guard let node = known.first(where: { $0.name == name }) else {
        let near = nearMiss(of: name, in: known.map(\.name)).map { "did you mean '\($0)'?" }
        throw Failure(
          .notFound, "no_node", "no node '\(safeText(name))' was started here",
          hint: near ?? "`mcpctl cluster status --local` lists them")
      }
      return node
    }
  }
}

/// `mcpctl cluster stop`
struct ClusterStopCommand: Command {
  static let info = CommandInfo(
    "stop", "End nodes that `cluster start` has started.",
    discussion: ["They may finish their work; one that takes too long is killed."],
    examples: [.init("mcpctl cluster stop", "Ends all."), .init("mcpctl cluster stop n2", "Ends one.")])

  @Argument("Names of nodes; all when left out.", value: "NODE") var nodes: [String]
  @Option("How long each may take before it is killed.", value: "DURATION") var timeout = Duration.seconds(15)

  func run(in console: Console) async throws -> ExitCode {
    let local = try LocalNodes(console)
    defer { local.close() }
    let chosen = try local.chosen(nodes)
    if chosen.isEmpty { console.error.print(LocalNodes.none) }
    return try await interruptible {
      for node in chosen {
        let isGraceful = try await local.stop(node, within: timeout)
        console.output.print("\(node.name)\t\(isGraceful ? "stopped" : "killed")")
      }
      return .success
    }
  }
}

/// `mcpctl cluster restart`
struct ClusterRestartCommand: Command {
  static let info = CommandInfo(
    "restart", "Stop nodes of this machine and start them anew, one after the other.",
    discussion: ["The next is stopped when the one before answers again."],
    examples: [.init("mcpctl cluster restart --config cluster.yaml", "Has all take up another configuration.")])

  @Argument("Names of nodes; all when left out.", value: "NODE") var nodes: [String]
  @Option("Configuration of all. Default is the one each was started with.", value: "FILE", completion: .file)
  var config: String?
  @Option("How long each may take to end, and to answer.", value: "DURATION") var timeout = Duration.seconds(15)

  func run(in console: Console) async throws -> ExitCode {
    let local = try LocalNodes(console)
    defer { local.close() }
    let chosen = try local.chosen(nodes)
    if chosen.isEmpty { console.error.print(LocalNodes.none) }
    let file = try config.map(Directory.absoluteFile)
    return try await interruptible {
      for node in chosen {
        _ = try await local.stop(node, within: timeout)
        try await local.start(node.name, port: node.port, config: file ?? node.config, within: timeout)
        console.output.print("\(node.name)\t127.0.0.1:\(node.port)\t\(local.node(node.name)?.process ?? 0)")
      }
      return .success
    }
  }
}

extension Directory {
  /// The path of a file from the root, as programs elsewhere need it.
  fileprivate static func absoluteFile(_ path: String) throws -> String {
    guard !path.hasPrefix("/") else { return path }
    guard let directory = absolute(".") else { throw UsageError("--config: give an absolute path") }
    return "\(directory)/\(path)"
  }
}
