// SPDX-License-Identifier: Apache-2.0
internal import CYAML

/// Composes one YAML document from libyaml's events, with the place of every value.
///
/// Scalars stay text: the types of YAML 1.1, where `no` is false and `1:30` is 90, never apply. Anchors, aliases and merge
/// keys work; what an alias repeats counts against the limit each time.
struct YAMLReader: ~Copyable {
  private let file: String
  private let limits: ConfigLimits
  private let reader: OpaquePointer
  private let bytes: [UInt8]
  private var event = cyaml_event()
  private var anchors: [String: ConfigNode] = [:]
  private var values = 0
  /// The keys down to where it reads.
  private var path: [String] = []
  private(set) var problems: [Problem] = []

  /// Why the composing ends here and now.
  private struct Stop: Error {}

  /// Reads `bytes`; nil when there is nothing in it, or nothing that could be composed.
  static func read(_ bytes: [UInt8], file: String, limits: ConfigLimits) -> (ConfigNode?, [Problem]) {
    if let reason = cyaml_load() {
      return (nil, [Problem(.syntax, .file(file, nil), "", "cannot be read", String(cString: reason))])
    }
    return bytes.withUnsafeBufferPointer { buffer -> (ConfigNode?, [Problem]) in
      // An empty array may have no address; libyaml wants one.
      guard let start = buffer.baseAddress, !buffer.isEmpty else { return (nil, []) }
      guard let reader = cyaml_open(start, buffer.count) else {
        return (nil, [Problem(.limit, .file(file, nil), "", "there is not enough memory to read it", "free some")])
      }
      defer { cyaml_close(reader) }
      var composer = YAMLReader(bytes, file: file, limits: limits, reader: reader)
      let node = composer.document()
      return (node, composer.problems)
    }
  }

  private init(_ bytes: [UInt8], file: String, limits: ConfigLimits, reader: OpaquePointer) {
    (self.bytes, self.file, self.limits, self.reader) = (bytes, file, limits, reader)
  }

  private mutating func document() -> ConfigNode? {
    do {
      try next()
      guard event.kind == CYAML_DOCUMENT else { return nil }
      try next()
      let node = try node(depth: 0)
      try next()
      try next()
      if event.kind == CYAML_DOCUMENT {
        note(.syntax, "a second document begins here", "keep one document a file")
      }
      return node
    } catch {
      return nil
    }
  }

  /// The value the current event begins.
  private mutating func node(depth: Int) throws(Stop) -> ConfigNode {
    let mark = mark
    guard depth <= limits.depth else {
      note(.limit, "values are nested more than \(limits.depth) deep", "nest less")
      throw Stop()
    }
    try count(1)
    let anchor = event.anchor.map { String(cString: $0) }
    let isText = try checkTag()
    let node: ConfigNode
    switch event.kind {
    case CYAML_SCALAR:
      node = ConfigNode(.scalar(ConfigNode.Scalar(text: text, isPlain: event.plain != 0 && !isText)), at: mark)
    case CYAML_ALIAS:
      guard let target = anchors[text] else {
        note(.syntax, "there is no anchor '&\(clipped(text))' before this alias", "write the anchor first")
        throw Stop()
      }
      try count(target.count)
      return target.moved(to: mark)
    case CYAML_SEQUENCE: node = ConfigNode(.sequence(try elements(depth: depth)), at: mark)
    case CYAML_MAPPING: node = ConfigNode(.mapping(try entries(depth: depth)), at: mark)
    default: throw Stop()
    }
    if let anchor { anchors[anchor] = node }
    return node
  }

  private mutating func elements(depth: Int) throws(Stop) -> [ConfigNode] {
    var elements: [ConfigNode] = []
    while true {
      try next()
      if event.kind == CYAML_SEQUENCE_END { return elements }
      elements.append(try node(depth: depth + 1))
    }
  }

  private mutating func entries(depth: Int) throws(Stop) -> [ConfigNode.Entry] {
    var entries: [ConfigNode.Entry] = []
    var merged: [ConfigNode.Entry] = []
    var places: [String: Mark] = [:]
    while true {
      try next()
      if event.kind == CYAML_MAPPING_END { break }
      let key = try node(depth: depth + 1)
      try next()
      path.append(key.scalar?.text ?? "")
      let value = try node(depth: depth + 1)
      path.removeLast()
      guard let name = key.scalar else {
        note(.wrongType, "a key is \(key.kind)", "write a name", at: key.mark)
        continue
      }
      if name.isPlain && name.text == "<<" {
        merged += mergeable(value)
      } else if let first = places[name.text] {
        note(
          .duplicateKey, "is set a second time", "it stands in line \(first.line) already; keep one", at: key.mark,
          key: name.text)
      } else {
        places[name.text] = key.mark
        entries.append(ConfigNode.Entry(key: name.text, mark: key.mark, value: value))
      }
    }
    for entry in merged where places[entry.key] == nil {
      places[entry.key] = entry.mark
      entries.append(entry)
    }
    return entries
  }

  /// The entries a merge key brings in; of several sections an earlier one wins.
  private mutating func mergeable(_ node: ConfigNode) -> [ConfigNode.Entry] {
    if let entries = node.entries { return entries }
    guard let nodes = node.elements, nodes.allSatisfy({ $0.entries != nil }) else {
      note(.wrongType, "merges \(node.kind)", "merge a section, or a list of sections", at: node.mark, key: "<<")
      return []
    }
    return nodes.flatMap { $0.entries ?? [] }
  }

  /// Whether the current event's tag makes text of a scalar. Only the tags of plain YAML are known.
  private mutating func checkTag() throws(Stop) -> Bool {
    guard let tag = event.tag.map({ String(cString: $0) }) else { return false }
    let known = ["str", "int", "float", "bool", "null", "seq", "map"].map { "tag:yaml.org,2002:" + $0 }
    if !known.contains(tag) && tag != "!" {
      note(
        .syntax, "the tag '\(clipped(tag))' is not known", "leave it out; ${NAME} takes a value from the environment")
    }
    return tag == known[0] || tag == "!"
  }

  private mutating func count(_ more: Int) throws(Stop) {
    values += more
    guard values <= limits.values else {
      note(.limit, "holds more than \(limits.values) values", "write fewer, or use fewer aliases")
      throw Stop()
    }
  }

  private mutating func next() throws(Stop) {
    cyaml_next(reader, &event)
    guard event.kind == CYAML_FAULT else { return }
    if let finding = YAMLFault(bytes).finding(text, at: mark) {
      note(.syntax, finding.message, finding.remedy, at: finding.mark)
      throw Stop()
    }
    let context = event.context.map { String(cString: $0) + ": " } ?? ""
    note(.syntax, "is no YAML here", context + text)
    throw Stop()
  }

  private var mark: Mark { Mark(line: event.line + 1, column: event.column + 1) }
  private var text: String {
    String(decoding: UnsafeBufferPointer(start: event.text, count: event.count), as: UTF8.self)
  }

  private mutating func note(
    _ rule: Problem.Rule, _ message: String, _ remedy: String, at place: Mark? = nil, key: String? = nil
  ) {
    guard problems.count < limits.problems else { return }
    let path = key.map { (self.path + [$0]).joined(separator: ".") } ?? ""
    problems.append(Problem(rule, .file(file, place ?? mark), path, message, remedy))
  }
}
