// SPDX-License-Identifier: Apache-2.0
import JSONKit
import Testing

@Suite struct SchemaDefaultTests {
  @Test func missingPropertiesAreFilledInNestedOnesToo() throws {
    let schema = try Schema(
      compiling: JSON(
        parsing: ##"""
          {"properties":{"operation":{"default":"add"},"a":{"type":"number"},"o":{"$ref":"#/$defs/o"},"l":{"items":
          {"properties":{"n":{"default":0}}}}},"$defs":{"o":{"properties":{"x":{"default":[1]}}}}}
          """##))
    #expect(schema.applyingDefaults(to: ["a": 1]) == ["a": 1, "operation": "add"])
    #expect(schema.applyingDefaults(to: ["operation": "sub"]) == ["operation": "sub"])
    #expect(
      schema.applyingDefaults(to: ["operation": "s", "o": [:], "l": [[:], ["n": 5]]])
        == ["operation": "s", "o": ["x": [1]], "l": [["n": 0], ["n": 5]]])
    #expect(schema.applyingDefaults(to: "text") == "text")
  }

  @Test func aDefaultThatHoldsItselfEnds() throws {
    let schema = try Schema(compiling: ["properties": ["a": ["$ref": "#", "default": [:]]]])
    #expect(schema.applyingDefaults(to: [:])["a"] != nil)
  }
}

@Suite struct SchemaKindTests {
  static let schema = ##"""
    {"properties":{"s":{"type":"string"},"n":{"type":["number","null"]},"r":{"$ref":"#/$defs/r"},
     "o":{"anyOf":[{"$ref":"#/$defs/r"},{"type":"null"}]},"e":{"enum":["a",1]},"c":{"const":true},
     "l":{"type":"array","items":{"type":"integer"}},"any":{"description":"?"}},
     "additionalProperties":{"type":"boolean"},
     "$defs":{"r":{"type":"object","properties":{"x":{"type":"integer"}}}}}
    """##

  @Test(arguments: [
    (["s"], ["string"]), (["n"], ["number", "null"]), (["r"], ["object"]), (["r", "x"], ["integer"]),
    (["o"], ["object", "null"]), (["o", "x"], ["integer"]), (["e"], ["string", "integer"]), (["c"], ["boolean"]),
    (["l", "0"], ["integer"]), (["other"], ["boolean"]),
    (["any"], ["string", "number", "boolean", "object", "array", "null"]),
    (["s", "deeper"], ["string", "number", "boolean", "object", "array", "null"]),
  ])
  func theKindsAtAPlaceAreKnown(path: [String], names: [String]) throws {
    #expect(try Schema(compiling: JSON(parsing: Self.schema)).kinds(at: path).names == names)
  }
}

@Suite struct NearMissTests {
  @Test(arguments: [
    ("opration", "operation"), ("opeartion", "operation"), ("MESSAGE", "message"), ("b", nil),
    ("clculator", "calculator"),
    ("zzz", nil), ("", nil), (String(repeating: "a", count: 65), nil),
  ])
  func theNearestNameIsFound(name: String, found: String?) {
    #expect(name.nearest(in: ["a", "operation", "message", "calculator"]) == found)
  }
}

@Suite struct PatternTests {
  @Test(arguments: [
    ("^[^]$", "\n", true), ("^.$", "\u{2028}", false), ("\\s", "\u{A0}", true), ("^[\\S]$", "\u{FEFF}", false),
    ("^\\d$", "٣", false), ("^\\w$", "é", false), ("^\\p{Letter}$", "é", true), ("^\\u{1F600}$", "😀", true),
    ("^\\ud83d\\ude00$", "😀", true), ("[[:alpha:]]", "a:]", true), ("[[:alpha:]]", "b]", false), ("a$", "a\n", false),
    ("^(?<year>\\d{4})-\\k<year>$", "2026-2026", true), ("x*y", "xxy", true),
    ("^\\cA\\0\\x41\\/\\-$", "\u{1}\u{0}A/-", true),
  ])
  func patternsMeanWhatECMA262Says(pattern: String, text: String, isMatch: Bool) throws {
    #expect(try Schema(compiling: ["pattern": .string(pattern)]).accepts(.string(text)) == isMatch)
  }

  @Test(arguments: [
    "(*UTF)a", "(?i)a", "(?>a)", "a++", "*a", "(?R)", "\\Aa", "\\Q.\\E", "(?#x)", "\\", "\\ud800", "[b-a]",
  ])
  func whatIsNotECMA262IsRefused(pattern: String) {
    #expect(throws: SchemaError.self) { try Schema(compiling: ["pattern": .string(pattern)]) }
  }
}
