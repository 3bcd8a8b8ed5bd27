// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import TestSupport
import Testing

@testable import mcpctl

/// Paths, and the formats made of them, as kubectl has them.
@Suite struct JSONPathTests {
  private static let list = try? JSON(
    parsing: #"""
      {"tools":[
        {"name":"add","size":3,"tags":["a","b"],"hints":{"safe":true}},
        {"name":"drop","size":10,"tags":[],"a.b":"dotted"},
        {"name":"echo","size":3.5,"tags":["c"],"hints":{"safe":false}}],
       "next":null}
      """#)

  private func found(_ path: String) throws -> [String] {
    try JSONPath(argument: path).find(in: try #require(Self.list)).map { $0.string ?? $0.text }
  }

  @Test(arguments: [
    (".tools[0].name", ["add"]), ("tools[-1].name", ["echo"]), ("$.tools[*].name", ["add", "drop", "echo"]),
    (".tools[].size", ["3", "10", "3.5"]), (".tools[0:2].name", ["add", "drop"]),
    (".tools[1:].name", ["drop", "echo"]),
    (".tools[::2].name", ["add", "echo"]), (".tools[-2:].name", ["drop", "echo"]),
    (".tools[0,2].name", ["add", "echo"]),
    (".tools[0]['name','size']", ["add", "3"]), ("..name", ["add", "drop", "echo"]), ("..tags[0]", ["a", "c"]),
    (".tools[?(@.name==\"drop\")].size", ["10"]), (".tools[?(@.size>3)].name", ["drop", "echo"]),
    (".tools[?(@.size<=3)].name", ["add"]), (".tools[?(@.hints.safe==true)].name", ["add"]),
    (".tools[?(@.hints)].name", ["add", "echo"]), (".tools[?(@.name!='add' && @.size<5)].name", ["echo"]),
    (".tools[?(@.name=='add' || @.size==10)].name", ["add", "drop"]), (".tools[?(@.name>='echo')].name", ["echo"]),
    (".tools[?(@.name==$.tools[0].name)].size", ["3"]), (".tools[1]['a.b']", ["dotted"]),
    (".tools[1].a\\.b", ["dotted"]), (".tools[5]", []), (".none[0]", []), ("@.next", ["null"]),
    (".tools[0].hints.*", ["true"]), (".", [#"{"tools":"#]),
  ])
  func aPathFinds(path: String, values: [String]) throws {
    let found = try found(path)
    if path == "." { #expect(found.first?.hasPrefix(values[0]) == true) } else { #expect(found == values) }
  }

  @Test(arguments: [
    (".a...b", "'.a...b' at character 5: there is no name after '..'"),
    (".tools[", "'.tools[' at character 7: this '[' is not closed"),
    (".tools[x]", "'.tools[x]' at character 8: no index here"),
    ("a.", "'a.' at its end: there is no name after the dot"),
    ("a[\"b]", "'a[\"b]' at character 3: this quote is not closed"),
    (".a[?(@.b==)]", "'.a[?(@.b==)]' at character 11: write @.member, a number"),
    (".a[?(@.b=1)]", "at character 9: ')' is expected here"),
    (".a[?@.b]", "at character 5: a condition stands in brackets"),
    (".a[1", "'.a[1' at character 3: this '[' is not closed"), (".a]", "names the member 'a]'"),
    (".a[0:2:0]", "the step of a slice is at least 1"), ("[0]x", "at character 4: 'x' is not expected here"),
    (".a[99999999999999999999]", "'99999999999999999999' is no index"),
  ])
  func aFaultHasItsPlace(path: String, message: String) {
    guard path != ".a]" else {
      // A name may hold any letter but those that end it.
      #expect((try? JSONPath(argument: path)) != nil)
      return
    }
    let fault = #expect(throws: ValueFault.self) { try JSONPath(argument: path) }
    #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
  }

  @Test func aPathIsPluralWhereItMayFindSeveral() throws {
    for path in [".a[*]", ".a[0:1]", "..a", ".a[?(@.b)]", ".a[0,1]"] { #expect(try JSONPath(argument: path).isPlural) }
    for path in [".a.b[0]", ".", "$.a"] { #expect(try !JSONPath(argument: path).isPlural) }
  }

  // Templates

  @Test(arguments: [
    ("{.tools[*].name}", "add drop echo"), (".tools[0].name", "add"), ("tools[0].name", "add"),
    (#"{range .tools[*]}{.name}{"\t"}{.size}{"\n"}{end}"#, "add\t3\ndrop\t10\necho\t3.5\n"),
    ("first: {.tools[0].name}!", "first: add!"), ("{.nothing}", ""), ("{.tools[0].tags}", #"["a","b"]"#),
    ("{range .tools[?(@.tags[0])]}{.name}:{range .tags[*]}{@}{end};{end}", "add:ab;echo:c;"),
    ("{range .tools[0:1]}{.name} of {$.tools[-1].name}{end}", "add of echo"), ("{ .tools[1].name }", "drop"),
    (#"{"{"}{.next}{'}'}"#, "{null}"),
  ])
  func aTemplateMakesText(template: String, text: String) throws {
    #expect(try JSONPathTemplate(template).text(of: try #require(Self.list)) == text)
  }

  @Test(arguments: [
    ("{.a", "'{.a' at character 1: this '{' is not closed"), ("{range .a}{.b}", "this {range} has no {end}"),
    ("x{end}", "'x{end}' at character 2: there is no {range} before this {end}"),
    ("{.a b}", "'{.a b}' at character 5: '}' is expected here"), ("{\"a}", "this quote is not closed"),
    ("{.a[}", "at character 5: no index here"),
  ])
  func aFaultOfATemplateHasItsPlace(template: String, message: String) {
    let fault = #expect(throws: ValueFault.self) { try JSONPathTemplate(template) }
    #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
  }

  // Formats

  private func shown(_ format: String, _ presentation: Presentation, path: String? = nil, headings: Bool = true) throws
    -> String
  {
    let memory = MemoryConsole()
    var output = Output(
      format: try OutputFormat(argument: format), path: try path.map { try JSONPath(argument: $0) }, file: nil)
    output.showsHeadings = headings
    try output.show(presentation, on: memory.console)
    memory.console.output.flush()
    return memory.output
  }

  private func listed() throws -> Presentation {
    Presentation(tools: try #require(Self.list?.object))
  }

  @Test func columnsAreMadeOfPaths() throws {
    let columns = "custom-columns=NAME:.name,SAFE:.hints.safe,TAGS:.tags[*],ALL:.tags[?(@=='a')]"
    #expect(
      try shown(columns, listed()) == """
        NAME  SAFE    TAGS    ALL
        add   true    a,b     a
        drop  <none>  <none>  <none>
        echo  false   c       <none>

        """)
    #expect(try shown("custom-columns=N:.name", listed(), headings: false) == "add\ndrop\necho\n")
    #expect(try shown("custom-columns=N:.name", listed(), path: ".tools[0:1]") == "N\nadd\n")
    let call = Presentation(call: ["content": [["type": "text", "text": "3"]], "structuredContent": ["sum": 3]])
    #expect(try shown("custom-columns=SUM:.structuredContent.sum", call) == "SUM\n3\n")
  }

  @Test func aTemplatePrintsTheResultObject() throws {
    #expect(try shown("jsonpath={.tools[*].name}", listed()) == "add drop echo")
    #expect(try shown("jsonpath={.name}", listed(), path: ".tools[1]") == "drop")
  }

  @Test func tablesMayGoWithoutHeadings() throws {
    #expect(try shown("table", listed()).hasPrefix("NAME"))
    #expect(try shown("table", listed(), headings: false).hasPrefix("add "))
  }

  @Test(arguments: [
    ("jsonpath=", "has no expression"), ("custom-columns=", "has no expression"), ("jsonpth={.a}", "is not one of"),
    ("custom-columns=NAME", "at character 1: write HEADING:PATH"), ("custom-columns=A:.a,:b", "at character 6"),
    ("custom-columns=A:", "A has no path"), ("custom-columns=A:.a[,B:.b", "column A"), ("jsonpath", "did you mean"),
  ])
  func aFormatThatIsNoneIsExplained(word: String, message: String) {
    let fault = #expect(throws: ValueFault.self) { try OutputFormat(argument: word) }
    #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
  }

  @Test func theProgramExplainsABadExpressionToo() throws {
    let run = try mcpctl("tools", "ls", "-o", "jsonpath={.tools[x]}")
    #expect(run.code == 64)
    #expect(run.error.contains("-o: '{.tools[x]}' at character 9: no index here"))
    #expect(try mcpctl("tools", "ls", "-o", "jsonpath={.tools[0].name}").output == "calculator")
    #expect(try mcpctl("tools", "ls", "--path", ".tools[?(@.name=='echo')].title").output == "Echo\n")
    #expect(try mcpctl("tools", "ls", "-o", "custom-columns=T:.title").output.hasPrefix("T\nCalculator\nEcho\n"))
  }
}
