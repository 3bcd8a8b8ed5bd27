// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// A file in which another program keeps its servers. They are read when somebody asks, and never written.
struct ForeignFile {
  /// Whose file it is.
  let owner: String
  let path: String
  let servers: JSONObject

  /// The servers a file holds: those of everybody, and of Claude Code those of the project in `directory`.
  static func servers(in file: JSON, directory: String) -> JSONObject? {
    let shared = (file["mcpServers"] ?? file["servers"] ?? file["mcp"]?["servers"])?.object
    guard let own = file["projects"]?[directory]?["mcpServers"]?.object else { return shared }
    var all = shared ?? [:]
    for member in own.members { all[member.name] = member.value }
    return all
  }

  /// The files there are, those of the project first. What cannot be read is told, and hides none of the others.
  static func all(_ environs: Environs, problem: (String) -> Void) -> [ForeignFile] {
    places(environs).compactMap { owner, path in
      do {
        let file = try JSON(parsing: withoutComments(try environs.readFile(path)))
        let servers = servers(in: file, directory: environs.directory) ?? [:]
        return servers.isEmpty ? nil : ForeignFile(owner: owner, path: path, servers: servers)
      } catch let fault as FileFault {
        if !fault.isMissing { problem("\(fault)") }
      } catch {
        problem("\(path) is no JSON: \(error)")
      }
      return nil
    }
  }

  /// Where they may be, and whose.
  static func places(_ environs: Environs) -> [(String, String)] {
    var places = [
      ("project", ".mcp.json"), ("Cursor", ".cursor/mcp.json"), ("VS Code", ".vscode/mcp.json"),
    ].map { ($0.0, environs.directory == "/" ? "/\($0.1)" : "\(environs.directory)/\($0.1)") }
    guard let home = environs.environment("HOME"), home.hasPrefix("/") else { return places }
    let settings = environs.environment("XDG_CONFIG_HOME") ?? "\(home)/.config"
    places += [
      ("Claude Code", "\(home)/.claude.json"),
      ("Claude Desktop", "\(settings)/Claude/claude_desktop_config.json"),
      ("Claude Desktop", "\(home)/Library/Application Support/Claude/claude_desktop_config.json"),
      ("Cursor", "\(home)/.cursor/mcp.json"),
      ("VS Code", "\(settings)/Code/User/mcp.json"),
      ("VS Code", "\(home)/Library/Application Support/Code/User/mcp.json"),
      ("Windsurf", "\(home)/.codeium/windsurf/mcp_config.json"),
      ("Gemini CLI", "\(home)/.gemini/settings.json"),
    ]
    var seen: Set<String> = []
    return places.filter { seen.insert($0.1).inserted }
  }
}
