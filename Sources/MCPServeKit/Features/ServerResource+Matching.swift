// SPDX-License-Identifier: Apache-2.0
import MCPCore

extension ServerResource {
  /// The values of the template's variables in `uri`; nil when the resource is fixed or the URI is of another family.
  func variables(in uri: String) -> Variables? {
    guard case .family(let template) = listing else { return nil }
    return TemplateMatch(template.uriTemplate)?.variables(in: uri)
  }
}

/// Takes URIs of a template apart: `{name}` stands for one segment, `{+name}` for anything, slashes included.
private struct TemplateMatch {
  private enum Part {
    case literal(String)
    case variable(String, spansSegments: Bool)
  }
  private var parts: [Part] = []

  init?(_ template: String) {
    var rest = template[...]
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}") else { return nil }
      if open > rest.startIndex { parts.append(.literal(String(rest[..<open]))) }
      var name = rest[rest.index(after: open)..<close]
      let spansSegments = name.first == "+"
      if spansSegments { name.removeFirst() }
      parts.append(.variable(String(name), spansSegments: spansSegments))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { parts.append(.literal(String(rest))) }
  }

  func variables(in uri: String) -> [String: String]? {
    var rest = uri[...]
    var values: [String: String] = [:]
    for (index, part) in parts.enumerated() {
      switch part {
      case .literal(let text):
        guard rest.hasPrefix(text) else { return nil }
        rest = rest.dropFirst(text.count)
      case .variable(let name, let spansSegments):
        let value = index + 1 < parts.count ? prefix(of: rest, before: parts[index + 1]) : rest
        guard let value, !value.isEmpty, spansSegments || !value.contains("/"),
          let decoded = String(percentDecoding: value)
        else { return nil }
        values[name] = decoded
        rest = rest[value.endIndex...]
      }
    }
    return rest.isEmpty ? values : nil
  }

  private func prefix(of text: Substring, before part: Part) -> Substring? {
    guard case .literal(let literal) = part else { return nil }
    var start = text.startIndex
    while start < text.endIndex {
      if text[start...].hasPrefix(literal) { return text[..<start] }
      start = text.index(after: start)
    }
    return nil
  }
}

extension String {
  /// Undoes percent-encoding (RFC 3986 section 2.1); nil for a broken one.
  init?(percentDecoding text: some StringProtocol) {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
        return nil
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    self.init(validating: bytes, as: UTF8.self)
  }
}
