// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit

/// How a result is printed.
enum OutputFormat: ChoiceValue, Equatable, Sendable {
  case text, json, jsonl, yaml, table, wide, name, raw, value
  case jsonpath(JSONPathTemplate)
  case customColumns(CustomColumns)

  /// Those that are a word of their own.
  static let allCases: [OutputFormat] = [.text, .json, .jsonl, .yaml, .table, .wide, .name, .raw, .value]
  /// What the others begin with.
  private static let (pathMark, columnsMark) = ("jsonpath=", "custom-columns=")
  static var choices: [String] { allCases.map(\.rawValue) + [pathMark, columnsMark] }

  var rawValue: String {
    switch self {
    case .text: "text"
    case .json: "json"
    case .jsonl: "jsonl"
    case .yaml: "yaml"
    case .table: "table"
    case .wide: "wide"
    case .name: "name"
    case .raw: "raw"
    case .value: "value"
    case .jsonpath(let template): Self.pathMark + template.source
    case .customColumns(let columns): Self.columnsMark + columns.source
    }
  }

  init?(rawValue: String) {
    guard let format = try? OutputFormat(argument: rawValue) else { return nil }
    self = format
  }

  init(argument word: String) throws(ValueFault) {
    if let format = Self.allCases.first(where: { $0.rawValue == word }) {
      self = format
    } else if word.hasPrefix(Self.pathMark) {
      self = .jsonpath(try JSONPathTemplate(try Self.expression(word, "'{.tools[*].name}'")))
    } else if word.hasPrefix(Self.columnsMark) {
      self = .customColumns(try CustomColumns(try Self.expression(word, "NAME:.name,TITLE:.title")))
    } else {
      let known = Self.choices
      let near = nearMiss(of: word, in: known).map { "; did you mean '\($0)'?" } ?? ""
      throw ValueFault("'\(word)' is not one of \(known.joined(separator: ", "))\(near)")
    }
  }

  /// What stands behind the `=`.
  private static func expression(_ word: String, _ example: String) throws(ValueFault) -> String {
    let parts = word.split(separator: "=", maxSplits: 1)
    guard parts.count == 2 else { throw ValueFault("'\(word)' has no expression; write \(word)\(example)") }
    return String(parts[1])
  }
}
