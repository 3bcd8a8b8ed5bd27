// SPDX-License-Identifier: Apache-2.0

/// A configuration with every key and what it means. Sections stand as they are, and keys are commented out but where the server is
/// reached, so that a key is set by uncommenting its line.
package enum ConfigTemplate {
  package static var text: String {
    let head = [
      "# Configuration of mcpctl serve. Check it with: mcpctl config validate FILE",
      "# An option wins over its environment variable, that over this file, and this file over the default.",
      "# ${NAME} and ${NAME:default} take a value from the environment; $${ stands for these two letters.",
      "# Uncomment the line of a key to set it.",
    ]
    return (head + Section(ConfigKey.all, depth: 0).lines).joined(separator: "\n") + "\n"
  }
}

/// Keys that stand below one another: those of the section itself come first, as a reader looks for them.
private struct Section {
  let lines: [String]

  init(_ keys: [ConfigKey], depth: Int) {
    let margin = String(repeating: "  ", count: depth)
    var (own, below): ([String], [(name: String, keys: [ConfigKey])]) = ([], [])
    for key in keys {
      let parts = key.path.split(separator: ".")
      if parts.count == depth + 1 {
        own += key.templateLines.map { margin + $0 }
      } else if let index = below.firstIndex(where: { $0.name == parts[depth] }) {
        below[index].keys.append(key)
      } else {
        below.append((String(parts[depth]), [key]))
      }
    }
    lines = own + below.flatMap { ["", "\(margin)\($0.name):"] + Section($0.keys, depth: depth + 1).lines }
  }
}

extension ConfigKey {
  private static let set: Set = ["transport.type", "transport.host", "transport.port"]

  fileprivate var templateLines: [String] {
    let variables = environment.isEmpty ? "" : " Environment: \(environment.joined(separator: ", "))."
    return ["# \(wholeHelp)\(variables)", "\(Self.set.contains(path) ? "" : "# ")\(name): \(example)"]
  }

  private var example: String {
    if path == "transport.type" { return "http-stream" }
    switch type {
    case .list, .names, .files: return "[]"
    case .choices: return "[\(standard.map { $0.split(separator: ",").joined(separator: ", ") } ?? "")]"
    case .items: return "[]"
    case .secret: return "${\(environment.first ?? "NAME")}"
    // What would be more than one value, or none, were it not quoted.
    default: return standard.map { $0.contains(",") || $0.hasSuffix(":") ? "\"\($0)\"" : $0 } ?? ""
    }
  }
}
