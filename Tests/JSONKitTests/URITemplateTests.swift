// SPDX-License-Identifier: Apache-2.0
import JSONKit
import Testing

/// The public test suite of RFC 6570.
@Suite(.enabled(if: TestData.isHere, "270 cases skipped: set MCPCTL_TESTDATA to the folder of test data"))
struct URITemplateSuiteTests {
  /// The number of cases and the templates that do not expand as they should.
  static func run(_ file: String) throws -> (count: Int, failed: [String]) {
    var count = 0
    var failed: [String] = []
    for group in try TestData.json("uri-template/\(file).json").object?.members ?? [] {
      for test in group.value["testcases"]?.array ?? [] {
        count += 1
        let template = test[0]?.string ?? ""
        let expanded = try? URITemplate(template).expanded(group.value["variables"]?.object ?? [:])
        let allowed = test[1]?.array ?? [test[1] ?? nil]
        if !allowed.contains(expanded.map(JSON.string) ?? false) { failed.append(template) }
      }
    }
    return (count, failed)
  }

  @Test(arguments: [
    ("spec-examples", 64), ("spec-examples-by-section", 117), ("extended-tests", 53), ("negative-tests", 36),
  ])
  func everyCaseExpandsAsItShould(file: String, count: Int) throws {
    let result = try Self.run(file)
    #expect(result.failed == [])
    #expect(result.count == count)
  }
}

@Suite struct URITemplateTests {
  @Test(arguments: [
    ("test://template/{id}/data", "test://template/a%20b/data", ["id": "a b"]),
    ("test://template/{id}/data", "test://template//data", nil),
    ("test://template/{id}/data", "test://template/a/b/data", nil),
    ("test://template/{id}/data", "test://template/a/data/more", nil),
    ("file:///{+path}", "file:///a/b?c", ["path": "a/b?c"]),
    ("{+path}/{name}", "a/b/c", ["path": "a/b", "name": "c"]), ("x{a}{b}", "x12", ["a": "1", "b": "2"]),
    ("x/{a},{b}", "x/1,2", ["a": "1", "b": "2"]), ("x{/a,b}", "x/1/2", ["a": "1", "b": "2"]),
    ("x{/a,b}", "x/1", ["a": "1"]),
    ("x{/a*}", "x/1/2", ["a": "1/2"]), ("x{?a,b}", "x?b=2&a=1%2B", ["a": "1+", "b": "2"]), ("x{?a,b}", "x", [:]),
    ("x{?a}", "x?c=1", nil), ("x{?a}{#f}", "x?a=1#top", ["a": "1", "f": "top"]), ("x{.ext}", "x.json", ["ext": "json"]),
    ("plain", "plain", [:]), ("plain", "plainer", nil), ("x/{id}", "x/%GG", nil), ("x/{id}", "x/é", ["id": "é"]),
  ])
  func aURIIsTakenApart(template: String, uri: String, values: [String: String]?) throws {
    #expect(try URITemplate(template).match(uri) == values)
  }

  @Test(.timeLimit(.minutes(1))) func matchingStaysQuickOnHostileURIs() throws {
    let template = try URITemplate("{+a}x{+b}x{+c}x{+d}y")
    #expect(template.match(String(repeating: "x", count: 2048)) == nil)
    #expect(template.match(String(repeating: "x", count: 2048) + "y") == nil)
    #expect(template.match(String(repeating: "x", count: 2047) + "y") != nil)
  }

  @Test func variablesAreListedOnceInOrder() throws {
    #expect(try URITemplate("/{b}{?a,b:3,c*}").variables == ["b", "a", "c"])
  }

  @Test(arguments: [
    ("a{b", 1, "'{' without '}' in a URI template"), ("{}", 1, "expected the name of a variable in a URI template"),
  ])
  func errorsNameTheByte(template: String, offset: Int, message: String) {
    #expect(throws: JSONError(offset: offset, message: message)) { try URITemplate(template) }
  }
}
