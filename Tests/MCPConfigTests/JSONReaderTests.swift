// SPDX-License-Identifier: Apache-2.0
import JSONKit
import Testing

@testable import MCPConfig

@Suite struct JSONReaderTests {
  @Test func commentsAndLastCommasAreAllowed() throws {
    let (node, problems) = nodes(
      """
      // a note
      {
        "a": 1, /* one
        more */ "b": ["x", true,],
      }
      """, json: true)
    #expect(problems == [])
    #expect(node?.json == ["a": "1", "b": ["x", "true"]])
    #expect(node?["b"]?.mark == Mark(line: 4, column: 16))
    #expect(node?["b"]?.elements?[1].mark == Mark(line: 4, column: 22))
  }

  static let faults: [(String, String)] = [
    ("{\"a\": 1 \"b\": 2}", "f:1:9: expected ',' or '}': separate values by commas and close with '}'"),
    ("{\"a\": }", "f:1:7: a value is missing: put text into double quotes"),
    ("{\"a\": yes}", "f:1:7: 'yes' is no JSON value: put text into double quotes"),
    ("{a: 1}", "f:1:2: expected a name in double quotes: write \"name\": value"),
    ("{\"a\" 1}", "f:1:6: expected ':' after the name: write \"name\": value"),
    ("{\"a\": \"b\n\"}", "f:1:9: the text does not end on its line: close it with a double quote"),
    ("{\"a\": 1}\n{}", "f:2:1: something follows the value: keep one value a file"),
    ("{\"b\": {\"c\": 1, \"c\": 2}}", "f:1:16: b.c: is set a second time: it stands in line 1 already; keep one"),
    ("{\"a\": 1, \"a\": 2}", "f:1:10: a: is set a second time: it stands in line 1 already; keep one"),
    ("[1, /* 2", "f:1:5: the comment does not end: close it with */"),
    ("{\"a\": \"\\x\"}", "f:1:9: is no text: unknown escape: write it as JSON text"),
    ("[\"é\" 1]", "f:1:6: expected ',' or ']': separate values by commas and close with ']'"),
    ("[\"a\\", "f:1:5: the text does not end on its line: close it with a double quote"),
  ]

  @Test(arguments: faults) func faultsNameTheirPlace(text: String, fault: String) {
    let problems = nodes(text, json: true).1
    #expect(problems.count == 1)
    #expect(problems.first?.split(separator: ": ").first == fault.split(separator: ": ").first)
    if !fault.contains("escape") { #expect(problems == [fault]) }
  }

  @Test func aLongLineIsReadOnce() {
    // Columns that were counted from the start of the line each time would take hours here.
    let text =
      "[" + Array(repeating: "1", count: 49_000).joined(separator: "," + String(repeating: " ", count: 15)) + "]"
    #expect(nodes(text, json: true).1 == [])
  }

  @Test func aByteOrderMarkIsNoPartOfTheText() {
    let (node, problems) = nodes("\u{FEFF}{\"a\": 1}", json: true)
    #expect(problems == [])
    #expect(node?["a"]?.mark == Mark(line: 1, column: 7))
  }
}
