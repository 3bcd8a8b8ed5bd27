// SPDX-License-Identifier: Apache-2.0

/// What a command line came to: the command with its fields filled.
package struct Invocation {
  /// The canonical words of the command: `["mcpctl", "tools", "ls"]`.
  package let path: [String]
  package let command: any Command
  /// Whether `--help` was among the words; then required words may be missing.
  package let wantsHelp: Bool
}

/// Reads the words after the program's name.
///
/// Rules: options anywhere, those of a parent also before the subcommand word; `--name value`, `--name=value`,
/// `-n value`, `-nvalue`, `-abc`; `--` ends options, or starts the trailing words of a command that has them.
package func parse(
  _ words: [String], as root: any Command.Type, environment: (String) -> String? = { _ in nil }
) throws(UsageError) -> Invocation {
  var parser = Parser(root: root)
  do {
    try parser.read(words)
    return try parser.finish(environment: environment)
  } catch {
    var located = error
    if located.usage == nil { located.usage = CommandModel(parser.type, below: parser.path.dropLast()).usage }
    throw located
  }
}

private struct Parser {
  /// An option given before the subcommand word, to be handed to the subcommand.
  private struct Given {
    let name: String
    let word: String?
  }

  private(set) var type: any Command.Type
  private(set) var path: [String]
  private var command: any Command
  private var fields: [BoundField]
  private var inherited: [BoundField] = []
  private var given: [Given] = []
  private var typed: [String: [String]] = [:]
  private var seen: Set<String> { Set(typed.keys) }
  private var positionals: [String] = []
  private var wantsHelp = false

  init(root: any Command.Type) {
    type = root
    path = [root.info.name]
    command = root.init()
    fields = boundFields(of: command)
  }

  mutating func read(_ words: [String]) throws(UsageError) {
    var rest = words[...]
    var endedOptions = false
    while let word = rest.popFirst() {
      if endedOptions || !isOption(word) {
        try readPositional(word)
      } else if word == "--" {
        if let trailing = fields.first(where: { $0.model.kind == .trailing }) {
          for word in rest { try apply(word, to: trailing, as: "--") }
          return
        }
        endedOptions = true
      } else if word.hasPrefix("--") {
        try readLong(word.dropFirst(2), &rest)
      } else {
        try readShort(word.dropFirst(), &rest)
      }
    }
  }

  /// Fills positional fields and values from the environment, and checks that nothing required is missing.
  mutating func finish(environment: (String) -> String?) throws(UsageError) -> Invocation {
    var words = positionals[...]
    for argument in fields where argument.model.kind == .argument {
      let count = argument.model.isRepeated ? words.count : min(1, words.count)
      for word in words.prefix(count) { try apply(word, to: argument, as: "<\(argument.model.placeholder)>") }
      words = words.dropFirst(count)
      guard count > 0 || !argument.model.isRequired || wantsHelp else {
        throw UsageError("<\(argument.model.placeholder)> is missing: \(argument.model.help)")
      }
    }
    if let extra = words.first { throw UsageError("'\(extra)' is one word too many") }
    let listener = listener
    listener?.fill(typed)
    for option in fields where option.model.kind == .option && !seen.contains(option.model.name) {
      let found = listener == nil ? option.model.environment.first { environment($0)?.isEmpty == false } : nil
      if let found, let value = environment(found) {
        try apply(value, to: option, as: found)
      } else if option.model.isRequired && !wantsHelp {
        throw UsageError("--\(option.model.name) is missing: \(option.model.help)")
      }
    }
    if !wantsHelp { try command.check(given: seen) }
    return Invocation(path: path, command: command, wantsHelp: wantsHelp)
  }

  private mutating func readPositional(_ word: String) throws(UsageError) {
    guard !type.subcommands.isEmpty else {
      positionals.append(word)
      return
    }
    guard let next = type.subcommands.first(where: { $0.info.answers(to: word) }) else {
      let names = type.subcommands.map { $0.info }.filter { !$0.isHidden }.map(\.name)
      let hint = nearMiss(of: word, in: names).map { "did you mean '\($0)'?" } ?? type.advice(onUnknownCommand: word)
      // A URL may hold a password.
      let mayBeSecret = word.contains("://") && word.contains { "@?".contains($0) }
      let named = mayBeSecret ? "a URL is no command" : "no command '\(word)'"
      throw UsageError("\(named); \(hint ?? "commands: \(names.joined(separator: ", "))")")
    }
    inherited = fields + inherited
    type = next
    path.append(next.info.name)
    command = next.init()
    fields = boundFields(of: command)
    typed = [:]
    guard next.subcommands.isEmpty else { return }
    // What a parent accepted and this command does not know is about other commands: it has been checked, no more.
    for option in given {
      guard let field = fields.first(where: { $0.model.name == option.name }) else { continue }
      try accept(option.word, for: field, as: "--\(option.name)")
    }
  }

  private mutating func readLong(_ text: Substring, _ rest: inout ArraySlice<String>) throws(UsageError) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let value = parts.count > 1 ? String(parts[1]) : nil
    if name == "help" && value == nil {
      wantsHelp = true
      return
    }
    if name.contains("."), let dotted = listener?.dotted, let field = option({ $0.name == dotted }) {
      guard let value = value ?? rest.popFirst() else { throw UsageError("--\(name) needs a value") }
      return try accept("\(name)=\(value)", for: field, as: "--\(name)")
    }
    guard let field = option({ $0.name == name }) else {
      if ColorChoice.options.contains(name), let field = inherited.first(where: { $0.model.name == name }) {
        return try read(field, spelled: "--\(name)", value: value, &rest)
      }
      let names = (fields + inherited).filter { $0.model.kind == .option || $0.model.kind == .flag }.map(\.model.name)
      if names.contains(name) {
        throw UsageError("'\(type.info.name)' does not take --\(name), which is for commands that talk to a server")
      }
      let hint = nearMiss(of: name, in: names).map { "; did you mean '--\($0)'?" }
      throw UsageError("no option '--\(name)'\(hint ?? advice(name, value ?? rest.first))")
    }
    try read(field, spelled: "--\(name)", value: value, &rest)
  }

  /// What the command says to somebody who gave it an option it does not have.
  private func advice(_ name: String, _ value: String?) -> String {
    let value = value.flatMap { isOption($0) ? nil : $0 }
    return type.advice(onUnknownOption: name, value: value).map { "; \($0)" } ?? ""
  }

  private mutating func readShort(_ text: Substring, _ rest: inout ArraySlice<String>) throws(UsageError) {
    var letters = text
    while let letter = letters.popFirst() {
      guard let field = option({ $0.short == letter }) else {
        if letter == "h" {
          wantsHelp = true
          continue
        }
        let word = letters.isEmpty ? rest.first : letters.hasPrefix("=") ? String(letters.dropFirst()) : nil
        throw UsageError(
          "no option '-\(letter)'" + (text.count > 1 ? " in '-\(text)'" : "") + advice(String(letter), word))
      }
      if field.model.kind == .flag {
        try accept(nil, for: field, as: "-\(letter)")
      } else {
        let attached = letters.hasPrefix("=") ? letters.dropFirst() : letters
        return try read(field, spelled: "-\(letter)", value: letters.isEmpty ? nil : String(attached), &rest)
      }
    }
  }

  private mutating func read(
    _ field: BoundField, spelled: String, value: String?, _ rest: inout ArraySlice<String>
  ) throws(UsageError) {
    if field.model.kind == .flag {
      guard value == nil else { throw UsageError("\(spelled) is a switch and takes no value") }
      return try accept(nil, for: field, as: spelled)
    }
    if let value { return try accept(value, for: field, as: spelled) }
    guard let next = rest.popFirst(), next != "--", !next.hasPrefix("--") || option(spelled: next) == nil else {
      throw UsageError("\(spelled) needs a value: \(spelled) \(field.model.placeholder)")
    }
    try accept(next, for: field, as: spelled)
  }

  /// Reads an option's word; before the subcommand word it is also kept for the subcommand.
  private mutating func accept(_ word: String?, for field: BoundField, as spelled: String) throws(UsageError) {
    if !type.subcommands.isEmpty { given.append(Given(name: field.model.name, word: word)) }
    let isFirst = typed[field.model.name] == nil
    typed[field.model.name, default: []].append(word ?? "true")
    if field.model.isExclusive && !isFirst {
      throw UsageError("\(spelled) is given twice")
    }
    try apply(word, to: field, as: spelled)
  }

  private func apply(_ word: String?, to bound: BoundField, as spelled: String) throws(UsageError) {
    do {
      try bound.field.read(word)
    } catch {
      throw UsageError("\(spelled): \(error.message)")
    }
  }

  /// The part of the command that wants to know what was typed.
  private var listener: TypedWords? {
    Mirror(reflecting: command).children.lazy.compactMap { $0.value as? TypedWords }.first
  }

  /// Options of this command and, before the subcommand word, of its parents.
  private func option(_ matches: (FieldModel) -> Bool) -> BoundField? {
    let reachable = type.subcommands.isEmpty ? fields : fields + inherited
    return reachable.first { ($0.model.kind == .option || $0.model.kind == .flag) && matches($0.model) }
  }

  private func option(spelled word: String) -> BoundField? {
    let name = word.dropFirst(2).prefix { $0 != "=" }
    return option { $0.name == name }
  }

  /// A word with a dash, except `-` alone (standard input) and negative numbers.
  private func isOption(_ word: String) -> Bool {
    guard word.hasPrefix("-"), word != "-" else { return false }
    return Double(word) == nil
  }
}
