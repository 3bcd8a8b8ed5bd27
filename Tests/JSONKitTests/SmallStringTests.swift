// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import JSONKit

/// Short strings that are read and written as two words.
@Suite struct SmallStringTests {
  @Test func stringsAreHeldAsExpectedHere() { #expect(SmallString.isKnown) }

  /// Of every length around eight and fifteen bytes, at every distance from the end of the text.
  @Test func everyLengthIsReadAndWritten() throws {
    for count in 0...20 {
      let text = String((0..<count).map { Character(Unicode.Scalar(UInt8(ascii: "a") + UInt8($0))) })
      for padding in 0...20 {
        let json = "[\"\(text)\",{\"\(text)\":\"\(text)\"}\(String(repeating: " ", count: padding))]"
        let value = try JSON(parsing: json)
        #expect(value[0]?.string == text && value[0]?.string?.utf8.count == count)
        #expect(value[1]?[text]?.string == text)
        #expect(value.text == "[\"\(text)\",{\"\(text)\":\"\(text)\"}]")
        // As any other: hashed, compared, made longer.
        #expect(Set([value[0]?.string, text]).count == 1)
        #expect((value[0]?.string ?? "") + "é!" == text + "é!")
      }
    }
  }

  @Test func whatHasToBeEscapedIsWhereverItStands() throws {
    for count in 1...17 {
      for place in 0..<count {
        for byte in [0, 0x0A, 0x1F, 0x22, 0x5C, 0x7F, 0x20, 0x21] as [UInt8] {
          var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: count)
          bytes[place] = byte
          let text = String(decoding: bytes, as: UTF8.self)
          let written = JSON.string(text).text
          #expect(try JSON(parsing: written).string == text)
          #expect(written.utf8.allSatisfy { $0 >= 0x20 })
        }
      }
    }
  }

  @Test func otherTextIsNoSmallASCII() throws {
    for text in ["é", "日本", "aé", "12345678é", "1234567é", "123456789012é", "👍"] {
      #expect(try JSON(parsing: "[\"\(text)\"]                ").text == "[\"\(text)\"]")
      #expect(SmallString.words(of: text) == nil)
    }
  }

  @Test func numbersKeepTheirSpelling() throws {
    for number in ["0", "-1", "1.10", "12345678", "123456789012345", "1234567890123456", "-1.5e-300"] {
      #expect(try JSON(parsing: "[\(number)]                 ").text == "[\(number)]")
      #expect(try JSON(parsing: number).text == number)
    }
  }
}

/// Strings that texts share.
@Suite struct SharedWordsTests {
  private static let words = [
    "jsonrpc", "2.0", "id", "method", "params", "_meta", "tools/call", "arguments", "12345678", "123456789012345", "é",
    "",
    "a string that is much too long",
  ]

  @Test func whatIsReadIsTheSameWithAndWithoutThem() throws {
    var limits = JSONLimits()
    limits.sharedWords = SharedWords(Self.words)
    let texts =
      Self.words + [
        "jsonrpd", "Jsonrpc", "params2", "param", "i", "d", "12345679", "123456789012346", "tools/cal\u{7f}",
      ]
    for text in texts {
      for padding in 0...20 {
        let json = "{\"\(text)\":[\"\(text)\",1,12,123]\(String(repeating: " ", count: padding))}"
        let (plain, shared) = (try JSON(parsing: json), try JSON(parsing: json, limits: limits))
        #expect(shared == plain && shared[text]?[0]?.string == text && shared[text]?[3]?.int == 123)
      }
    }
    for byte in 0x20..<0x7F as Range<UInt8> where byte != 0x22 && byte != 0x5C {
      let json = "[\"\(Character(Unicode.Scalar(byte)))\"]"
      #expect(try JSON(parsing: json, limits: limits)[0]?.string?.utf8.first == byte)
    }
  }
}
