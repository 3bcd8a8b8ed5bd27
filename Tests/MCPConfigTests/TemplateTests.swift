// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import MCPConfig

/// What `config init` writes.
@Suite struct TemplateTests {
  private static let lines = ConfigTemplate.text.split(separator: "\n", omittingEmptySubsequences: false)
    .map(String.init)

  /// The line with its key uncommented; nil when it is none of a key.
  private static func uncommented(_ line: String) -> String? {
    let text = String(line.drop { $0 == " " })
    guard text.hasPrefix("# "), let colon = text.firstIndex(of: ":"), text.dropFirst(2).first?.isLowercase == true,
      text[..<colon].dropFirst(2).allSatisfy({ $0.isLowercase || $0.isNumber || $0 == "_" })
    else { return nil }
    return String(line.prefix(line.count - text.count)) + String(text.dropFirst(2))
  }

  /// Problems of a file that was put together wrongly.
  private func faults(_ text: String) throws -> [String] {
    try load(text).problems.filter { [.syntax, .unknownKey, .duplicateKey].contains($0.rule) }.map(\.description)
  }

  @Test func itIsValidAsItIs() throws { #expect(try load(ConfigTemplate.text).problems == []) }

  @Test func itHasEveryKeyOnce() throws {
    let set = Self.lines.compactMap { Self.uncommented($0) ?? $0 }.joined(separator: "\n")
    #expect(try faults(set) == [])
    #expect(Self.lines.count(where: { Self.uncommented($0) != nil }) == ConfigKey.all.count - 3)
  }

  @Test func anyOneLineCanBeUncommented() throws {
    for (index, line) in Self.lines.enumerated() {
      guard let line = Self.uncommented(line) else { continue }
      var lines = Self.lines
      lines[index] = line
      #expect(try faults(lines.joined(separator: "\n")) == [], "\(line)")
    }
  }
}
