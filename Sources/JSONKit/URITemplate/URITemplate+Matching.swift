// SPDX-License-Identifier: Apache-2.0

extension URITemplate {
  /// The values that make the template into `uri`, percent-decoded; nil when none do.
  ///
  /// `{id}` takes one character or more but no reserved ones, so it ends before the next `/`; `{+path}` takes any. Of
  /// several ways to match, the one giving the most to the variables on the left is taken. Parts with another operator
  /// may be missing, and so may their variables; the pairs of `{?a,b}` come in any order. URIs of more than 2048 bytes match
  /// nothing.
  package func match(_ uri: String) -> [String: String]? {
    var matcher = URITemplateMatcher(uri)
    return matcher.matches(steps[...], at: 0) ? matcher.decodedValues : nil
  }

  /// What a URI has to hold one after the other.
  enum Step: Hashable {
    case literal([UInt8])
    /// A value; before it `before`, without which the step may be missing.
    case value(name: String, before: UInt8?, allowsReserved: Bool, alsoAllows: UInt8?)
    /// Pairs of the names and values, the first after `first`.
    case pairs(names: [String], first: UInt8, separator: UInt8)
  }

  static func steps(of parts: [Part]) -> [Step] {
    parts.flatMap { (part) -> [Step] in
      switch part {
      case .literal(let text): [.literal(Array(text.utf8))]
      case .expression(let kind, let variables): steps(kind, variables)
      }
    }
  }

  private static func steps(_ kind: Operator, _ variables: [Variable]) -> [Step] {
    let separator = kind.separator.utf8.first ?? 0
    if kind.isNamed, let first = kind.first.utf8.first {
      return [.pairs(names: variables.map(\.name), first: first, separator: separator)]
    }
    var steps: [Step] = []
    for (index, variable) in variables.enumerated() {
      if index > 0, kind != .path, kind != .label { steps.append(.literal([separator])) }
      let before = index == 0 || kind == .path || kind == .label ? kind.first.utf8.first : nil
      let also = variable.isExploded ? separator : nil
      steps.append(.value(name: variable.name, before: before, allowsReserved: kind.allowsReserved, alsoAllows: also))
    }
    return steps
  }
}

/// Tries the steps of a template on a URI, going back where a choice turned out wrong.
private struct URITemplateMatcher {
  private let bytes: [UInt8]
  private var values: [String: ArraySlice<UInt8>] = [:]
  /// Which number of steps left has failed at which place already: each is tried once.
  private var failed: Set<Int> = []
  private static let longest = 2048
  /// A hostile URI is given up after this many places tried.
  private var triesLeft = 100_000

  init(_ uri: String) { bytes = Array(uri.utf8) }

  var decodedValues: [String: String]? {
    var decoded: [String: String] = [:]
    for (name, value) in values {
      guard let text = PercentEncoding.decoded(String(decoding: value, as: UTF8.self)) else { return nil }
      decoded[name] = text
    }
    return decoded
  }

  mutating func matches(_ steps: ArraySlice<URITemplate.Step>, at start: Int) -> Bool {
    guard bytes.count <= Self.longest else { return false }
    guard let step = steps.first else { return start == bytes.count }
    triesLeft -= 1
    guard triesLeft > 0, !failed.contains(steps.count * (Self.longest + 1) + start) else { return false }
    let rest = steps.dropFirst()
    let isMatch =
      switch step {
      case .literal(let literal): bytes[start...].starts(with: literal) && matches(rest, at: start + literal.count)
      case .value(let name, let before, let allowsReserved, let also):
        matches(value: name, after: before, at: start, rest) { allowsReserved || Self.isPlain($0) || $0 == also }
      case .pairs(let names, let first, let separator):
        matches(names, first: first, separator: separator, at: start, rest)
      }
    if !isMatch { failed.insert(steps.count * (Self.longest + 1) + start) }
    return isMatch
  }

  /// Whether a byte may stand in a value without being encoded; other characters than ASCII are let through.
  private static func isPlain(_ byte: UInt8) -> Bool {
    PercentEncoding.isUnreserved(byte) || byte == UInt8(ascii: "%") || byte >= 0x80
  }

  private mutating func matches(
    value name: String, after before: UInt8?, at start: Int, _ rest: ArraySlice<URITemplate.Step>,
    allows: (UInt8) -> Bool
  ) -> Bool {
    var first = start
    if let before {
      guard start < bytes.count, bytes[start] == before else { return matches(rest, at: start) }
      first += 1
    }
    var end = first
    while end < bytes.count, allows(bytes[end]) { end += 1 }
    while end > first {
      if matches(rest, at: end) {
        values[name] = bytes[first..<end]
        return true
      }
      end -= 1
    }
    return before != nil && matches(rest, at: start)
  }

  /// Named pairs from `first` to the next `#` or, for parameters of a path, the next `/` or `?`.
  private mutating func matches(
    _ names: [String], first: UInt8, separator: UInt8, at start: Int, _ rest: ArraySlice<URITemplate.Step>
  ) -> Bool {
    guard start < bytes.count, bytes[start] == first else { return matches(rest, at: start) }
    let ends = Array((separator == UInt8(ascii: ";") ? "/?#" : "#").utf8)
    let end = bytes[start...].firstIndex(where: ends.contains) ?? bytes.count
    var found: [String: ArraySlice<UInt8>] = [:]
    for pair in bytes[(start + 1)..<end].split(separator: separator) {
      let nameEnd = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
      let name = String(decoding: pair[..<nameEnd], as: UTF8.self)
      guard names.contains(name) else { return false }
      found[name] = pair[nameEnd...].dropFirst()
    }
    guard matches(rest, at: end) else { return false }
    values.merge(found) { kept, _ in kept }
    return true
  }
}
