// SPDX-License-Identifier: Apache-2.0

/// One key of the configuration. Checks, `config schema`, `view`, `init` and the manual page all read this declaration.
package struct ConfigKey: Sendable {
  /// What this build does with the value.
  package enum Status: Sendable, Hashable {
    case works
    /// Nothing yet: the feature it is for is named.
    case planned(String)
    /// Nothing, for good: why, and what takes its place.
    case mapped(String)
  }

  /// When a changed value takes effect.
  package enum Change: Sendable, Hashable {
    /// While the server runs, on reload.
    case live
    /// At the next start.
    case restart
  }

  /// Its place, such as `transport.port`. Case, `-` and `_` make no difference where it is written.
  package let path: String
  package let type: ConfigType
  /// The default as it would be written; nil where there is none.
  package let standard: String?
  /// Other places it may be written at.
  package let aliases: [String]
  /// The environment variables that set it, the first one that is set wins.
  package let environment: [String]
  /// The option of `mcpctl serve` that sets it.
  package let flag: String?
  package let change: Change
  package let status: Status
  /// One sentence.
  package let help: String

  package init(
    _ path: String, _ type: ConfigType, _ help: String, standard: String? = nil, aliases: [String] = [],
    environment: [String] = [], flag: String? = nil, change: Change = .restart, status: Status = .works
  ) {
    (self.path, self.type, self.standard, self.aliases) = (path, type, standard, aliases)
    (self.flag, self.change, self.status, self.help) = (flag, change, status, help)
    let own = Self.variable(for: path)
    self.environment = type.isSpelledInOneWord ? environment.filter { $0 != own } + [own] : []
  }

  /// The variable every key has: `transport.port` is `MCP_TRANSPORT_PORT`.
  private static func variable(for path: String) -> String {
    let name = path.uppercased().replacing(".", with: "_")
    return name.hasPrefix("MCP_") ? name : "MCP_" + name
  }

  /// The value when nobody sets it.
  package var standardValue: ConfigValue? { standard.flatMap { try? type.value(of: $0) } }
  /// What it is, and that it has no effect where it has none.
  var wholeHelp: String {
    switch status {
    case .works: help
    case .planned(let feature): "\(help) No effect yet: this build does not have \(feature)."
    case .mapped(let reason): "\(help) No effect: \(reason)."
    }
  }
  /// The last part of its path.
  package var name: String { String(path.split(separator: ".").last ?? "") }
}

/// `text` as keys are compared: `HTTP.MCPPath`, `http.mcp-path` and `http.mcp_path` are one.
func normalized(_ text: some StringProtocol) -> String {
  text.lowercased().filter { $0 != "-" && $0 != "_" }
}
