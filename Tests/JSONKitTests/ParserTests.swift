// SPDX-License-Identifier: Apache-2.0
import JSONKit
import Testing

@Suite struct ParserTests {
  @Test(arguments: [
    "null", "true", "false", "0", "-0", "-0.0", "1e400", "1.10", "12345678901234567890", "1E-7", "\"\"", "[]", "{}",
    #"{"b":1,"a":[1,2,{"c":null}],"b":2}"#, #""é\u0000\"\\\n😀""#,
    #"["a longer string than fifteen bytes","é and more"]"#,
  ])
  func whatIsReadIsWrittenBackUnchanged(text: String) throws {
    #expect(try JSON(parsing: text).text == text)
  }

  @Test(arguments: [
    (#""\u00e9\/\b\f\n\r\t""#, "é/\u{8}\u{C}\n\r\t"), (#""\ud83d\ude00""#, "😀"), (#""a\\b\"c""#, "a\\b\"c"),
    (#""long prefix before the escape \u0041 and after""#, "long prefix before the escape A and after"),
  ])
  func escapesAreResolved(text: String, value: String) throws {
    #expect(try JSON(parsing: text) == .string(value))
  }

  @Test func whiteSpaceIsAllowedBetweenTokens() throws {
    #expect(try JSON(parsing: " \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } } \n") == ["a": [1, 2], "b": [:]])
  }

  @Test(arguments: [
    ("", 0, "expected a value at the start, found the end of the text"),
    ("[1,]", 3, "expected a value in the array, found ']'"),
    ("{\"a\" 1}", 5, "expected ':' after the member name, found '1'"),
    ("{\"a\":1 \"b\"", 7, "expected ',' or '}' after the member, found '\"'"),
    ("[1] x", 4, "expected nothing after the value, found 'x'"),
    ("\"a\u{1}\"", 2, "a control character in a string has to be escaped"),
    (#""ab\x""#, 4, #"expected one of " \ / b f n r t u after '\', found 'x'"#),
    (#""ab\ud800""#, 3, "half of a surrogate pair, which is no character"),
    ("tru", 3, "expected the literal true, found the end of the text"),
    ("01", 1, "expected nothing after the value, found '1'"), ("1.", 2, "expected a digit, found the end of the text"),
    ("\u{FEFF}1", 0, "a byte order mark is not allowed"),
  ])
  func errorsNameTheByteAndWhatWasExpected(text: String, offset: Int, message: String) {
    #expect(throws: JSONError(offset: offset, message: message)) { try JSON(parsing: text) }
  }

  @Test(arguments: [
    ([0x22, 0x61, 0xFF, 0x22], 2), ([0x22, 0x5C, 0x6E, 0xC3, 0x22], 3), ([0x22, 0xED, 0xA0, 0x80, 0x22], 1),
  ])
  func invalidUTF8IsRefusedAtItsByte(bytes: [UInt8], offset: Int) {
    #expect(throws: JSONError(offset: offset, message: "invalid UTF-8 in a string")) { try JSON(parsing: bytes) }
  }

  @Test func anObjectIsReadAsOneAndNothingElseIs() throws {
    #expect(try JSONObject(parsing: #"{"a":1}"#) == ["a": 1])
    #expect(throws: JSONError.self) { try JSONObject(parsing: "[1]") }
  }
}

@Suite struct JSONLimitTests {
  static func nested(_ depth: Int) -> String {
    String(repeating: #"[{"a":"#, count: depth / 2) + "1" + String(repeating: "}]", count: depth / 2)
  }

  @Test func depthEndsAtItsLimit() throws {
    #expect(throws: Never.self) { try JSON(parsing: Self.nested(128)) }
    #expect(throws: JSONError(offset: 384, message: "nested deeper than 128 levels")) {
      try JSON(parsing: Self.nested(130))
    }
    #expect(throws: JSONError.self) { try JSON(parsing: "[]", limits: JSONLimits(depth: 0)) }
  }

  @Test func depthNeverPassesWhatTheStackBears() {
    #expect(throws: JSONError.self) { try JSON(parsing: Self.nested(194), limits: JSONLimits(depth: .max)) }
  }

  @Test func sizeEndsAtItsLimit() throws {
    #expect(try JSON(parsing: "[10]", limits: JSONLimits(bytes: 4)) == [10])
    #expect(throws: JSONError(offset: 4, message: "the text is longer than 4 bytes")) {
      try JSON(parsing: "[100]", limits: JSONLimits(bytes: 4))
    }
  }

  @Test func valuesEndAtTheirLimit() throws {
    #expect(try JSON(parsing: "[1,2]", limits: JSONLimits(values: 3)) == [1, 2])
    #expect(throws: JSONError(offset: 4, message: "more than 2 values in one text")) {
      try JSON(parsing: "[1, 2]", limits: JSONLimits(values: 2))
    }
  }

  /// Reading, writing, comparing and freeing the deepest text allowed on a thread with little stack.
  @Test func theDeepestTextFitsASmallStack() {
    let text = JSONLimitTests.nested(192)
    #expect(
      onThread(stack: 512 << 10) {
        (try? JSON(parsing: text, limits: JSONLimits(depth: 192)))?.text == text
      })
  }
}
