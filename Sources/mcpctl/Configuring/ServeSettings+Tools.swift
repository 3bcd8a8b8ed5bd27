// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit
import MCPConfig
import MCPServeKit

extension ServeSettings {
  /// The folders tools are looked for in.
  var toolFolders: [String] { config.flag("tools.auto_discover") ? config.list("tools.directories") : [] }

  func folders(for features: FeatureSet) -> ToolFolders {
    ToolFolders(toolFolders, for: features)
  }

  /// Whether a feature is offered.
  func offers(_ feature: Feature) -> Bool {
    let kinds = config.list("server.capabilities")
    switch feature {
    case .tool(let tool): return offersTool(tool.tool.name)
    case .resource: return kinds.contains("resources")
    case .prompt: return kinds.contains("prompts")
    }
  }

  func offersTool(_ name: String) -> Bool {
    guard config.list("server.capabilities").contains("tools"), config.flag("tools.enabled") else { return false }
    let allowed = config.list("tools.allow")
    return (allowed.isEmpty || allowed.contains { Glob.matches($0, name) })
      && !config.list("tools.deny").contains { Glob.matches($0, name) }
  }

  /// What only who knows the tools can say: names of `tools.allow` and `tools.deny` that mean none. With folders
  /// to look into, nobody knows before they are.
  var toolProblems: [Problem] {
    guard !config.flag("tools.auto_discover") || config.list("tools.directories").isEmpty else { return [] }
    let names = BuiltinServer.features.compactMap { feature in
      if case .tool(let tool) = feature { tool.tool.name } else { nil }
    }
    return ["tools.allow", "tools.deny"].flatMap { path -> [Problem] in
      guard let setting = config.setting(path) else { return [] }
      return config.list(path).compactMap { pattern in
        guard !names.contains(where: { Glob.matches(pattern, $0) }) else { return nil }
        let near =
          pattern.nearest(in: names).map { "did you mean '\($0)'?" } ?? "the tools are \(names.joined(separator: ", "))"
        return Problem(
          .warning, .unknownKey, setting.origin.source, setting.spelled, "no tool is called '\(safeText(pattern))'",
          near)
      }
    }
  }
}
