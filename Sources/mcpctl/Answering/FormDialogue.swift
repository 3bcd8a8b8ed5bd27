// SPDX-License-Identifier: GPL-3.0-or-later
import CommandLineKit
import JSONKit
import MCPClientKit

/// Fills a form in at a terminal, field by field, and asks before anything is sent.
struct FormDialogue {
  let form: ElicitationForm
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
  private func fill(_ field: ElicitationForm.Field) async throws -> JSON? {
    describe(field)
    let isSecret = field.looksSecret
    if isSecret { dialogue.say("  This looks like a secret, which no server may ask for in a form. It is not shown.") }
    while true {
      guard let line = try await dialogue.ask("  \(prompt(field)): ", isHidden: isSecret) else { return nil }
      if line.isEmpty {
        if let initial = field.initial { return initial }
        if !field.isRequired { return .null }
        dialogue.say("  \(oneLine(field.name)) is needed")
        continue
      }
      guard let value = field.value(of: line) else {
        dialogue.say("  '\(oneLine(line))' is not \(field.wanted)")
        continue
      }
      let faults = form.faults(in: value, of: field)
      if faults.isEmpty { return value }
      for fault in faults { dialogue.say("  \(oneLine(fault))") }
    }
  }

  private func describe(_ field: ElicitationForm.Field) {
    if let description = field.description { dialogue.say("  \(oneLine(description))") }
    guard case .choice(let options) = field.kind else {
      if case .choices(let options) = field.kind { list(options) }
      return
    }
    list(options)
  }

  private func list(_ options: [ElicitationForm.Option]) {
    for (index, option) in options.enumerated() {
      let title = option.title == option.value ? "" : " (\(oneLine(option.value)))"
      dialogue.say("    \(index + 1)  \(oneLine(option.title))\(title)")
    }
  }

  private func prompt(_ field: ElicitationForm.Field) -> String {
    let title = oneLine(field.title ?? field.name) + (field.isRequired ? "" : ", optional")
    return field.initial.map { "\(title) [\(oneLine(field.shown($0)))]" } ?? title
  }
}

extension ElicitationForm.Field {
  /// Whether its name speaks of what servers must not ask for.
  fileprivate var looksSecret: Bool {
    let names = [name, title ?? ""].map { $0.lowercased() }
    let words = ["password", "passwd", "passphrase", "secret", "token", "api key", "api_key", "apikey", "credential"]
    return names.contains { name in words.contains { name.contains($0) } }
  }

  /// What a person has to type.
  fileprivate var wanted: String {
    switch kind {
    case .text: "text"
    case .number(let isInteger): isInteger ? "a whole number" : "a number"
    case .boolean: "yes or no"
    case .choice: "one of the choices; type its number or its name"
    case .choices: "a list of the choices; type numbers or names with commas between"
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
    case .number: return (try? JSON(parsing: line)).flatMap { $0.number == nil ? nil : $0 }
    case .boolean:
      switch line.lowercased() {
      case "y", "yes", "true": return true
      case "n", "no", "false": return false
      default: return nil
      }
    case .choice(let options): return chosen(line, options).map(JSON.string)
    case .choices(let options):
      var values: [JSON] = []
      for part in line.split(separator: ",") {
        guard let value = chosen(String(part).trimmed, options) else { return nil }
        values.append(.string(value))
      }
      return .array(values)
    }
  }

  private func chosen(_ text: String, _ options: [ElicitationForm.Option]) -> String? {
    if let option = options.first(where: { $0.value == text || $0.title == text }) { return option.value }
    guard let number = Int(text), options.indices.contains(number - 1) else { return nil }
    return options[number - 1].value
  }
}
