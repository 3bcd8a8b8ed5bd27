// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import MCPConfig

/// `mcpctl deploy`
struct DeployCommand: CommandGroup {
  static let info = CommandInfo("deploy", "Write what other programs need to run servers.")
  static let subcommands: [any Command.Type] = [DeployNginxCommand.self]
}

/// `mcpctl deploy nginx`
struct DeployNginxCommand: Command {
  static let info = CommandInfo(
    "nginx", "Write an nginx configuration for one server, or for several nodes.",
    discussion: [
      "NODE is NAME=HOST:PORT, where NAME is what the node calls itself (NODE_NAME, cluster.node_name), or HOST:PORT alone "
        + "with --affinity ip. Without any, the nodes are the cluster's seeds in the configuration, else 127.0.0.1:8000.",
      "With --affinity session, requests of a session go to the node that opened it, and to any other while that is away; the rest "
        + "goes to all in turn. With ip, every client has a node of its own, which all clients behind one NAT share.",
    ],
    examples: [
      .init("mcpctl deploy nginx", "For one server on port 8000 of this machine."),
      .init("mcpctl deploy nginx n1=10.0.0.1:8000 n2=10.0.0.2:8000", "For two nodes."),
      .init(
        "mcpctl deploy nginx --server-name mcp.example.com --tls-cert server.pem --tls-key server.key", "With TLS."),
      .init("mcpctl deploy nginx --out mcp-bridge.conf", "Writes a file."),
    ])

  @Argument("Nodes to pass requests to.", value: "NODE") var nodes: [String]
  @Option("How a request finds its node.", value: "AFFINITY") var affinity = Affinity.session
  @Option("Port nginx listens on. Default 80, with TLS 443.", value: "PORT") var port: Int?
  @Option("Name clients use.", value: "NAME") var serverName = "_"
  @Option("Certificate chain in PEM.", value: "FILE", completion: .file) var tlsCert: String?
  @Option("Private key in PEM.", value: "FILE", completion: .file) var tlsKey: String?
  @Option("Where nginx logs to.", value: "DIR", completion: .directory) var logDir = "/var/log/nginx"
  @Option("How long nginx waits for a server that says nothing.", value: "DURATION") var readTimeout = Duration.seconds(
    300)
  @Option("Configuration whose cluster.seeds are the nodes.", value: "FILE", completion: .file) var config: String?
  @Option("Write to a file instead of standard output.", value: "FILE", completion: .file) var out: String?
  @Flag("Replace a file that is there.") var force: Bool

  /// What keeps a session with its node.
  enum Affinity: String, ChoiceValue { case session, ip }

  func run(in console: Console) async throws -> ExitCode {
    let text = try plan(console).text
    if let out {
      guard force || !console.surroundings.exists(out) else {
        throw Failure(.negative, "exists", "\(out) is there already", hint: "choose another name, or add --force")
      }
      try console.write(text, to: out)
      console.error.print("wrote \(out); check it with: nginx -t")
    } else {
      console.output.write(text)
    }
    return .success
  }

  private func plan(_ console: Console) throws -> NginxPlan {
    guard (tlsCert == nil) == (tlsKey == nil) else {
      throw UsageError("--tls-cert and --tls-key go together: give both")
    }
    for word in [serverName, tlsCert, tlsKey, logDir].compactMap(\.self) { try Self.check(word) }
    var plan = NginxPlan(nodes: try listedNodes(console))
    plan.affinity = affinity == .ip ? .ip : .session
    plan.port = port ?? (tlsCert == nil ? 80 : 443)
    guard (1...65_535).contains(plan.port) else { throw UsageError("--port is from 1 to 65535") }
    (plan.serverName, plan.certificate, plan.key) = (serverName, tlsCert, tlsKey)
    plan.readSeconds = max(1, Int(readTimeout.components.seconds))
    plan.errorLog = "\(logDir)/mcp-bridge-error.log"
    plan.accessLog = "\(logDir)/mcp-bridge-access.log"
    return plan
  }

  private func listedNodes(_ console: Console) throws -> [NginxPlan.Node] {
    var words = nodes
    if words.isEmpty, let file = ConfigLoader.file(config, in: console) {
      words = try ConfigLoader.load(file, in: console).config.list("cluster.seeds")
    }
    if words.isEmpty { return [.init(name: "n1", address: "127.0.0.1:8000")] }
    var found: [NginxPlan.Node] = []
    for (index, word) in words.enumerated() {
      let equals = word.firstIndex(of: "=")
      let name = equals.map { String(word[..<$0]) } ?? "n\(index + 1)"
      let address = equals.map { String(word[word.index(after: $0)...]) } ?? word
      guard equals != nil || affinity == .ip || words.count == 1 else {
        throw UsageError("'\(word)' has no name: write NAME=HOST:PORT with the node's own name, or use --affinity ip")
      }
      let isName = name.utf8.allSatisfy { byte in
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
          || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "-")
      }
      guard isName, !name.isEmpty else {
        throw UsageError("'\(name)' is no name of a node: use letters, digits and '-'")
      }
      guard !found.contains(where: { $0.name == name }) else { throw UsageError("two nodes are called '\(name)'") }
      guard let colon = address.lastIndex(of: ":"), colon > address.startIndex,
        let port = Int(address[address.index(after: colon)...]), (1...65_535).contains(port)
      else { throw UsageError("'\(address)' is not written as HOST:PORT") }
      try Self.check(address)
      found.append(.init(name: name, address: address))
    }
    return found
  }

  /// What would end a directive of nginx, or begin another, is no value for one.
  private static func check(_ word: String) throws {
    let isPlain = word.utf8.allSatisfy { (0x21...0x7E).contains($0) && !";{}\"'\\$#".utf8.contains($0) }
    guard !word.isEmpty, isPlain else {
      throw UsageError("'\(safeText(word))' cannot stand in an nginx configuration")
    }
  }
}
