// SPDX-License-Identifier: Apache-2.0

/// Turns the nodes of a file into values of keys, and finds everything that is wrong with them on the way.
struct FileLayer {
  let file: String
  let variables: Variables
  /// Whether a variable that is not set is only a warning.
  var allowsMissingVariables = false
  private(set) var layer = Layer()
  /// Where each key was written first, by normalized path.
  private var places: [String: Mark] = [:]

  init(file: String, variables: Variables) { (self.file, self.variables) = (file, variables) }

  mutating func read(_ root: ConfigNode, _ index: KeyIndex = ConfigKey.index) {
    guard let entries = root.entries else {
      if !root.isNull {
        note(.wrongType, root.mark, "", "the file holds \(root.kind)", "write sections such as transport:")
      }
      return
    }
    read(entries, in: "", index)
  }

  private mutating func read(_ entries: [ConfigNode.Entry], in section: String, _ index: KeyIndex) {
    // Keys of one's own: anchors to refer to, notes for other programs.
    for entry in entries where !entry.key.lowercased().hasPrefix("x-") {
      let path = section.isEmpty ? entry.key : "\(section).\(entry.key)"
      switch index.place(path) {
      case .section: readSection(entry.value, at: path, index)
      case .key(let key, let rank):
        guard isFirst(entry, at: path), let value = read(entry.value, as: key, at: path) else { continue }
        let source = Problem.Source.file(file, entry.value.mark)
        layer.take(Layer.Given(value, source, spelled: path, rank: rank), for: key)
      case nil:
        note(.unknownKey, entry.mark, path, "there is no such key", index.remedy(for: entry.key, in: section))
      }
    }
  }

  private mutating func readSection(_ node: ConfigNode, at path: String, _ index: KeyIndex) {
    if let entries = node.entries {
      read(entries, in: path, index)
    } else if !node.isNull {
      let names = index.names(in: path).prefix(6).joined(separator: ", ")
      note(.wrongType, node.mark, path, "is \(node.kind), not a section", "write keys below it, such as \(names)")
    }
  }

  /// Whether a key is not there yet, in another spelling.
  private mutating func isFirst(_ entry: ConfigNode.Entry, at path: String) -> Bool {
    let name = normalized(path)
    if let first = places[name] {
      note(
        .duplicateKey, entry.mark, path, "is set a second time", "it stands in line \(first.line) already; keep one")
      return false
    }
    places[name] = entry.mark
    return true
  }

  /// The value of a key; nil when nothing is said, or what is said is wrong.
  private mutating func read(_ node: ConfigNode, as key: ConfigKey, at path: String) -> ConfigValue? {
    if node.isNull { return nil }
    switch key.type {
    case .items(let keys): return items(node, keys, at: path)
    case .list, .names, .files, .choices:
      guard let texts = texts(node, key.type, at: path) else { return nil }
      return texts
    default:
      guard let scalar = node.scalar else {
        note(.wrongType, node.mark, path, "is \(node.kind)", "write \(key.type.wanted)")
        return nil
      }
      return value(of: scalar.text, key.type, at: path, node.mark)
    }
  }

  private mutating func value(of text: String, _ type: ConfigType, at path: String, _ mark: Mark) -> ConfigValue? {
    let expansion = variables.expand(text)
    for fault in expansion.faults {
      let severity: Problem.Severity = allowsMissingVariables ? .warning : .error
      layer.problems.append(Problem(severity, fault.rule, .file(file, mark), path, fault.message, fault.remedy))
    }
    guard expansion.faults.isEmpty else { return nil }
    if case .secret = type, !text.isEmpty, !expansion.hasVariable || expansion.usesDefault {
      layer.problems.append(
        Problem(
          .warning, .plainSecret, .file(file, mark), path, "the secret stands in the file",
          "put it into the environment and write ${NAME}"))
    }
    do throws(ValueFault) {
      let value = try type.value(of: expansion.text)
      return switch type {
      case .file, .files: resolved(value)
      case .output where value != .text("stderr") && value != .text("stdout"): resolved(value)
      default: value
      }
    } catch {
      // What a variable holds may be a secret that was put in the wrong place.
      let message =
        expansion.hasVariable ? "'\(clipped(text))' does not fit, with its variables replaced" : error.message
      note(error.rule, mark, path, message, expansion.hasVariable ? "make it \(type.wanted)" : error.remedy)
      return nil
    }
  }

  /// A relative path counts from the folder of the file.
  private func resolved(_ value: ConfigValue) -> ConfigValue {
    guard let slash = file.lastIndex(of: "/") else { return value }
    func resolved(_ path: String) -> String { path.hasPrefix("/") ? path : file[...slash] + path }
    return switch value {
    case .text(let path): .text(resolved(path))
    case .list(let paths): .list(paths.map(resolved))
    default: value
    }
  }

  private mutating func texts(_ node: ConfigNode, _ type: ConfigType, at path: String) -> ConfigValue? {
    if let scalar = node.scalar { return value(of: scalar.text, type, at: path, node.mark) }
    var found: [String] = []
    if case .choices = type, let entries = node.entries {
      for entry in entries where entry.value.scalar?.text.lowercased() != "false" {
        guard case .list(let one)? = value(of: entry.key, type, at: path, entry.mark) else { return nil }
        found += one
      }
      return .list(found)
    }
    guard let elements = node.elements else {
      note(.wrongType, node.mark, path, "is \(node.kind)", "write \(type.wanted)")
      return nil
    }
    var isWhole = true
    for (index, element) in elements.enumerated() {
      let place = "\(path)[\(index)]"
      guard let scalar = element.scalar else {
        note(.wrongType, element.mark, place, "is \(element.kind)", "write text")
        isWhole = false
        continue
      }
      // One element is one text, commas and all; only words of a choice are looked at.
      let elementType =
        switch type {
        case .choices: type
        case .files: ConfigType.file(mustExist: false)
        default: ConfigType.text
        }
      switch value(of: scalar.text, elementType, at: place, element.mark) {
      case .text(let text): found.append(text)
      case .list(let words): found += words
      default: isWhole = false
      }
    }
    return isWhole ? .list(found) : nil
  }

  private mutating func items(_ node: ConfigNode, _ keys: [ConfigKey], at path: String) -> ConfigValue? {
    guard let elements = node.elements else {
      note(.wrongType, node.mark, path, "is \(node.kind)", "write a list of sections, each after a dash")
      return nil
    }
    let index = KeyIndex(keys)
    var items: [ConfigItem] = []
    for (number, element) in elements.enumerated() {
      guard let entries = element.entries else {
        note(.wrongType, element.mark, "\(path)[\(number)]", "is \(element.kind)", "write a section")
        continue
      }
      items.append(item(entries, index, at: "\(path)[\(number)]"))
    }
    return .items(items)
  }

  private mutating func item(_ entries: [ConfigNode.Entry], _ index: KeyIndex, at path: String) -> ConfigItem {
    var values: [String: ConfigValue] = [:]
    for entry in entries where !entry.key.lowercased().hasPrefix("x-") {
      let place = "\(path).\(entry.key)"
      guard case .key(let key, _)? = index.place(entry.key) else {
        note(.unknownKey, entry.mark, place, "there is no such key", index.remedy(for: entry.key, in: ""))
        continue
      }
      guard isFirst(entry, at: place) else { continue }
      if case .names = key.type, entry.value.isNull {
        // To leave it out means all, and an empty list means none: which of them was meant cannot be told.
        note(.incomplete, entry.mark, place, "says nothing", "write [] for none, or leave the key out")
      }
      values[key.path] = read(entry.value, as: key, at: place)
    }
    return ConfigItem(values)
  }

  private mutating func note(
    _ rule: Problem.Rule, _ mark: Mark, _ path: String, _ message: String, _ remedy: String
  ) {
    layer.problems.append(Problem(rule, .file(file, mark), path, message, remedy))
  }
}
