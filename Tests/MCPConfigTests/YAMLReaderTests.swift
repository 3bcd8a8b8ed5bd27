// SPDX-License-Identifier: Apache-2.0
import JSONKit
import Testing

@testable import MCPConfig

@Suite struct YAMLReaderTests {
  @Test func everyValueHasItsPlace() throws {
    let (node, problems) = nodes("a: 1\nb:\n  - é: x\n    c: [p, q]\n")
    #expect(problems == [])
    let entries = try #require(node?["b"]?.elements?.first?.entries)
    #expect(entries[0].mark == Mark(line: 3, column: 5))
    #expect(entries[0].value.mark == Mark(line: 3, column: 8), "columns count characters")
    #expect(entries[1].value.elements?[1].mark == Mark(line: 4, column: 12))
  }

  @Test func scalarsStayText() {
    let (node, _) = nodes("a: yes\nb: 010\nc: 1:30\nd: ~\ne: '~'\nf: !!str ~\n")
    #expect(node?.json == ["a": "yes", "b": "010", "c": "1:30", "d": "~", "e": "~", "f": "~"])
    #expect(node?["d"]?.isNull == true)
    #expect(node?["e"]?.isNull == false)
    #expect(node?["f"]?.isNull == false)
  }

  @Test func anchorsAndMergeKeysWork() {
    let (node, problems) = nodes(
      """
      x-base: &base {a: 1, b: 2}
      x-more: &more {b: 3, c: 4}
      one: {<<: *base, b: 5}
      two: {<<: [*base, *more]}
      three: *base
      """)
    #expect(problems == [])
    #expect(node?["one"]?.json == ["b": "5", "a": "1"])
    #expect(node?["two"]?.json == ["a": "1", "b": "2", "c": "4"])
    #expect(node?["three"]?.json == ["a": "1", "b": "2"])
    #expect(node?["three"]?.mark == Mark(line: 5, column: 8), "an alias stands where it stands")
  }

  static let faults: [(String, String)] = [
    ("a: 1\na: 2\n", "f:2:1: a: is set a second time: it stands in line 1 already; keep one"),
    ("b:\n  c: 1\n  c: 2\n", "f:3:3: b.c: is set a second time: it stands in line 2 already; keep one"),
    ("a: [1\n", "f:2:1: is no YAML here: while parsing a flow sequence: did not find expected ',' or ']'"),
    ("a:\n  b: c: d\n", "f:2:7: a value holds a colon with a blank behind it: put quotes around the value"),
    (
      "a: {\n\tb: @c }\n",
      "f:2:5: is no YAML here: while scanning for the next token: found character that cannot start any token"
    ),
    (
      "a:\n\t- b\n",
      "f:2:1: a tab is used for indentation: put blanks in its place, as many as the lines beside it begin with"
    ),
    (
      "a:\n  b: 1\n  \tc: 2\n",
      "f:3:3: a tab is used for indentation: put blanks in its place, as many as the lines beside it begin with"
    ),
    (
      "a:\n  b: 1\n\n # c\n c: 2\n",
      "f:5:2: wrong indentation: 1 blank, where the lines above have 0 or 2: begin it with as many as the line it belongs beside"
    ),
    (
      "a:\n    b:\n      c: 1\n   d: 2\r\n",
      "f:4:4: wrong indentation: 3 blanks, where the lines above have 0 or 4 or 6: begin it with as many as the line it belongs beside"
    ),
    (
      "a: 1\n  b: 2\n",
      "f:2:3: wrong indentation: 2 blanks, below a line with 0 that has a value already: begin both with as many, or take the value of the line above away"
    ),
    (
      "a:\n  - b\n - c\n",
      "f:3:2: wrong indentation: 1 blank, where the lines above have 0 or 2: begin it with as many as the line it belongs beside"
    ),
    ("a: \"b\" c\n", "f:1:8: is no YAML here: while parsing a block mapping: did not find expected key"),
    ("a: *b\n", "f:1:4: there is no anchor '&b' before this alias: write the anchor first"),
    ("a: &b [*b]\n", "f:1:8: there is no anchor '&b' before this alias: write the anchor first"),
    ("a: 1\n---\nb: 2\n", "f:2:1: a second document begins here: keep one document a file"),
    ("? [a]\n: 1\n", "f:1:3: a key is a list: write a name"),
    ("a: {<<: 5}\n", "f:1:9: a.<<: merges '5': merge a section, or a list of sections"),
    ("a: !vault x\n", "f:1:4: the tag '!vault' is not known: leave it out; ${NAME} takes a value from the environment"),
    ("a: 1\né: \u{1}\n", "f:2:4: is no YAML here: control characters are not allowed"),
  ]

  @Test(arguments: faults) func faultsNameTheirPlace(text: String, fault: String) {
    #expect(nodes(text).1 == [fault])
  }

  @Test func anEmptyFileIsNothing() {
    for text in ["", "\n", "# nothing\n", "---\n"] {
      let (node, problems) = nodes(text)
      #expect(node == nil || node?.isNull == true)
      #expect(problems == [])
    }
  }

  @Test func invalidUTF8IsNoYAML() {
    let (node, problems) = YAMLReader.read([0x61, 0x3A, 0x20, 0xFF, 0x0A], file: "f", limits: ConfigLimits())
    #expect(node == nil)
    #expect(problems.count == 1 && problems[0].rule == .syntax)
  }

  @Test func nestingIsLimited() {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    var limits = ConfigLimits()
    limits.depth = 5
    // The whole is at depth 0.
    #expect(nodes(nested(6), limits: limits).1 == [])
    #expect(nodes(nested(7), limits: limits).1 == ["f:1:7: values are nested more than 5 deep: nest less"])
    #expect(nodes(nested(6), json: true, limits: limits).1 == [])
    #expect(nodes(nested(7), json: true, limits: limits).1 == ["f:1:7: values are nested more than 5 deep: nest less"])
    #expect(nodes(nested(100_000)).1.count == 1)
    #expect(nodes(nested(100_000), json: true).1.count == 1)
  }

  @Test func valuesAreLimited() {
    var limits = ConfigLimits()
    limits.values = 4
    #expect(nodes("[a, b, c]", limits: limits).1 == [])
    #expect(nodes("[a, b, c, d]", limits: limits).1.first?.contains("more than 4 values") == true)
    #expect(nodes("[1, 2, 3]", json: true, limits: limits).1 == [])
    #expect(nodes("[1, 2, 3, 4]", json: true, limits: limits).1.first?.contains("more than 4 values") == true)
  }

  @Test func aliasesThatMultiplyAreStopped() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    let (node, problems) = nodes(text)
    #expect(node == nil)
    #expect(problems.count == 1 && problems[0].contains("write fewer, or use fewer aliases"))
  }
}
