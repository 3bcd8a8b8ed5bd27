// SPDX-License-Identifier: Apache-2.0

/// Every value a server runs with, and where each comes from. A value itself: it can be loaded again and compared.
package struct ServerConfig: Sendable {
  /// Who set a value.
  package enum Origin: Sendable, Hashable {
    /// Nobody: it is the default.
    case standard
    case file(String, Mark)
    case environment(String)
    case flag(String)

    /// Whether it is an option of the command line.
    package var isFlag: Bool { if case .flag = self { true } else { false } }

    /// For people: `config.yaml:3:9`, `MCP_PORT`, `--port`, `default`.
    package var shown: String {
      switch self {
      case .standard: "default"
      case .file(let file, let mark): "\(file):\(mark.line):\(mark.column)"
      case .environment(let name): name
      case .flag(let word): word
      }
    }
  }

  /// One value with its origin.
  package struct Setting: Sendable {
    package let value: ConfigValue
    package let origin: Origin
    /// The path as it was written.
    package let spelled: String
  }

  private let settings: [String: Setting]

  init(_ settings: [String: Setting]) { self.settings = settings }

  /// The value and origin at a canonical path; nil when it is not set and has no default.
  package func setting(_ path: String) -> Setting? { settings[path] }

  /// Who set the value at a path.
  package func origin(_ path: String) -> Origin { settings[path]?.origin ?? .standard }
}

extension ServerConfig {
  package func text(_ path: String) -> String? { if case .text(let value) = value(path) { value } else { nil } }
  package func secret(_ path: String) -> Secret? { if case .secret(let value) = value(path) { value } else { nil } }
  package func flag(_ path: String) -> Bool { if case .boolean(let value) = value(path) { value } else { false } }
  package func integer(_ path: String) -> Int? { if case .integer(let value) = value(path) { value } else { nil } }
  package func duration(_ path: String) -> Duration? {
    if case .duration(let value) = value(path) { value } else { nil }
  }
  package func size(_ path: String) -> Int? { if case .size(let value) = value(path) { value } else { nil } }
  package func list(_ path: String) -> [String] { if case .list(let value) = value(path) { value } else { [] } }

  package func items(_ path: String) -> [ConfigItem] { if case .items(let value) = value(path) { value } else { [] } }

  private func value(_ path: String) -> ConfigValue? {
    precondition(ConfigKey.at(path) != nil, "a path of the table")
    return settings[path]?.value
  }
}

extension ServerConfig {
  /// One key two configurations do not agree on.
  package struct Difference: Sendable {
    package let key: ConfigKey
    package let old: ConfigValue?
    package let new: ConfigValue?

    /// Whether only a new start makes the new value count.
    package var needsRestart: Bool { key.change == .restart }
    /// `transport.port: 8000 -> 9000`; secrets stay masked.
    package var shown: String { "\(key.path): \(old?.shown ?? "not set") -> \(new?.shown ?? "not set")" }
  }

  /// This configuration with those values of `newer` that can change while a server runs.
  /// - Parameter isFixed: what cannot in this server, though it could in others.
  package func takingLiveValues(of newer: ServerConfig, except isFixed: (ConfigKey) -> Bool = { _ in false })
    -> ServerConfig
  {
    var settings = settings
    for key in ConfigKey.all where key.change == .live && !isFixed(key) {
      settings[key.path] = newer.settings[key.path]
    }
    return ServerConfig(settings)
  }

  /// What is different in `newer`, in the order of the table.
  package func differences(to newer: ServerConfig) -> [Difference] {
    ConfigKey.all.compactMap { key in
      let (old, new) = (settings[key.path]?.value, newer.settings[key.path]?.value)
      return old == new ? nil : Difference(key: key, old: old, new: new)
    }
  }
}
