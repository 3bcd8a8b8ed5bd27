// SPDX-License-Identifier: Apache-2.0
import JSONKit

/// Files in which other programs keep their servers.
package enum ClientKind: String, Sendable, CaseIterable {
  case claude, cursor, vscode
  case mcpJSON = "mcp-json"

  /// The member that holds the servers.
  var member: String { self == .vscode ? "servers" : "mcpServers" }

  /// What an entry may hold; nil where anything may stand.
  fileprivate var members: [String] {
    let common = ["command", "args", "env", "cwd", "url", "headers", "type", "disabled", "timeout"]
    switch self {
    case .claude: return common + ["headersHelper", "oauth", "alwaysLoad"]
    case .cursor: return common + ["envFile", "auth", "autoApprove"]
    case .vscode: return common + ["envFile", "dev", "gallery", "version", "sandbox", "sandboxEnabled", "oauth"]
    case .mcpJSON: return common + ["transport", "enabled", "description", "autoApprove", "alwaysAllow", "tools"]
    }
  }

  fileprivate var types: [String] {
    switch self {
    case .vscode: ["stdio", "http", "sse"]
    case .claude: ["stdio", "http", "sse", "streamable-http", "ws"]
    case .cursor, .mcpJSON: ["stdio", "http", "sse", "streamable-http", "http-stream", "streamableHttp"]
    }
  }

  fileprivate var variable: String {
    switch self {
    case .claude, .mcpJSON: "${NAME}"
    case .cursor: "${env:NAME}"
    case .vscode: "${input:NAME} or ${env:NAME}"
    }
  }
}

/// Checks a file of another program: every entry for itself, so that one bad entry hides none of the others.
package struct ClientFile {
  private let kind: ClientKind
  private let file: String
  private let surroundings: Surroundings
  private let allowsMissingVariables: Bool

  package init(_ kind: ClientKind, file: String, _ surroundings: Surroundings, allowsMissingVariables: Bool = false) {
    (self.kind, self.file, self.surroundings) = (kind, file, surroundings)
    self.allowsMissingVariables = allowsMissingVariables
  }

  /// - Throws: `ReadFault` when the file cannot be read at all.
  package func problems(limits: ConfigLimits = ConfigLimits()) throws(Surroundings.ReadFault) -> [Problem] {
    var wide = limits
    wide.bytes = 64 << 20  // ~/.claude.json holds whole conversations
    wide.values = 2_000_000
    let (root, faults) = JSONReader.read(try surroundings.readFile(file, wide.bytes), file: file, limits: wide)
    guard let root else { return faults }
    return Array((faults + check(root)).sortedByPlace.prefix(limits.problems))
  }

  private func check(_ root: ConfigNode) -> [Problem] {
    var groups: [(path: String, node: ConfigNode)] = []
    if let servers = root[kind.member] { groups.append((kind.member, servers)) }
    if kind == .vscode, groups.isEmpty, let servers = root["mcp"]?["servers"] {
      groups.append(("mcp.servers", servers))
    }
    if kind == .claude {
      for project in root["projects"]?.entries ?? [] {
        if let servers = project.value["mcpServers"] { groups.append(("projects.\(project.key).mcpServers", servers)) }
      }
    }
    guard !groups.isEmpty else {
      let other = ["mcpServers", "servers"].first { root[$0] != nil }
      let remedy =
        other.map { "it has '\($0)'; a \(kind.rawValue) file has '\(kind.member)'" } ?? "add '\(kind.member)'"
      return [Problem(.incomplete, .file(file, root.mark), "", "there is no '\(kind.member)'", remedy)]
    }
    return groups.flatMap { group in
      guard let entries = group.node.entries else {
        return [
          Problem(
            .wrongType, .file(file, group.node.mark), group.path, "is \(group.node.kind)", "write an object of servers")
        ]
      }
      return entries.flatMap { check($0, at: "\(group.path).\($0.key)") }
    }
  }

  private func check(_ entry: ConfigNode.Entry, at path: String) -> [Problem] {
    guard let members = entry.value.entries else {
      return [Problem(.wrongType, .file(file, entry.value.mark), path, "is \(entry.value.kind)", "write an object")]
    }
    let node = entry.value
    var problems = ServerEntry(file: file, surroundings: surroundings, variable: kind.variable).problems(
      in: node, at: path)
    for member in members where !kind.members.contains(member.key) {
      let near =
        member.key.nearest(in: kind.members).map { "did you mean '\($0)'?" } ?? "remove it, if it is no mistake"
      problems.append(
        Problem(
          .warning, .unknownKey, .file(file, member.mark), "\(path).\(member.key)", "is not known of \(kind.rawValue)",
          near))
    }
    if let type = node["type"] {
      if let text = type.scalar?.text, !kind.types.contains(text) {
        problems.append(
          Problem(
            .wrongType, .file(file, type.mark), "\(path).type", "'\(clipped(text))' does not fit",
            "write one of \(kind.types.joined(separator: ", "))"))
      }
    } else if node["url"] != nil, kind == .claude {
      problems.append(
        Problem(
          .incomplete, .file(file, node.mark), path, "has a URL and no type, and is taken for a command",
          "add \"type\": \"http\", or \"sse\""))
    }
    for (name, wanted) in [("args", "a list"), ("env", "an object"), ("headers", "an object")] {
      guard let value = node[name], wanted == "a list" ? value.elements == nil : value.entries == nil else { continue }
      problems.append(
        Problem(.wrongType, .file(file, value.mark), "\(path).\(name)", "is \(value.kind)", "write \(wanted) of texts"))
    }
    return problems + variables(in: node, at: path)
  }

  /// Variables that are not set, in any text of the entry. `${input:…}` and the like are no environment.
  private func variables(in node: ConfigNode, at path: String) -> [Problem] {
    switch node.value {
    case .sequence(let nodes): return nodes.enumerated().flatMap { variables(in: $1, at: "\(path)[\($0)]") }
    case .mapping(let entries): return entries.flatMap { variables(in: $0.value, at: "\(path).\($0.key)") }
    case .scalar(let scalar):
      return scalar.text.split(separator: "${", omittingEmptySubsequences: false).dropFirst().compactMap { part in
        guard let end = part.firstIndex(of: "}") else { return nil }
        var name = part[..<end]
        if name.hasPrefix("env:") { name = name.dropFirst(4) }
        guard !name.contains(":"), !name.isEmpty,
          name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }),
          !["workspaceFolder", "userHome", "pathSeparator"].contains(String(name)),
          surroundings.environment(String(name)) == nil
        else { return nil }
        return Problem(
          allowsMissingVariables ? .warning : .error, .variable, .file(file, node.mark), path,
          "the environment variable \(name) is not set", "set \(name)")
      }
    }
  }
}
