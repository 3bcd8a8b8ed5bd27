// SPDX-License-Identifier: Apache-2.0

/// The help page of one command as plain text; `bold` dresses headings.
package func helpPage(of model: CommandModel, width: Int, bold: (String) -> String = { $0 }) -> String {
  let width = min(max(width, 60), 110)
  var lines = wrapped(model.info.summary, width: width)
  func section(_ heading: String, _ body: [String]) {
    guard !body.isEmpty else { return }
    lines += ["", bold(heading)] + body
  }

  section("Usage", ["  \(model.usage)"])
  let paragraphs = model.info.discussion.map { wrapped($0, width: width) }
  for paragraph in paragraphs { lines += [""] + paragraph }
  section("Commands", twoColumns(model.visibleSubcommands.map(\.info).map { ($0.name, $0.summary) }, width: width))
  let words = model.fields.filter { $0.kind == .argument || $0.kind == .trailing }
  section("Arguments", twoColumns(words.map { ($0.spelling, $0.fullHelp) }, width: width))
  for (heading, options) in model.optionSections {
    section(heading, twoColumns(options.map { ($0.spelling, $0.fullHelp) }, width: width))
  }
  let examples = model.info.examples.flatMap { ["  \($0.line)"] + wrapped($0.meaning, width: width, indent: 6) }
  section("Examples", examples)
  if !model.info.aliases.isEmpty {
    lines += ["", "Also called: " + model.info.aliases.joined(separator: ", ") + "."]
  }
  if !model.subcommands.isEmpty { lines += ["", "'\(model.name) <command> --help' says more about one command."] }
  return lines.joined(separator: "\n") + "\n"
}

extension FieldModel {
  /// How it is typed: `-o, --output FORMAT`.
  package var spelling: String {
    switch kind {
    case .argument: return "<\(placeholder)>" + (isRepeated ? "..." : "")
    case .trailing: return "-- <\(placeholder)>..."
    case .flag, .option:
      let short = short.map { "-\($0), " } ?? "    "
      return short + "--\(name)" + (placeholder.isEmpty ? "" : " \(placeholder)")
    }
  }

  /// The help sentence with choices, default and environment.
  package var fullHelp: String {
    var text = help
    if !choices.isEmpty { text += " One of \(choices.joined(separator: ", "))." }
    if let defaultText { text += " Default \(defaultText)." }
    if isRepeated && kind == .option { text += " May be repeated." }
    if !environment.isEmpty { text += " Environment: \(environment.joined(separator: ", "))." }
    return text
  }
}
