// SPDX-License-Identifier: Apache-2.0

/// Checks one entry that says how a server is reached, as clients and `mcp.external.servers` have them.
struct ServerEntry {
  let file: String
  let surroundings: Surroundings
  /// How this kind of file writes a variable, as a remedy.
  var variable = "${NAME}"

  func problems(in node: ConfigNode, at path: String) -> [Problem] {
    let command = node["command"]
    let url = node["url"]
    var problems = reach(node, command, url, at: path)
    if problems.isEmpty, let command, let text = command.scalar?.text, !text.contains("${"),
      !surroundings.isCommand(text)
    {
      problems.append(
        problem(
          .missingCommand, command.mark, "\(path).command", "'\(clipped(text))' is no command here",
          "install it, or correct the name"))
    }
    if let url, let text = url.scalar?.text { problems += check(url: text, url.mark, node, at: path) }
    problems += secrets(node["env"], at: "\(path).env") + secrets(node["headers"], at: "\(path).headers")
    return problems
  }

  private func reach(_ node: ConfigNode, _ command: ConfigNode?, _ url: ConfigNode?, at path: String) -> [Problem] {
    switch (command, url) {
    case (_?, let url?):
      return [problem(.conflict, url.mark, "\(path).url", "is there beside 'command'", "keep one of them")]
    case (nil, nil):
      return [problem(.incomplete, node.mark, path, "has neither 'command' nor 'url'", "add one of them")]
    case (let command?, nil) where command.scalar == nil:
      return [
        problem(
          .wrongType, command.mark, "\(path).command", "is \(command.kind)",
          "write the program alone; its arguments go into 'args'")
      ]
    case (let command?, nil):
      let words = command.scalar?.text.split(separator: " ").count ?? 0
      guard words > 1, node["args"] == nil, command.scalar.map({ !surroundings.isCommand($0.text) }) == true else {
        return []
      }
      return [
        problem(
          .wrongType, command.mark, "\(path).command", "holds \(words) words",
          "write the program alone; its arguments go into 'args'")
      ]
    case (nil, _?): return []
    }
  }

  private func check(url: String, _ mark: Mark, _ node: ConfigNode, at path: String) -> [Problem] {
    var problems: [Problem] = []
    let schemes = ["https://", "http://", "sse://"]
    if !url.contains("${"), !schemes.contains(where: url.lowercased().hasPrefix) {
      problems.append(
        problem(
          .wrongType, mark, "\(path).url", "'\(clipped(maskingPassword(in: url)))' is no URL of a server",
          "write a URL that begins with https:// or http://"))
    }
    let type = (node["type"] ?? node["transport"])
    if let type, type.scalar?.text == "stdio" {
      problems.append(
        problem(.conflict, type.mark, "\(path).type", "is stdio, and there is a URL", "write http, or sse"))
    }
    let hasCredentials = node["headers"]?.entries?.contains { $0.key.lowercased() == "authorization" } == true
    let host = url.dropFirst("http://".count).prefix { $0 != "/" && $0 != ":" }
    if hasCredentials, url.lowercased().hasPrefix("http://"),
      !["localhost", "127.0.0.1", "[", "::1"].contains(String(host))
    {
      problems.append(
        problem(.warning, .exposed, mark, "\(path).url", "sends Authorization without encryption", "write https://"))
    }
    return problems
  }

  /// Secrets among variables or headers: names of secrets whose values stand there as they are.
  private func secrets(_ node: ConfigNode?, at path: String) -> [Problem] {
    let pairs: [(name: String, value: String, mark: Mark)] =
      node?.entries?.compactMap { entry in entry.value.scalar.map { (entry.key, $0.text, entry.value.mark) } }
      ?? node?.elements?.compactMap { element in
        guard let text = element.scalar?.text, let equals = text.firstIndex(of: "=") else { return nil }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]), element.mark)
      } ?? []
    return pairs.compactMap { pair in
      guard Self.namesSecret(pair.name), pair.value.utf8.count >= 8, !pair.value.contains("${") else { return nil }
      return problem(
        .warning, .plainSecret, pair.mark, "\(path).\(clipped(pair.name))", "the secret stands in the file",
        "put it into the environment and write \(variable)")
    }
  }

  private static func namesSecret(_ name: String) -> Bool {
    let name = normalized(name)
    return [
      "password", "passwd", "secret", "token", "apikey", "accesskey", "privatekey", "authorization", "credential",
    ]
    .contains(where: name.contains)
  }

  func problem(_ rule: Problem.Rule, _ mark: Mark, _ path: String, _ message: String, _ remedy: String) -> Problem {
    problem(.error, rule, mark, path, message, remedy)
  }

  func problem(
    _ severity: Problem.Severity, _ rule: Problem.Rule, _ mark: Mark, _ path: String, _ message: String,
    _ remedy: String
  ) -> Problem { Problem(severity, rule, .file(file, mark), path, message, remedy) }
}

/// The rules of `mcp.external.servers` that types alone cannot say.
struct ExternalServers {
  private let entry: ServerEntry

  init(file: String, _ surroundings: Surroundings) { entry = ServerEntry(file: file, surroundings: surroundings) }

  func problems(in root: ConfigNode) -> [Problem] {
    guard let external = find("external", in: find("mcp", in: root)),
      let servers = find("servers", in: external)?.elements
    else { return [] }
    let isOn = find("enabled", in: external)?.scalar?.text.lowercased() == "true"
    var problems: [Problem] = []
    var names: [String: Mark] = [:]
    for (index, server) in servers.enumerated() where server.entries != nil {
      let path = "mcp.external.servers[\(index)]"
      if isOn && server["enabled"]?.scalar?.text != "false" { problems += entry.problems(in: server, at: path) }
      guard let name = server["name"], let text = name.scalar?.text else {
        problems.append(entry.problem(.incomplete, server.mark, path, "has no name", "add name"))
        continue
      }
      if let first = names[text] {
        problems.append(
          entry.problem(
            .duplicateKey, name.mark, "\(path).name", "'\(clipped(text))' is taken",
            "it stands in line \(first.line) already; choose another"))
      }
      names[text] = name.mark
      for variable in server["env"]?.elements ?? [] where variable.scalar?.text.contains("=") == false {
        // It is not quoted: it may well be a secret.
        problems.append(
          entry.problem(.wrongType, variable.mark, "\(path).env", "sets nothing", "write NAME=value"))
      }
    }
    return problems
  }

  private func find(_ name: String, in node: ConfigNode?) -> ConfigNode? {
    node?.entries?.first { normalized($0.key) == name }?.value
  }
}
