// SPDX-License-Identifier: Apache-2.0

/// Who may use some tools, resources or prompts. Of several rules the first that fits decides; what none fits is for
/// every caller who was let in.
///
///     rules.access = [
///       AccessRule("delete_*", in: .tools, needs: ["admin"]),
///       AccessRule("file:///private/*", in: .resources, for: ["key:backup"]),
///     ]
public struct AccessRule: Sendable, Hashable {
  /// The kind of features it is about; nil is about all.
  public var kind: FeatureKind?
  /// Their names, or the URIs of resources: `*` stands for any text, `?` for one character.
  public var pattern: String
  /// Who may, by `Principal.name`, as patterns; nil is everybody, none is nobody.
  public var principals: [String]?
  /// The scopes that are needed, all of them.
  public var scopes: [String]

  /// Makes a rule.
  public init(
    _ pattern: String, in kind: FeatureKind? = nil, for principals: [String]? = nil, needs scopes: [String] = []
  ) {
    self.pattern = pattern
    self.kind = kind
    self.principals = principals
    self.scopes = scopes
  }

  func fits(_ name: String, _ kind: FeatureKind) -> Bool {
    (self.kind == nil || self.kind == kind) && Glob.matches(pattern, name)
  }

  func allows(_ principal: String?) -> Bool {
    guard let principals else { return true }
    guard let principal else { return false }
    return principals.contains { Glob.matches($0, principal) }
  }
}

/// Patterns, compared byte by byte: `*` stands for any text, none included, and `?` for one character.
package enum Glob {
  /// Whether `text` is what `pattern` says.
  package static func matches(_ pattern: String, _ text: String) -> Bool {
    let (pattern, text) = (pattern.utf8.span, text.utf8.span)
    var (next, position) = (0, 0)
    /// Where to go on when what follows the last star does not fit: the star, and the text it may end before.
    var star: (pattern: Int, text: Int)?
    while position < text.count {
      if next < pattern.count, pattern[next] == UInt8(ascii: "*") {
        star = (next, position)
        next += 1
      } else if next < pattern.count, pattern[next] == UInt8(ascii: "?") {
        next += 1
        position = text.endOfCharacter(at: position)
      } else if next < pattern.count, pattern[next] == text[position] {
        next += 1
        position += 1
      } else if let last = star {
        star = (last.pattern, last.text + 1)
        (next, position) = (last.pattern + 1, last.text + 1)
      } else {
        return false
      }
    }
    while next < pattern.count, pattern[next] == UInt8(ascii: "*") { next += 1 }
    return next == pattern.count
  }
}

extension Span<UInt8> {
  fileprivate func endOfCharacter(at index: Int) -> Int {
    var end = index + 1
    while end < count, self[end] & 0xC0 == 0x80 { end += 1 }
    return end
  }
}
