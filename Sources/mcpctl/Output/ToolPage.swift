// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit

/// What a tool or prompt takes, as a help page: its schema in the words one types.
struct ToolPage {
  let name: String
  /// What people call it; shown where it says more than the name.
  var title: String?
  let description: String?
  let schema: InputSchema
  /// The words in front of the arguments: `mcpctl call calculator`.
  let command: String
  /// The words behind the arguments, with a blank in front: ` -- a-server`.
  var ending = ""
  var notes: [String] = []

  func text(width: Int, bold: (String) -> String = { $0 }) -> String {
    let width = min(max(width, 60), 110)
    var lines = title.map { $0 == name || $0 == description ? [] : [bold($0), ""] } ?? []
    lines += (description ?? name).split(separator: "\n", omittingEmptySubsequences: false).flatMap {
      $0.isEmpty ? [""] : wrapped(String($0), width: width)
    }
    lines += ["", bold("Usage"), "  \(command) \(schema.signature)\(ending)"]
    let properties = schema.properties
    if !properties.isEmpty {
      lines += ["", bold("Arguments")]
      lines += twoColumns(
        properties.map { ("\($0.name)=\($0.schema.kind)", explanation(of: $0.schema, named: $0.name)) }, width: width)
    }
    if !notes.isEmpty { lines += ["", bold("Notes")] + notes.flatMap { wrapped($0, width: width, indent: 2) } }
    lines += ["", bold("Example"), "  \(command) \(schema.example)\(ending)"]
    return lines.map { safeText($0).trailingSpaceRemoved + "\n" }.joined()
  }

  private func explanation(of property: InputSchema, named name: String) -> String {
    var parts: [String] = []
    if let description = property.description {
      parts.append(description.hasSuffix(".") ? description : description + ".")
    }
    if schema.required.contains(name) { parts.append("Required.") }
    if let fallback = property.here["default"] { parts.append("Default \(fallback.string ?? fallback.text).") }
    for (keyword, words) in [
      ("minimum", "At least"), ("maximum", "At most"), ("pattern", "Matches"), ("format", "Format"),
      ("minLength", "Shortest length"), ("maxLength", "Longest length"), ("maxItems", "Most elements"),
    ] {
      if let value = property.here[keyword] { parts.append("\(words) \(value.string ?? value.text).") }
    }
    return parts.joined(separator: " ")
  }
}

extension String {
  /// Without blanks at its end.
  var trailingSpaceRemoved: String { hasSuffix(" ") ? String(dropLast()).trailingSpaceRemoved : self }
}
