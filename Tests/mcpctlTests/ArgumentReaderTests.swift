// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import JSONKit
import Testing

@testable import mcpctl

@Suite struct ArgumentReaderTests {
  /// A schema with one property of each kind.
  static let schema = """
    {"type": "object",
     "properties": {
       "text": {"type": "string"}, "count": {"type": "integer"}, "ratio": {"type": "number"},
       "flag": {"type": "boolean"}, "tags": {"type": "array", "items": {"type": "string"}},
       "sizes": {"type": "array", "items": {"type": "integer"}},
       "filter": {"$ref": "#/$defs/filter"}, "any": {}, "mode": {"enum": ["fast", "slow", 3]},
       "either": {"type": ["integer", "null"]}, "loose": {"anyOf": [{"type": "integer"}, {"type": "string"}]},
       "blob": {"type": "string", "contentEncoding": "base64"}},
     "$defs": {"filter": {"type": "object", "properties": {"limit": {"type": "integer"}, "name": {"type": "string"}}}}}
    """

  private func read(
    _ words: [String], schema: String? = Self.schema, validates: Bool = true, base: JSONObject = [:],
    files: [String: [UInt8]] = [:]
  ) throws -> String {
    let schema = try schema.map { try JSON(parsing: $0).object ?? [:] }
    var reader = ArgumentReader(.init(schema: schema, validates: validates)) { path throws(FileFault) in
      guard let bytes = files[path] else { throw FileFault(path: path, reason: "No such file or directory") }
      return bytes
    }
    return JSON.object(try reader.arguments(from: words, base: base)).text
  }

  private func faults(_ words: [String], schema: String? = Self.schema) -> [String] {
    do {
      _ = try read(words, schema: schema)
      return []
    } catch {
      return (error as? ArgumentFaults)?.faults ?? ["\(error)"]
    }
  }

  @Test(arguments: [
    ("text=000123", #"{"text":"000123"}"#), ("text=true", #"{"text":"true"}"#), ("text=", #"{"text":""}"#),
    ("text=a=b", #"{"text":"a=b"}"#), ("count=3", #"{"count":3}"#), ("count=3.0", #"{"count":3.0}"#),
    ("count=12345678901234567890", #"{"count":12345678901234567890}"#), ("ratio=1e400", #"{"ratio":1e400}"#),
    ("ratio=1.10", #"{"ratio":1.10}"#), ("flag=true", #"{"flag":true}"#), ("tags=[\"a\"]", #"{"tags":["a"]}"#),
    ("tags=a", #"{"tags":["a"]}"#), ("sizes=1", #"{"sizes":[1]}"#), ("mode=slow", #"{"mode":"slow"}"#),
    ("mode=3", #"{"mode":3}"#), ("either=null", #"{"either":null}"#), ("either=7", #"{"either":7}"#),
    ("loose=5", #"{"loose":"5"}"#), ("any=5", #"{"any":"5"}"#), ("filter={\"limit\":2}", #"{"filter":{"limit":2}}"#),
    ("any:=null", #"{"any":null}"#), ("any:=\"12\"", #"{"any":"12"}"#), ("text=@@home", #"{"text":"@home"}"#),
    ("filter[limit]=5", #"{"filter":{"limit":5}}"#), ("tags[]=x", #"{"tags":["x"]}"#),
  ])
  func theSchemaDecidesWhatAWordBecomes(word: String, json: String) throws {
    #expect(try read([word]) == json)
  }

  @Test func wordsBuildListsAndObjects() throws {
    #expect(try read(["tags=a", "tags=b", "tags[]=c"]) == #"{"tags":["a","b","c"]}"#)
    #expect(try read(["filter[limit]=5", "filter[name]=7"]) == #"{"filter":{"limit":5,"name":"7"}}"#)
    #expect(try read(["any[a][]=1", "any[a][]=2", "any[b][c]:=3"]) == #"{"any":{"a":["1","2"],"b":{"c":3}}}"#)
    #expect(try read(["sizes[0]=1", "sizes[1]=2"]) == #"{"sizes":[1,2]}"#)
  }

  @Test func laterWordsChangeTheBaseObject() throws {
    #expect(try read(["count=2"], base: ["count": 1, "text": "t"]) == #"{"count":2,"text":"t"}"#)
    #expect(try read([#"{"count":5,"flag":true}"#, "count=6"]) == #"{"count":6,"flag":true}"#)
  }

  @Test func filesAreTextJSONOrBase64() throws {
    let files: [String: [UInt8]] = ["t": Array("line\n".utf8), "j": Array("[1,2]".utf8), "b": [0xFF, 0x00, 0x10]]
    #expect(try read(["text=@t"], files: files) == #"{"text":"line\n"}"#)
    #expect(try read(["any:=@j"], files: files) == #"{"any":[1,2]}"#)
    #expect(try read(["sizes=@j"], files: files) == #"{"sizes":[1,2]}"#)
    #expect(try read(["blob=@b"], files: files) == #"{"blob":"/wAQ"}"#)
    #expect(throws: ArgumentFaults.self) { try read(["text=@b"], files: files) }
  }

  @Test func withoutASchemaEveryValueIsText() throws {
    #expect(try read(["a=1", "b:=2", "c[d]=true"], schema: nil) == #"{"a":"1","b":2,"c":{"d":"true"}}"#)
  }

  @Test func withoutValidationWhatDoesNotFitIsSentAsText() throws {
    #expect(try read(["count=many", "unknown=1"], validates: false) == #"{"count":"many","unknown":"1"}"#)
  }

  @Test(arguments: [
    ("count=x", "count: 'x' is not a whole number"), ("count=1.5", "count: '1.5' is not a whole number"),
    ("count= ", "count: ' ' is not a whole number"), ("ratio=0x10", "ratio: '0x10' is not a number"),
    ("ratio=.5", "ratio: '.5' is not a number"), ("flag=yes", "flag: 'yes' is neither true nor false"),
    ("mode=slwo", "mode: 'slwo' is not one of fast, slow, 3; did you mean 'slow'?"),
    ("filter=5", "filter: '5' is not a JSON object"), ("sizes=x", "sizes: 'x' is not a whole number"),
    ("text:=oops", "text: 'oops' is no JSON: byte 0: expected a value"),
    ("txet=1", "txet is no argument of this tool; did you mean 'text'?"),
    ("lonely", "'lonely' is no argument; write name=value, or name:=JSON"), ("=1", "'=1' has no name in front of '='"),
    ("a[b=1", "'a[b' is no path; write name[member] or name[]"),
    ("text=@gone", "text: gone: No such file or directory"),
    ("either=x", "either: 'x' is not a whole number, and 'x' is not null"),
  ])
  func aFaultNamesTheArgumentAndTheReason(word: String, fault: String) {
    let found = faults([word])
    if word.hasPrefix("text:=") {
      #expect(found.count == 1 && found[0].hasPrefix("text: 'oops' is no JSON: byte"))
    } else {
      #expect(found == [fault])
    }
  }

  @Test func allFaultsAreListedAtOnce() {
    let schema = """
      {"type":"object","properties":{"a":{"type":"number"},"b":{"type":"number"},"c":{"type":"string"}},
       "required":["a","b"]}
      """
    #expect(
      faults(["a=x", "d=1", "c=1", "c=2"], schema: schema) == [
        "a: 'x' is not a number", "c: given twice", "b is missing: NUMBER", "d is no argument of this tool",
      ])
  }

  @Test func theSchemaCheckerHasTheLastWord() {
    let schema = """
      {"type":"object","properties":{"n":{"type":"integer","maximum":5},"id":{"type":"string","pattern":"^[a-z]+$"},
       "list":{"type":"array","items":{"type":"integer"}}},"required":["n"]}
      """
    let found = faults(["n=6", "id=A1", #"list:=["x"]"#, "other=1"], schema: schema)
    #expect(found.count == 4, "\(found)")
    for name in ["n ", "id ", "list[0] ", "other is no argument"] {
      #expect(found.contains { $0.hasPrefix(name) }, "\(name) in \(found)")
    }
    #expect(faults([#"{"n":"6"}"#], schema: schema).count == 1)
    #expect(faults(["n=1"], schema: #"{"type":"object","properties":{"n":{"type":"wrong"}}}"#) == [])
  }

  @Test func anOpenSchemaTakesAnyName() throws {
    #expect(try read(["x=1"], schema: #"{"type":"object"}"#) == #"{"x":"1"}"#)
    #expect(
      try read(["x=1"], schema: #"{"type":"object","properties":{},"additionalProperties":{"type":"integer"}}"#)
        == #"{"x":1}"#)
  }

  @Test func aSignatureShowsRequiredArgumentsFirstAndAnExampleToCopy() throws {
    let schema = InputSchema(
      try JSON(
        parsing: """
          {"type":"object","properties":{"operation":{"enum":["add","divide"],"default":"add"},
           "a":{"type":"number"},"b":{"type":["integer","null"]},"tags":{"type":"array","items":{"type":"string"}}},
           "required":["a","b"]}
          """
      ).object ?? [:])
    #expect(schema.signature == "a=NUMBER b=INTEGER|NULL [operation=add|divide] [tags=STRING[]]")
    #expect(schema.example == "a=1 b=2")
  }

  @Test(arguments: [[], [0], [1, 2], [255, 254, 253], [0, 0, 0, 0]] as [[UInt8]])
  func base64GoesBothWays(data: [UInt8]) { #expect(Base64.bytes(lenient: Base64.standard.text(data)) == data) }

  @Test(arguments: ["A", "AA=A", "A===", "!!!!"]) func whatIsNoBase64IsRefused(text: String) {
    #expect(Base64.bytes(lenient: text) == nil)
  }
}
