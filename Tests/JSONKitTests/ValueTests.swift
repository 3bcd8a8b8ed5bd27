// SPDX-License-Identifier: Apache-2.0
import JSONKit
import Testing

@Suite struct ValueTests {
  @Test func ofTwoMembersWithOneNameTheLaterIsMeant() throws {
    let object = try JSONObject(parsing: #"{"a":1,"b":2,"a":3}"#)
    #expect(object["a"] == 3)
    #expect(object.names == ["a", "b", "a"])
    #expect(object["c"] == nil)
  }

  @Test func settingAMemberReplacesInPlaceAppendsOrRemoves() {
    var object: JSONObject = ["a": 1, "b": 2]
    object["a"] = 5
    object["c"] = 6
    object["b"] = nil
    #expect(object.text == #"{"a":5,"c":6}"#)
  }

  @Test func namesAreComparedByTheirBytes() {
    let object: JSONObject = ["\u{E9}": 1]
    #expect(object["\u{E9}"] == 1)
    #expect(object["e\u{301}"] == nil)
    #expect(JSON.string("\u{E9}") != JSON.string("e\u{301}"))
  }

  @Test(arguments: [
    ("12", 12), ("-3", -3), ("1.0", 1), ("1e2", 100), ("1.5", nil), ("9223372036854775807", .max),
    ("9223372036854775808", nil), ("1e400", nil),
  ])
  func integersAreExactOrNil(text: String, value: Int?) throws {
    #expect(try JSON(parsing: text).int == value)
  }

  @Test(arguments: [(1.0, "1"), (0.1, "0.1"), (-2.5, "-2.5"), (1e300, "1e+300"), (12345678.9, "12345678.9")])
  func doublesAreSpelledShortest(value: Double, text: String) throws {
    #expect(JSONNumber(value)?.text == text)
    #expect(try JSON(parsing: text).double == value)
  }

  @Test(arguments: [
    "0", "-0", "-0.0", "1.5", "123456.789", "-0.1", "9007199254740993", "0.1234567890123", "1e3", "9999999999999999",
    "0.30000000000000004", "1e-7", "-5e-324", "1e400",
  ])
  func doublesAreTheNearest(text: String) throws {
    let value = try #require(try JSON(parsing: text).double)
    #expect(value.bitPattern == Double(text)?.bitPattern)
  }

  @Test func infinityAndNaNHaveNoSpelling() {
    #expect(JSONNumber(Double.infinity) == nil)
    #expect(JSONNumber(Double.nan) == nil)
  }
}
