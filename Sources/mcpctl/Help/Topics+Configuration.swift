// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import MCPConfig

extension HelpTopic {
  static let configuration = HelpTopic(
    "configuration", "the files mcpctl serve takes its values from", page: "config", section: 5,
    [
      .paragraph(
        "`mcpctl serve --config FILE`, or MCP_CONFIG_PATH, names a file of YAML, or of JSON when its name ends with .json or "
          + ".jsonc. An option wins over its environment variable, that over the file, and the file over the default; "
          + "`mcpctl config view --origin` shows where each value comes from."),
      .lines([
        "transport:", "  type: http-stream", "  port: ${PORT:8000}", "performance:", "  max_body: 10MiB",
        "  request_timeout: 30s", "tools:", "  deny: [sleep]",
      ]),
      .paragraph(
        "Case, - and _ make no difference in the names of keys, and `transport.port: 8000` on one line is the same as two "
          + "lines. Keys that begin with x- are left alone, so that anchors have a place. Any other key that is not known "
          + "is an error."),
      .heading("Values"),
      .terms([
        ("text", "As it stands: `yes` and `1.10` stay what they are where text is wanted."),
        ("true, false", "In the file no other words; in the environment also 1, 0, yes, no, on and off."),
        ("durations", "500ms, 30s, 2m, 1h, 1d, several in a row, or plain seconds."),
        ("sizes", "512, 64k, 10MiB, 1GB: k, M, G, KiB, MiB and GiB are powers of 1024, kB, MB and GB of 1000."),
        ("lists", "A list, or one text with commas; in the environment always the latter."),
        ("files", "In the file a relative path counts from its folder, elsewhere from the working directory."),
      ]),
      .heading("Variables"),
      .terms([
        ("${NAME}", "The environment variable, which has to be set."),
        ("${NAME:default}", "The default where the variable is not set or empty; ${NAME:-default} is the same."),
        ("$${", "The two letters ${."),
      ]),
      .paragraph(
        "Variables are replaced after the file was read, so that a value brings no structure with it. Each key also has "
          + "variables of its own, named below; the first one that is set wins, and one that says something else is told."
      ),
    ] + sections(of: { $0 == .works })
      + [
        .heading("Keys without an effect yet"),
        .paragraph("They are read and checked, and a warning says what is missing."),
      ] + sections(of: { $0 != .works }))

  /// The keys by their first word.
  private static func sections(of isWanted: (ConfigKey.Status) -> Bool) -> [Block] {
    let keys = ConfigKey.all.filter { isWanted($0.status) }
    var names: [Substring] = []
    for key in keys where !names.contains(key.section) { names.append(key.section) }
    return names.flatMap { name in
      [
        .heading("Keys of \(name)"),
        .terms(keys.filter { $0.section == name }.map { ($0.path, $0.explanation) }),
      ]
    }
  }
}

extension ConfigKey {
  fileprivate var section: Substring { path.prefix { $0 != "." } }

  fileprivate var explanation: String {
    var sentences = [help]
    let wanted = type.wanted
    sentences.append(wanted.prefix(1).uppercased() + wanted.dropFirst() + ".")
    if let value = standardValue, !value.shown.isEmpty, value.shown.utf8.count < 40 {
      sentences.append("Default \(value.shown).")
    }
    if let flag { sentences.append("Option --\(flag).") }
    if !environment.isEmpty { sentences.append("Environment \(environment.joined(separator: ", ")).") }
    if !aliases.isEmpty { sentences.append("Also \(aliases.joined(separator: ", ")).") }
    switch status {
    case .works: if change == .live { sentences.append("Changes on reload.") }
    case .planned(let feature): sentences.append("Waits for \(feature).")
    case .mapped(let reason): sentences.append("Has no effect: \(reason).")
    }
    return sentences.joined(separator: " ")
  }
}
