// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import Testing

/// What is listed and what it holds. Spec: 2025-11-25, schema.
@Suite struct TypesTests {
  private static let icons = #""icons":[{"src":"https://x/i.png","sizes":["48x48"]}]"#
  private static let meta = #""_meta":{"com.example/a":1}"#
  private static let annotations =
    #""annotations":{"audience":["user"],"priority":0.5,"lastModified":"2025-01-12T15:00:58Z"}"#

  private func isKept(_ text: String, _ again: (JSON) throws -> JSON) throws {
    #expect(try again(JSON(parsing: text)).text == text)
  }

  @Test func toolsKeepEverythingTheyWereListedWith() throws {
    try isKept(
      #"{"name":"t","title":"T","inputSchema":{"type":"object","$defs":{}},\#(Self.icons),\#(Self.meta),"new":1}"#
    ) { try Tool(json: $0).json }
  }

  @Test func resourcesKeepTheirAnnotations() throws {
    try isKept(#"{"uri":"a:b","name":"r","size":5,\#(Self.annotations),\#(Self.icons),\#(Self.meta)}"#) {
      try Resource(json: $0).json
    }
    try isKept(#"{"uriTemplate":"a:{b}","name":"r",\#(Self.annotations),\#(Self.icons),\#(Self.meta)}"#) {
      try ResourceTemplate(json: $0).json
    }
    try isKept(#"{"uri":"a:b","mimeType":"text/plain","text":"x",\#(Self.meta)}"#) {
      try ResourceContents(json: $0).json
    }
    try isKept(#"{"uri":"a:b","blob":"AA==",\#(Self.meta)}"#) { try ResourceContents(json: $0).json }
    try isKept(#"{"uri":"file:///a","name":"r",\#(Self.meta)}"#) { try Root(json: $0).json }
  }

  @Test func promptsKeepEverythingTheyWereListedWith() throws {
    try isKept(
      #"{"name":"p","arguments":[{"name":"a","required":true,"title":"A"}],\#(Self.icons),\#(Self.meta)}"#
    ) { try Prompt(json: $0).json }
  }

  @Test(arguments: [
    #"{"type":"text","text":"x",\#(annotations),\#(meta)}"#,
    #"{"type":"image","data":"AA==","mimeType":"image/png",\#(annotations)}"#,
    #"{"type":"resource_link","uri":"a:b","name":"n","size":1,\#(annotations),\#(meta)}"#,
    #"{"type":"resource","resource":{"uri":"a:b","text":"x",\#(meta)},\#(annotations)}"#,
    #"{"type":"resource","resource":{"uri":"a:b","text":"x",\#(meta)}}"#, #"{"type":"new","x":1}"#,
  ])
  func contentIsWrittenAsItWasRead(_ text: String) throws { try isKept(text) { try Content(json: $0).json } }

  @Test func programsKeepWhatTheySayOfThemselves() throws {
    try isKept(
      #"{"name":"c","version":"1","title":"C","description":"D","websiteUrl":"https://x/",\#(Self.icons)}"#
    ) { try Implementation(json: $0).json }
  }

  @Test func hintsThatAreNotGivenAreNotSent() throws {
    #expect(try Tool(json: ["name": "t", "inputSchema": ["type": "object"]]).annotations == nil)
    let tool = try Tool(
      json: ["name": "t", "inputSchema": ["type": "object"], "annotations": ["readOnlyHint": true]])
    #expect(tool.annotations?.isReadOnly == true && tool.annotations?.isDestructive == nil)
    #expect(tool.json["annotations"] == ["readOnlyHint": true])
  }

  @Test func outputSchemasReachThoseWhoUnderstandThem() throws {
    let tools: JSON = [
      ["name": "o", "inputSchema": ["type": "object"], "outputSchema": ["type": "object"]],
      ["name": "a", "inputSchema": ["type": "object"], "outputSchema": ["type": "array"]],
    ]
    for revision in Revision.allCases {
      let listed = try Dialect(revision).outcome(.complete(["tools": tools]), to: .toolsList, from: [:]).get()
      #expect((listed["tools"]?[0]?["outputSchema"] != nil) == (revision >= .v20250618))
      #expect((listed["tools"]?[1]?["outputSchema"] != nil) == (revision == .v20260728))
    }
  }

  @Test func promptsForOlderPeersSayInTextWhatTheyCannotRead() throws {
    let messages: JSON = [
      ["role": "user", "content": ["type": "audio", "data": "", "mimeType": "audio/wav"]],
      ["role": "user", "content": ["type": "resource_link", "uri": "a:b", "name": "n"]],
    ]
    func types(_ revision: Revision) throws -> [String?]? {
      try Dialect(revision).outcome(.complete(["messages": messages]), to: .promptsGet, from: [:]).get()["messages"]?
        .array?.map { $0["content"]?["type"]?.string }
    }
    #expect(try types(.v20241105) == ["text", "text"])
    #expect(try types(.v20250326) == ["audio", "text"])
    #expect(try types(.v20250618) == ["audio", "resource_link"])
  }
}
