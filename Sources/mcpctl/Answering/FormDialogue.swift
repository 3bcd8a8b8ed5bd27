// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit
import MCPCore

/// Fills a form in at a terminal, field by field, and asks before anything is sent.
struct FormDialogue {
  let form: Elicitation.Form
  let dialogue: Dialogue

  /// What the user wants: accept, decline and cancel are three different answers.
  func run() async throws -> JSONObject {
    dialogue.say("  (an empty line takes what is in brackets; Ctrl-D cancels)")
    while true {
      var content = JSONObject()
      for field in form.fields {
        guard let value = try await fill(field) else { return ["action": "cancel"] }
        if !value.isNull { content[field.name] = value }
      }
      switch try await dialogue.ask("Send this? [Y]es, (e)dit, (d)ecline, (c)ancel: ")?.lowercased() {
      case "", "y", "yes": return ["action": "accept", "content": .object(content)]
      case "d", "decline", "n", "no": return ["action": "decline"]
      case "c", "cancel", nil: return ["action": "cancel"]
      default: continue
      }
    }
  }

  /// The value of one field; null when it is left out, nil when the input was ended.
  private func fill(_ field: Elicitation.Field) async throws -> JSON? {
    describe(field)
    let isSecret = field.looksSecret
    if isSecret { dialogue.say("  This looks like a secret, which no server may ask for in a form. It is not shown.") }
    while true {
      guard let line = try await dialogue.ask("  \(prompt(field)): ", isHidden: isSecret) else { return nil }
      if line.isEmpty {
        if let initial = field.defaultValue { return initial }
        if !field.isRequired { return .null }
        dialogue.say("  \(oneLine(field.name)) is needed")
        continue
      }
      guard let value = field.value(of: line) else {
        dialogue.say("  '\(oneLine(line))' is not \(field.wanted)")
        continue
      }
      guard let fault = field.fault(in: value) else { return value }
      dialogue.say("  \(oneLine(fault))")
    }
  }

  private func describe(_ field: Elicitation.Field) {
    if let description = field.description { dialogue.say("  \(oneLine(description))") }
    for (index, choice) in field.kind.choices.enumerated() {
      let value = choice.title.map { _ in " (\(oneLine(choice.value)))" } ?? ""
      dialogue.say("    \(index + 1)  \(oneLine(choice.title ?? choice.value))\(value)")
    }
  }

  private func prompt(_ field: Elicitation.Field) -> String {
    let title = oneLine(field.title ?? field.name) + (field.isRequired ? "" : ", optional")
    return field.defaultValue.map { "\(title) [\(oneLine(field.shown($0)))]" } ?? title
  }
}

extension Elicitation.Field {
  /// What a person has to type.
  fileprivate var wanted: String {
    switch kind {
    case .text: "text"
    case .number: "a number"
    case .integer: "a whole number"
    case .boolean: "yes or no"
    case .one: "one of the choices; type its number or its name"
    case .some: "a list of the choices; type numbers or names with commas between"
    }
  }

  /// A value as people type it.
  fileprivate func shown(_ value: JSON) -> String {
    switch value {
    case .bool(let isTrue): isTrue ? "yes" : "no"
    case .array(let values): values.map { $0.string ?? $0.text }.joined(separator: ", ")
    default: value.string ?? value.text
    }
  }

  /// What a line means; nil when it means nothing.
  fileprivate func value(of line: String) -> JSON? {
    switch kind {
    case .text: return .string(line)
    case .number, .integer: return (try? JSON(parsing: line)).flatMap { $0.number == nil ? nil : $0 }
    case .boolean:
      switch line.lowercased() {
      case "y", "yes", "true": return true
      case "n", "no", "false": return false
      default: return nil
      }
    case .one(let choices, _): return choices.chosen(by: line).map(JSON.string)
    case .some(let choices, _):
      var values: [JSON] = []
      for part in line.split(separator: ",") {
        guard let value = choices.chosen(by: String(part).trimmed) else { return nil }
        values.append(.string(value))
      }
      return .array(values)
    }
  }
}

extension Elicitation.Field.Kind {
  fileprivate var choices: [Elicitation.Field.Choice] {
    switch self {
    case .one(let choices, _), .some(let choices, _): choices
    case .text, .number, .integer, .boolean: []
    }
  }
}

extension [Elicitation.Field.Choice] {
  /// The value with that name, title or number in the list.
  fileprivate func chosen(by text: String) -> String? {
    if let choice = first(where: { $0.value == text || $0.title == text }) { return choice.value }
    guard let number = Int(text), indices.contains(number - 1) else { return nil }
    return self[number - 1].value
  }
}
