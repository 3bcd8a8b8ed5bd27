// SPDX-License-Identifier: Apache-2.0
import JSONKit

/// Finds keys by what is written in a file.
struct KeyIndex: Sendable {
  /// What a path stands for.
  enum Place {
    case key(ConfigKey, rank: Int)
    case section
  }

  let keys: [ConfigKey]
  private var leaves: [String: (key: Int, rank: Int)] = [:]
  /// The names in each section, as they are spelled; the whole file is the section "".
  private var sections: [String: [String]] = [:]

  init(_ keys: [ConfigKey]) {
    self.keys = keys
    for (index, key) in keys.enumerated() {
      for (rank, path) in ([key.path] + key.aliases).enumerated() { add(path, index, rank) }
    }
  }

  /// The key or section at a path; nil when there is neither.
  func place(_ path: String) -> Place? {
    let path = normalized(path)
    if let leaf = leaves[path] { return .key(keys[leaf.key], rank: leaf.rank) }
    return sections[path] == nil ? nil : .section
  }

  /// The names of a section.
  func names(in section: String) -> [String] { sections[normalized(section)] ?? [] }

  /// What was probably meant by `name` in `section`: a name there, or the key of this name elsewhere.
  func remedy(for name: String, in section: String) -> String {
    let names = names(in: section)
    if let near = name.nearest(in: names) { return "did you mean '\(near)'?" }
    if let elsewhere = keys.first(where: { normalized($0.name) == normalized(name) }) {
      return "did you mean '\(elsewhere.path)'?"
    }
    if let near = "\(section).\(name)".nearest(in: keys.map(\.path)) { return "did you mean '\(near)'?" }
    let known = names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")
    return "remove it; known here: \(known)"
  }

  private mutating func add(_ path: String, _ key: Int, _ rank: Int) {
    leaves[normalized(path)] = (key, rank)
    var section = ""
    for part in path.split(separator: ".") {
      let place = normalized(section)
      if sections[place, default: []].contains(where: { normalized($0) == normalized(part) }) == false {
        sections[place, default: []].append(String(part))
      }
      section += (section.isEmpty ? "" : ".") + part
    }
  }
}
