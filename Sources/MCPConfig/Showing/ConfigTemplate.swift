// SPDX-License-Identifier: Apache-2.0

/// A configuration with every key and what it means, all of them commented out but where the server is reached.
package enum ConfigTemplate {
  package static var text: String {
    var lines = [
      "# Configuration of mcpctl serve. Check it with: mcpctl config validate FILE",
      "# An option wins over its environment variable, that over this file, and this file over the default.",
      "# ${NAME} and ${NAME:default} take a value from the environment; $${ stands for these two letters.",
    ]
    let works = ConfigKey.all.filter { $0.status == .works }
    lines += sections(of: works) { key in
      let isSet = ["transport.type", "transport.host", "transport.port"].contains(key.path)
      return isSet ? "" : "# "
    }
    lines += ["", "# What follows is read and checked, and has no effect in this build yet."]
    lines += sections(of: ConfigKey.all.filter { $0.status != .works }) { _ in "# " }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The keys under their sections; a section all of whose keys are commented out is commented out as well.
  private static func sections(of keys: [ConfigKey], _ mark: (ConfigKey) -> String) -> [String] {
    var names: [String] = []
    for key in keys where !names.contains(section(of: key)) { names.append(section(of: key)) }
    return names.flatMap { name in
      let members = keys.filter { section(of: $0) == name }
      let isOff = members.allSatisfy { !mark($0).isEmpty }
      let parts = name.split(separator: ".")
      let heads = parts.enumerated().map { "\(isOff ? "# " : "")\(String(repeating: "  ", count: $0))\($1):" }
      let margin = String(repeating: "  ", count: parts.count)
      return [""] + heads
        + members.flatMap { key -> [String] in
          let environment = key.environment.isEmpty ? "" : " Environment: \(key.environment.joined(separator: ", "))."
          let lead = isOff ? "# \(margin)" : margin
          return [
            "\(lead)# \(key.help)\(environment)",
            "\(isOff ? "# " : "")\(margin)\(isOff ? "" : mark(key))\(key.name): \(example(key))",
          ]
        }
    }
  }

  private static func section(of key: ConfigKey) -> String {
    let parts = key.path.split(separator: ".").dropLast()
    return parts.joined(separator: ".")
  }

  private static func example(_ key: ConfigKey) -> String {
    if key.path == "transport.type" { return "http-stream" }
    switch key.type {
    case .list, .names, .files: return "[]"
    case .choices: return "[\(key.standard.map { $0.split(separator: ",").joined(separator: ", ") } ?? "")]"
    case .items: return "[]"
    case .secret: return "${\(key.environment.first ?? "NAME")}"
    default: return key.standard.map { $0.contains(",") ? "\"\($0)\"" : $0 } ?? ""
    }
  }
}
