// SPDX-License-Identifier: Apache-2.0
import JSONKit
import Testing

@Suite struct WriterTests {
  /// Lengths around the eight bytes looked at together and around the size of the output window.
  @Test(arguments: Array(0...40) + Array(1000...1040) + [5000])
  func stringsOfAnyLengthComeBackTheSame(length: Int) throws {
    let plain = String(repeating: "x", count: length)
    #expect(JSON.string(plain).text == "\"\(plain)\"")
    let text: JSON = ["a": .string(plain), "\(plain)é": 1, "b": .string("😀\(plain)")]
    #expect(try JSON(parsing: text.text) == text)
  }

  @Test(arguments: 0..<24, ["\"", "\\", "\n", "\u{0}", "\u{1F}", "\u{7F}", "é", "😀"])
  func anEscapeAnywhereInAStringComesBackTheSame(place: Int, character: String) throws {
    let value = String(repeating: "x", count: place) + character + String(repeating: "y", count: 23 - place)
    #expect(try JSON(parsing: JSON.string(value).text) == .string(value))
  }

  @Test func writingNeverMakesANewline() {
    #expect(JSON.string("a\nb\r\u{2028}\u{1F}").text == "\"a\\nb\\r\u{2028}\\u001f\"")
  }

  @Test func writingAppendsToWhatIsThere() {
    var bytes = Array("data: ".utf8)
    JSON.null.write(to: &bytes)
    JSONObject(dictionaryLiteral: ("a", true)).write(to: &bytes)
    bytes.append(quoting: "\"")
    #expect(String(decoding: bytes, as: UTF8.self) == #"data: null{"a":true}"\"""#)
  }

  @Test func prettyIndentsByTwoSpaces() {
    let value: JSON = ["a": [1, ["b": nil]], "c": [:], "d": []]
    #expect(
      value.pretty == """
        {
          "a": [
            1,
            {
              "b": null
            }
          ],
          "c": {},
          "d": []
        }
        """)
  }
}
