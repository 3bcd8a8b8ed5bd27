// SPDX-License-Identifier: Apache-2.0

/// A command with everything below it as a value. Help, manual pages and completions are functions of this.
package struct CommandModel: Sendable {
  /// The words from the program down to this command.
  package let path: [String]
  package let info: CommandInfo
  /// Arguments and options in the order declared.
  package let fields: [FieldModel]
  package let subcommands: [CommandModel]

  /// Reads the tree below `type`; `above` are the words in front of it.
  package init(_ type: any Command.Type, below above: [String] = []) {
    let path = above + [type.info.name]
    self.path = path
    info = type.info
    fields = boundFields(of: type.init()).map(\.model)
    subcommands = type.subcommands.map { CommandModel($0, below: path) }
  }

  /// The words typed to reach it: `mcpctl tools ls`.
  package var name: String { path.joined(separator: " ") }
  /// Its manual page: `mcpctl-tools-ls`.
  package var pageName: String { path.joined(separator: "-") }
  package var arguments: [FieldModel] { fields.filter { $0.kind == .argument } }
  package var options: [FieldModel] { fields.filter { $0.kind == .flag || $0.kind == .option } }
  package var trailing: FieldModel? { fields.first { $0.kind == .trailing } }
  package var visibleSubcommands: [CommandModel] { subcommands.filter { !$0.info.isHidden } }
  /// This command and all below it that are shown, parents first.
  package var everyone: [CommandModel] { [self] + visibleSubcommands.flatMap(\.everyone) }

  /// The command reached by `words` below this one; nil when there is none.
  package func command(at words: some Sequence<String>) -> CommandModel? {
    var found = self
    for word in words {
      guard let next = found.subcommands.first(where: { $0.info.answers(to: word) }) else { return nil }
      found = next
    }
    return found
  }

  /// Options under their headings, the command's own first.
  package var optionSections: [(heading: String, options: [FieldModel])] {
    var sections: [(heading: String, options: [FieldModel])] = []
    for option in options {
      let heading = option.heading ?? "Options"
      if let index = sections.firstIndex(where: { $0.heading == heading }) {
        sections[index].options.append(option)
      } else {
        sections.append((heading, [option]))
      }
    }
    return sections.sorted { $0.heading == "Options" && $1.heading != "Options" }
  }

  /// The usage line without the word "usage".
  package var usage: String {
    var words = path
    if !options.isEmpty { words.append("[options]") }
    if !subcommands.isEmpty { words.append("<command>") }
    words += arguments.map { argument in
      let word = "<\(argument.placeholder)>" + (argument.isRepeated ? "..." : "")
      return argument.isRequired ? word : "[\(word)]"
    }
    if let trailing { words.append("[-- <\(trailing.placeholder)>...]") }
    return words.joined(separator: " ")
  }
}

/// A field with the wrapper behind it.
struct BoundField {
  let model: FieldModel
  let field: any Field
}

/// The fields of a command or option group, groups spliced in where they stand.
func boundFields(of declared: Any, heading: String? = nil) -> [BoundField] {
  Mirror(reflecting: declared).children.flatMap { child -> [BoundField] in
    if let group = child.value as? any FieldGroup {
      return boundFields(of: group.members, heading: group.heading)
    }
    guard let field = child.value as? any Field else { return [] }
    var model = field.model(label: child.label ?? "")
    model.heading = heading
    return [BoundField(model: model, field: field)]
  }
}
