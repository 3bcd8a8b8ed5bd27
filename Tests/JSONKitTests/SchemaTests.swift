// SPDX-License-Identifier: Apache-2.0
import JSONKit
import Testing

@Suite struct SchemaTests {
  static let calculator = #"""
    {"type":"object","properties":{"operation":{"type":"string","enum":["add","subtract"],"default":"add"},
     "a":{"type":"number"},"b":{"type":"number"}},"required":["a","b"],"additionalProperties":false}
    """#

  static func messages(_ schema: String, _ value: String) throws -> [String] {
    try Schema(compiling: JSON(parsing: schema)).validate(JSON(parsing: value)).map(\.message)
  }

  @Test(arguments: [
    (#"{"a":1,"b":2}"#, []), (#"{"a":"x","b":2}"#, ["a must be a number"]), ("{}", ["a is required", "b is required"]),
    (#"{"a":1,"b":null,"operation":"pow"}"#, ["b must be a number", "operation must be one of add, subtract"]),
    (#"{"a":1,"b":2,"opration":"add"}"#, [#"unknown argument "opration"; did you mean "operation"?"#]),
    (#"{"a":1,"b":2,"zzz":0}"#, [#"unknown argument "zzz""#]), ("[]", ["the value must be an object"]),
  ])
  func everyFaultOfArgumentsIsNamed(arguments: String, messages: [String]) throws {
    #expect(try Self.messages(Self.calculator, arguments) == messages)
  }

  @Test(arguments: [
    (#"{"minimum":1.5}"#, "1", "the value must be at least 1.5"),
    (#"{"exclusiveMaximum":3}"#, "3", "the value must be less than 3"),
    (#"{"multipleOf":0.01}"#, "0.125", "the value must be a multiple of 0.01"),
    (#"{"type":["integer","null"]}"#, "1.5", "the value must be an integer or null"),
    (#"{"minLength":1}"#, #""""#, "the value must have at least 1 character"),
    (#"{"maxLength":2}"#, #""äöü""#, "the value must have at most 2 characters"),
    (#"{"pattern":"^a+$"}"#, #""b""#, "the value must match the pattern ^a+$"),
    (#"{"const":5}"#, "6", "the value must be 5"),
    (#"{"uniqueItems":true}"#, "[1,1.0]", "the value must not hold an item twice"),
    (#"{"maxItems":1}"#, "[1,2]", "the value must have at most 1 item"),
    (#"{"contains":{"type":"string"}}"#, "[1]", "the value must hold at least 1 matching item"),
    (#"{"dependentRequired":{"a":["b"]}}"#, #"{"a":1}"#, "b is required when a is given"),
    (#"{"propertyNames":{"maxLength":1}}"#, #"{"ab":1}"#, "ab is not an allowed name"),
    (#"{"anyOf":[{"type":"string"},{"type":"null"}]}"#, "1", "the value must be a string or null"),
    (#"{"anyOf":[{"type":"number","minimum":3},{"type":"null"}]}"#, "1", "the value must be at least 3"),
    (#"{"oneOf":[{"minimum":1},{"minimum":2}]}"#, "3", "the value matches more than one of the forms allowed"),
    (#"{"not":{"type":"null"}}"#, "null", "the value has a value that is not allowed"),
    (#"{"properties":{"a":false}}"#, #"{"a":1}"#, "a is not allowed"),
  ])
  func eachKeywordSaysWhatItWants(schema: String, value: String, message: String) throws {
    #expect(try Self.messages(schema, value) == [message])
  }

  @Test func faultsNameTheirPlaceBothWays() throws {
    let schema = try Schema(
      compiling: JSON(parsing: #"{"properties":{"f/g":{"items":{"properties":{"n":{"type":"string"}}}}}}"#))
    let faults = schema.validate(["f/g": [["n": "x"], ["n": 1]]])
    #expect(faults.map(\.pointer) == ["/f~1g/1/n"])
    #expect(faults.map(\.name) == ["f/g[1].n"])
    #expect(faults.map(\.keyword) == ["type"])
  }

  @Test(arguments: [
    (
      #"{"type":"strin"}"#, "",
      "'type' has no 'strin'; it knows string, number, boolean, object, array, null and integer"
    ),
    (#"{"properties":{"a":{"required":true}}}"#, "/properties/a", "'required' has to be an array of strings"),
    (#"{"properties":{"a":3}}"#, "/properties/a", "a schema has to be an object, true or false"),
    (#"{"multipleOf":0}"#, "", "'multipleOf' has to be more than 0"),
    (#"{"pattern":"("}"#, "", "'pattern' ( is no regular expression: missing closing parenthesis"),
    (##"{"$ref":"#/nowhere"}"##, "", "'#/nowhere' leads to nothing"),
    (
      #"{"items":{"$ref":"http://example.com/a.json"}}"#, "/items",
      "'http://example.com/a.json' leads out of the schema, and nothing is fetched; put its target under '$defs'"
    ),
    (
      #"{"$schema":"http://json-schema.org/draft-04/schema#"}"#, "",
      "'$schema' http://json-schema.org/draft-04/schema# is not supported; use draft 2020-12 or draft 7"
    ),
  ])
  func aSchemaThatMakesNoSenseIsRefused(schema: String, pointer: String, message: String) throws {
    let parsed = try JSON(parsing: schema)
    #expect {
      try Schema(compiling: parsed)
    } throws: { error in
      (error as? SchemaError).map { $0.pointer == pointer && $0.message == message } ?? false
    }
  }

  @Test func draft7IsReadWhereTheSchemaSaysSo() throws {
    let schema =
      #"{"$schema":"http://json-schema.org/draft-07/schema#","items":[{"type":"string"}],"additionalItems":false}"#
    #expect(try Self.messages(schema, #"["a"]"#) == [])
    #expect(try Self.messages(schema, #"[1,2]"#) == ["[0] must be a string", "[1] is not allowed"])
  }
}

@Suite struct SchemaLimitTests {
  @Test func endlessReferencesEndInAFault() throws {
    let schema = try Schema(compiling: ["$ref": "#"])
    #expect(schema.validate(1).map(\.message) == ["the value takes too many steps to check"])
    #expect(!schema.accepts(1))
  }

  @Test func aRecursiveSchemaFollowsTheDeepestTextAllowedOnASmallStack() throws {
    let schema = try Schema(compiling: ["additionalProperties": ["$ref": "#"], "type": "object"])
    func nested(_ depth: Int) throws -> JSON {
      try JSON(
        parsing: String(repeating: #"{"a":"#, count: depth - 1) + "{}" + String(repeating: "}", count: depth - 1))
    }
    let (deepest, deeper) = (try nested(128), try nested(129 - 1))
    #expect(onThread(stack: 1 << 20) { schema.accepts(deepest) })
    #expect(!schema.accepts(["a": deeper]))
  }

  @Test func stepsEndAtTheirLimit() throws {
    let schema = ["items": ["type": "integer"]] as JSON
    let four = try Schema(compiling: schema, limits: SchemaLimits(steps: 4))
    #expect(four.accepts([1, 2, 3]))
    #expect(!four.accepts([1, 2, 3, 4]))
  }

  @Test func subschemasEndAtTheirLimit() throws {
    let schema = ["properties": ["a": true, "b": true]] as JSON
    #expect(throws: Never.self) { try Schema(compiling: schema, limits: SchemaLimits(subschemas: 3)) }
    #expect(throws: SchemaError.self) { try Schema(compiling: schema, limits: SchemaLimits(subschemas: 2)) }
  }

  @Test func faultsEndAtTheirLimit() throws {
    let schema = try Schema(compiling: ["items": ["type": "string"]], limits: SchemaLimits(faults: 3))
    #expect(schema.validate([1, 2, 3, 4, 5]).count == 3)
  }

  @Test func aPatternThatExplodesIsCutShort() throws {
    let schema = try Schema(compiling: ["pattern": "^(a+)+$"])
    let text = JSON.string(String(repeating: "a", count: 40) + "!")
    #expect(schema.validate(text).map(\.message) == ["the value takes too many steps to match with ^(a+)+$"])
  }

  /// Patterns that take exponential or high polynomial time in matchers that go back, each with a text that makes them.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("^(a+)+$", "a", "!"), ("^(a|a)*$", "a", "!"), ("^(a|aa)+$", "a", "!"), ("^(a*)*$", "a", "!"),
      ("^([a-zA-Z]+)*$", "a", "1"), ("(x+x+)+y", "x", "z"), ("^(.*a){20}$", "a", "b"),
      ("^(([a-z])+.)+[A-Z]([a-z])+$", "a", ""),
      ("(.*)*=", "x", ""), ("^\\s*(\\S+\\s*)+:$", "a ", ""), ("^(?:a?){60}a{60}$", "a", ""), ("(?=(a+)+$)b", "a", "!"),
      ("^(\\w+\\s?)*$", "aa ", "!"), ("^[\\s\\u200c]+|[\\s\\u200c]+$", " ", "x"), ("(a{1,100}){1,100}b", "a", "c"),
    ])
  func noPatternTakesLong(pattern: String, repeated: String, end: String) throws {
    let start = ContinuousClock.now
    let schema = try Schema(compiling: ["pattern": .string(pattern)])
    for count in [30, 1000, 50_000] {
      _ = schema.validate(.string(String(repeating: repeated, count: count) + end))
    }
    #expect(ContinuousClock.now - start < .seconds(10), "\(pattern)")
  }

  @Test func aPatternOfManyStringsIsBoundedForEach() throws {
    let schema = try Schema(compiling: ["items": ["pattern": "^(a+)+$"]])
    let text = JSON.string(String(repeating: "a", count: 40) + "!")
    let start = ContinuousClock.now
    #expect(schema.validate(.array(Array(repeating: text, count: 100))).count == 32, "the faults end at their limit")
    #expect(ContinuousClock.now - start < .seconds(30))
  }
}
