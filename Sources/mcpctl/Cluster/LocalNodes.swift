// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import EventIO
import JSONKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Nodes that run on this machine, without a service manager. What is known of each is in `cluster/` of the folder for state:
/// `NAME.pid`, `NAME.json` and `NAME.log`.
struct LocalNodes: Sendable {
  /// A node, and the process it was given.
  struct Node: Sendable {
    let name: String
    let port: Int
    let process: Int32
    /// When the process began: another one of the same number began later.
    let beginning: String
    /// The configuration it was started with.
    let config: String?
  }

  let folder: PrivateFolder
  private let client: HTTPClient

  /// - Throws: `Failure` when there is no place for state.
  init(_ console: Console) throws {
    guard let state = UserFolder.state.path(console.environment) else {
      throw Failure(.badConfiguration, "config", "there is no place for what runs: set HOME or XDG_STATE_HOME")
    }
    folder = PrivateFolder("\(state)/cluster")
    client = try HTTPClient()
  }

  /// Ends what is asked of nodes.
  func close() { client.close() }

  /// Those that were started and not stopped, in the order of their names.
  var known: [Node] {
    folder.names.filter { $0.hasSuffix(".json") }.compactMap { node(String($0.dropLast(5))) }
  }

  /// What is known of a node; nil when it was not started, or was stopped.
  func node(_ name: String) -> Node? {
    guard let bytes = try? folder.read("\(name).json", limit: 4096), let object = try? JSONObject(parsing: bytes),
      let port = object["port"]?.int, let process = object["pid"]?.int.flatMap({ Int32(exactly: $0) }), process > 0
    else { return nil }
    return Node(
      name: name, port: port, process: process, beginning: object["beginning"]?.string ?? "",
      config: object["config"]?.string)
  }

  func log(of name: String) -> String { "\(folder.path)/\(name).log" }

  /// Whether its process is there, and no other with its number.
  func isRunning(_ node: Node) -> Bool {
    kill(node.process, 0) == 0 && Self.beginning(of: node.process) == node.beginning
  }

  /// What `/health` answers; nil when nothing does.
  func health(of node: Node) async -> Int? {
    let request = HTTPClient.Request(.get, "http://127.0.0.1:\(node.port)/health", totalTimeout: .seconds(2))
    guard let response = try? await client.send(request) else { return nil }
    response.body.cancel()
    return response.status.rawValue
  }

  /// Whether somebody listens there already.
  static func isBusy(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { Glibc.close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  /// The time in ticks at which a process began, as /proc has it; empty where there is none.
  private static func beginning(of process: Int32) -> String {
    guard let bytes = try? contents(ofFile: "/proc/\(process)/stat", limit: 4096) else { return "" }
    // The name of the program is in parentheses, and may hold anything.
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.lastIndex(of: ")") else { return "" }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 19, let state = fields.first else { return "" }
    // One that has ended, and that nobody has asked about, is still listed.
    return state == "Z" || state == "X" ? "ended" : String(fields[19])
  }
}

// MARK: - Starting and stopping

extension LocalNodes {
  /// Writes its number, and becomes the program.
  private static let script = #"umask 077; echo $$ >"$0"; log=$1; shift; exec "$@" >>"$log" 2>&1"#

  /// Starts a node, and waits until it answers.
  /// - Throws: `Failure` when it ends, or does not answer in time.
  func start(_ name: String, port: Int, config: String?, within time: Duration) async throws {
    let pidFile = "\(name).pid"
    try folder.replace(pidFile, with: [])
    try folder.append([], to: "\(name).log")
    let options = ["serve", "--transport", "http-stream", "--host", "127.0.0.1", "--port", "\(port)"]
    guard
      startDetached(
        "/bin/sh",
        ["-c", Self.script, "\(folder.path)/\(pidFile)", log(of: name), "env", "NODE_NAME=\(name)", try Self.program()]
          + options + (config.map { ["--config", $0] } ?? []))
    else { throw Failure(.internalError, "start", "no process could be started") }
    let end = ContinuousClock.now + time
    var node: Node?
    while ContinuousClock.now < end {
      try await Task.sleep(for: .milliseconds(50))
      if node == nil, let bytes = try folder.read(pidFile, limit: 64), bytes.last == 0x0A {
        let number = Int32(String(decoding: bytes.dropLast(), as: UTF8.self)) ?? 0
        guard number > 0 else { continue }
        node = Node(
          name: name, port: port, process: number, beginning: Self.beginning(of: number), config: config)
        try node.map(keep)
      }
      guard let node else { continue }
      guard isRunning(node) else {
        try forget(name)
        throw Failure(
          .negative, "ended", "\(name) has ended at once: \(lastLine(of: name))", hint: "its log is \(log(of: name))")
      }
      if await health(of: node) == 200 { return }
    }
    throw Failure(
      .timeout, "timeout", "\(name) does not answer at port \(port) within \(time.brief)",
      hint: "its log is \(log(of: name))")
  }

  /// Ends a node: it may finish its work, and is killed when it takes too long.
  /// - Returns: whether it ended by itself.
  func stop(_ node: Node, within time: Duration) async throws -> Bool {
    guard isRunning(node) else {
      try forget(node.name)
      return true
    }
    kill(node.process, SIGTERM)
    let isGraceful = try await isGone(node, within: time)
    if !isGraceful {
      kill(node.process, SIGKILL)
      guard try await isGone(node, within: .seconds(5)) else {
        throw Failure(.timeout, "timeout", "\(node.name), process \(node.process), does not end")
      }
    }
    try forget(node.name)
    return isGraceful
  }

  private func isGone(_ node: Node, within time: Duration) async throws -> Bool {
    let end = ContinuousClock.now + time
    while isRunning(node) {
      guard ContinuousClock.now < end else { return false }
      try await Task.sleep(for: .milliseconds(20))
    }
    return true
  }

  private func keep(_ node: Node) throws {
    var object: JSONObject = [
      "pid": .number(JSONNumber(Int(node.process))), "port": .number(JSONNumber(node.port)),
      "beginning": .string(node.beginning),
    ]
    object["config"] = node.config.map(JSON.string)
    try folder.replace("\(node.name).json", with: Array(JSON.object(object).text.utf8))
  }

  private func forget(_ name: String) throws {
    try folder.remove("\(name).json")
    try folder.remove("\(name).pid")
  }

  private func lastLine(of name: String) -> String {
    let bytes = (try? folder.read("\(name).log", limit: 64 << 20)) ?? []
    return String(decoding: bytes.suffix(2_000), as: UTF8.self).split(separator: "\n").last.map(String.init)
      ?? "it said nothing"
  }

  /// This program.
  private static func program() throws -> String {
    guard let path = realpath("/proc/self/exe", nil) else {
      throw Failure(.internalError, "start", "this program does not know its own file")
    }
    defer { free(path) }
    return String(cString: path)
  }
}
