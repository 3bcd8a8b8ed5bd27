// SPDX-License-Identifier: GPL-3.0-or-later
import JSONKit

extension JSON {
  /// The value as YAML 1.2 in block style; text that could be read as anything else is quoted.
  var yaml: String {
    var lines = ""
    switch self {
    case .object(let object) where !object.isEmpty: object.writeYAML(to: &lines, indent: 0)
    case .array(let elements) where !elements.isEmpty: elements.writeYAML(to: &lines, indent: 0)
    default: lines = scalarYAML + "\n"
    }
    return lines
  }

  /// The value after `name:` or `-`, with its line end.
  fileprivate func writeYAML(to lines: inout String, indent: Int, after mark: String) {
    switch self {
    case .object(let object) where !object.isEmpty:
      if mark == "-" {
        // The first member stands on the line of the dash.
        var block = ""
        object.writeYAML(to: &block, indent: indent + 2)
        lines += " " + block.drop { $0 == " " }
      } else {
        lines += "\n"
        object.writeYAML(to: &lines, indent: indent + 2)
      }
    case .array(let elements) where !elements.isEmpty:
      lines += "\n"
      elements.writeYAML(to: &lines, indent: indent + 2)
    case .string(let text) where text.isBlockText:
      let margin = String(repeating: " ", count: indent + 2)
      lines += text.hasSuffix("\n") ? " |\n" : " |-\n"
      let body = text.hasSuffix("\n") ? text.dropLast() : text[...]
      for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
        lines += line.isEmpty ? "\n" : margin + line + "\n"
      }
    default:
      lines += " \(scalarYAML)\n"
    }
  }

  private var scalarYAML: String {
    guard case .string(let text) = self else { return self.text }
    return text.isPlainYAML ? text : self.text
  }
}

extension JSONObject {
  fileprivate func writeYAML(to lines: inout String, indent: Int) {
    for member in members {
      lines += String(repeating: " ", count: indent)
      lines += (member.name.isPlainYAML ? member.name : JSON.string(member.name).text) + ":"
      member.value.writeYAML(to: &lines, indent: indent, after: ":")
    }
  }
}

extension [JSON] {
  fileprivate func writeYAML(to lines: inout String, indent: Int) {
    for element in self {
      lines += String(repeating: " ", count: indent) + "-"
      element.writeYAML(to: &lines, indent: indent, after: "-")
    }
  }
}

extension String {
  /// Whether every YAML reader takes the text as it stands for this very string.
  fileprivate var isPlainYAML: Bool {
    let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "~"]
    guard let first = unicodeScalars.first, let last = unicodeScalars.last, !words.contains(lowercased()) else {
      return false
    }
    // A number, a date or a time begins with a digit, a sign or a dot.
    guard first.properties.isAlphabetic || first == "_" || first == "/", last != " ", last != ":" else { return false }
    var previous: Unicode.Scalar = " "
    for scalar in unicodeScalars {
      if scalar.value < 0x20 || scalar.value == 0x7F || scalar.value == 0x85 || scalar.value == 0x2028
        || scalar.value == 0x2029
      {
        return false
      }
      if previous == ":" && scalar == " " || previous == " " && scalar == "#" { return false }
      previous = scalar
    }
    return true
  }

  /// Whether the text reads well as a block: several lines, nothing that must be escaped.
  fileprivate var isBlockText: Bool {
    guard contains("\n"), let first, !first.isWhitespace, !hasSuffix("\n\n") else { return false }
    return unicodeScalars.allSatisfy {
      $0 == "\n"
        || ($0.value >= 0x20 && $0.value != 0x7F && $0.value != 0x85
          && $0.value != 0x2028 && $0.value != 0x2029 && $0.value != 0xFEFF)
    }
  }
}
