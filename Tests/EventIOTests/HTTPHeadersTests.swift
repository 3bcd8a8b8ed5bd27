// SPDX-License-Identifier: Apache-2.0
import EventIO
import Testing

@Suite struct HTTPHeadersTests {
  @Test func namesAreFoundWhateverTheirCase() {
    let headers: HTTPHeaders = ["Content-Type": "a", "X": "1", "x": "2", "Y": ""]
    #expect(headers["content-type"] == "a")
    #expect(headers["x"] == "1")
    #expect(headers.values(of: "X") == ["1", "2"])
    #expect(headers.count(of: "x") == 2)
    #expect(headers["Y"] == "")
    #expect(headers["Z"] == nil)
    #expect(headers.contains("y"))
    #expect(headers.withValue(of: "X") { $0.count } == 1)
    // Not letters, so not the same though they differ in the same bit.
    #expect((["^": "a"] as HTTPHeaders)["~"] == nil)
  }

  @Test func settingReplacesAndRemovingRemovesAll() {
    var headers: HTTPHeaders = ["A": "1", "a": "2", "B": "3"]
    headers.set("A", "4")
    #expect(headers.map { "\($0.name)=\($0.value)" } == ["B=3", "A=4"])
    headers.remove("b")
    #expect(headers == ["a": "4"])
  }

  @Test func valuesCannotBeginAnotherField() {
    let headers: HTTPHeaders = ["A": "1\r\nB: 2\u{0}"]
    #expect(headers["A"] == "1  B: 2 ")
    #expect(!headers.contains("B"))
  }

  @Test func theBlockHasALimit() {
    var headers = HTTPHeaders()
    headers.add("A", String(repeating: "x", count: 65_535 - 5))
    headers.add("B", "")
    #expect(headers.count == 1)
    var larger = HTTPHeaders()
    larger.add("A", String(repeating: "x", count: 65_535 - 4))
    #expect(larger.isEmpty)
  }
}
