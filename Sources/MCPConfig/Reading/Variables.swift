// SPDX-License-Identifier: Apache-2.0

/// Replaces `${NAME}` and `${NAME:default}` in one text. What a variable holds is never read as YAML or as another
/// variable, so a value cannot bring structure with it.
struct Variables {
  let environment: (String) -> String?

  /// Text with its variables replaced.
  struct Expansion {
    var text = ""
    /// Whether there was any variable in it.
    var hasVariable = false
    /// Whether a default that says something took the place of one.
    var usesDefault = false
    var faults: [ValueFault] = []
  }

  /// - `${NAME}`: the variable, which has to be set.
  /// - `${NAME:default}`, `${NAME:-default}`: the default where the variable is not set, or empty.
  /// - `$${`: the two letters `${`.
  func expand(_ text: String) -> Expansion {
    var result = Expansion()
    guard text.contains("$") else { return Expansion(text: text) }
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      result.text += rest[..<dollar]
      rest = rest[dollar...]
      if rest.hasPrefix("$${") {
        result.text += "${"
        rest = rest.dropFirst(3)
      } else if rest.hasPrefix("${") {
        guard let end = rest.firstIndex(of: "}") else {
          result.faults.append(ValueFault(.variable, "'${' has no '}'", "close it, or write $${ for these two letters"))
          break
        }
        replace(rest[..<end].dropFirst(2), &result)
        rest = rest[rest.index(after: end)...]
      } else {
        result.text += "$"
        rest = rest.dropFirst()
      }
    }
    result.text += rest
    return result
  }

  private func replace(_ inside: Substring, _ result: inout Expansion) {
    result.hasVariable = true
    let parts = inside.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let isPrefixed = parts.count == 2 && parts[0] == "env"
    var name = isPrefixed ? parts[1] : parts[0]
    var fallback: Substring? = isPrefixed || parts.count < 2 ? nil : parts[1]
    if isPrefixed, let colon = name.firstIndex(of: ":") {
      fallback = name[name.index(after: colon)...]
      name = name[..<colon]
    }
    if fallback?.hasPrefix("-") == true { fallback = fallback?.dropFirst() }
    guard let first = name.utf8.first, !(0x30...0x39).contains(first), name.utf8.allSatisfy(Self.isName) else {
      result.faults.append(
        ValueFault(.variable, "'\(clipped(String(name)))' is no variable name", "write ${NAME} or ${NAME:default}"))
      return
    }
    let value = environment(String(name))
    if let fallback, value?.isEmpty != false {
      if !fallback.isEmpty { result.usesDefault = true }
      result.text += fallback
    } else if let value {
      result.text += value
    } else {
      result.faults.append(
        ValueFault(.variable, "the environment variable \(name) is not set", "set \(name), or write ${\(name):default}")
      )
    }
  }

  private static func isName(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
  }
}
