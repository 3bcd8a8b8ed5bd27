// SPDX-License-Identifier: Apache-2.0

extension ConfigKey {
  /// Every key there is, in the order they are shown. A new key is one line.
  package static let all: [ConfigKey] =
    server + transport + tls + cors + performance + sessions + tools + watching + protection + grpc + redis + cluster
    + storage + services

  static let index = KeyIndex(all)

  /// The key at a canonical path; nil when there is none.
  package static func at(_ path: String) -> ConfigKey? {
    if case .key(let key, rank: 0) = index.place(path) { key } else { nil }
  }

  /// The key at a path in any of its spellings; nil when there is none.
  package static func meant(by path: String) -> ConfigKey? {
    if case .key(let key, _) = index.place(path) { key } else { nil }
  }

  private static let revisions = ["auto", "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]
  static let levels = ["debug", "info", "notice", "warning", "error", "critical", "off"]
  static let moment = Duration.zero...Duration.seconds(86_400)
  static let wait = Duration.milliseconds(1)...Duration.seconds(86_400)
  static let long = Duration.milliseconds(1)...Duration.seconds(366 * 86_400)

  private static let server: [ConfigKey] = [
    ConfigKey("server.name", .text, "Name the server answers with.", standard: "mcpctl", aliases: ["server_info.name"]),
    ConfigKey(
      "server.version", .text, "Version the server answers with; that of mcpctl when not set.",
      aliases: ["server_info.version"]),
    ConfigKey(
      "server.instructions", .text, "How to use the server, for models.",
      standard: "Sample tools, resources and prompts to try a client with."),
    ConfigKey(
      "server.protocol", .choice(revisions), "Newest protocol revision that is spoken; auto is all.", standard: "auto",
      aliases: ["protocol_version", "server.protocol_version"]),
    ConfigKey(
      "server.capabilities", .choices(["tools", "resources", "prompts"]), "What the server offers.",
      standard: "tools,resources,prompts", aliases: ["server_capabilities"]),
  ]

  private static let tools: [ConfigKey] = [
    ConfigKey("tools.enabled", .boolean, "Whether there are tools at all.", standard: "true", change: .live),
    ConfigKey(
      "tools.allow", .list, "The tools that are offered; all when empty. * stands for any text, ? for one character.",
      standard: "",
      change: .live),
    ConfigKey(
      "tools.deny", .list,
      "Tools that are not offered, whatever allow says. * stands for any text, ? for one character.", standard: "",
      change: .live),
    ConfigKey(
      "tools.directories", .files, "Folders of programs that are tools; see `mcpctl help tools`.", standard: "",
      flag: "tools", change: .live),
    ConfigKey(
      "tools.auto_discover", .boolean, "Whether tools.directories are looked into.", standard: "true",
      change: .live),
    ConfigKey(
      "mcp.local.enabled", .boolean, "Whether local tools are offered.", standard: "false",
      status: .mapped("tools.directories, tools.allow and tools.deny choose the tools")),
    ConfigKey(
      "mcp.local.tools_config", .file(mustExist: true), "File that lists the local tools.",
      status: .mapped("tools.directories, tools.allow and tools.deny choose the tools")),
  ]
}
