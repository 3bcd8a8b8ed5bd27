// SPDX-License-Identifier: Apache-2.0
import JSONKit
import MCPCore
import TestSupport
import Testing

/// What conformance tests look for in the example server: each is used in each revision that has it, and says what it
/// has to.
@Suite struct FixtureTests {
  /// One tool, prompt or resource.
  struct Fixture: Sendable, CustomTestStringConvertible {
    let method: String
    let name: String
    let revisions: ClosedRange<Revision>
    /// What the server says, literally, once it was used.
    let says: [String]
    var testDescription: String { name }

    static func tool(_ name: String, _ revisions: ClosedRange<Revision> = every, says: String...) -> Fixture {
      Fixture(method: "tools/call", name: name, revisions: revisions, says: says)
    }
    static func prompt(_ name: String, _ revisions: ClosedRange<Revision> = every, says: String...) -> Fixture {
      Fixture(method: "prompts/get", name: name, revisions: revisions, says: says)
    }
    static func resource(_ name: String, says: String...) -> Fixture {
      Fixture(method: "resources/read", name: name, revisions: every, says: says)
    }
    /// A tool that takes more than one round; its name has a prefix.
    static func rounds(_ suffix: String, says: String...) -> Fixture {
      Fixture(method: "tools/call", name: "test_input_required_result_\(suffix)", revisions: newest, says: says)
    }
  }

  private static let every = Revision.v20241105...Revision.v20260728
  private static let sessions = Revision.v20241105...Revision.v20251125
  private static let newest = Revision.v20260728...Revision.v20260728
  private static let png = #""mimeType":"image/png""#
  private static let form = #""method":"elicitation/create""#

  private static let fixtures: [Fixture] =
    [
      .tool("test_simple_text", says: "This is a simple text response for testing."),
      .tool("test_image_content", says: #""type":"image""#, png),
      .tool("test_embedded_resource", says: "test://embedded-resource", "This is an embedded resource content."),
      .tool(
        "test_multiple_content_types", says: "Multiple content types test:", png, "test://mixed-content-resource",
        #"{\"test\":\"data\",\"value\":123}"#),
      .tool("test_audio_content", .v20250326 ... .v20260728, says: #""type":"audio""#, #""mimeType":"audio/wav""#),
      .tool("test_audio_content", .v20241105 ... .v20241105, says: "not available in revision 2024-11-05"),
      .tool("test_error_handling", says: "This tool intentionally returns an error for testing", #""isError":true"#),
      .tool(
        "test_tool_with_logging", sessions,
        says: #""level":"info","data":"Tool execution started""#, "Tool processing data", "Tool execution completed"),
      .tool(
        "test_tool_with_progress", says: #""progressToken":"t1","progress":0,"total":100"#,
        #""progressToken":"t1","progress":50,"total":100"#, #""progressToken":7,"progress":100,"total":100"#),
      .tool("test_sampling", sessions, says: "sampling/createMessage", #""maxTokens":100"#, "LLM response: "),
      .tool(
        "test_elicitation", .v20250618 ... .v20251125, says: form, "User's response", "User's email address",
        #""required":["username","email"]"#, "User response: action=accept, content={"),
      .tool(
        "test_elicitation_sep1034_defaults", .v20250618 ... .v20251125, says: #""type":"string","default":"John Doe""#,
        #""type":"integer","default":30"#, #""type":"number","default":95.5"#,
        #""enum":["active","inactive","pending"],"default":"active""#, #""type":"boolean","default":true"#,
        "Elicitation completed: action=accept, content={"),
      .tool(
        "test_elicitation_sep1330_enums", .v20251125 ... .v20251125,
        says: #""untitledSingle":{"type":"string","enum":["option1","option2","option3"]}"#,
        #"{"const":"value2","title":"Second Option"}"#, #""enumNames":["Option One","Option Two","Option Three"]"#,
        #""items":{"type":"string","enum":["option1","option2","option3"]}"#,
        #""items":{"anyOf":[{"const":"value1","title":"First Choice"}"#,
        "Elicitation completed: action=accept, content={"),
      .tool(
        "test_elicitation_sep1330_enums", .v20250618 ... .v20250618,
        says: #""enumNames":["First Option","Second Option","Third Option"]"#),
      .tool("test_reconnection", sessions, says: "Reconnection test completed"),
      .tool("json_schema_2020_12_tool", says: #""$anchor":"addressDef""#, "Accepted: "),

      .resource("test://static-text", says: "This is the content of the static text resource."),
      .resource("test://static-binary", says: png, #""blob":"#),
      .resource("test://watched-resource", says: #""contents":[{"uri":"test://watched-resource""#),
      .resource(
        "test://template/42/data",
        says: #"{\"id\":\"42\",\"templateTest\":true,\"data\":\"Data for ID: 42\"}"#, "application/json"),
      .resource("test://nothing", says: #""data":{"uri":"test://nothing"}"#),

      .prompt("test_simple_prompt", says: "This is a simple prompt for testing."),
      .prompt("test_prompt_with_arguments", says: "Prompt with arguments: arg1='hello', arg2='wide world'"),
      .prompt(
        "test_prompt_with_embedded_resource", says: #""uri":"test://example""#,
        "Embedded resource content for testing.", "Please process the embedded resource above."),
      .prompt("test_prompt_with_image", says: png, "Please analyze the image above."),
      .prompt(
        "test_input_required_result_prompt", newest, says: #""user_context":"#,
        "What context should the prompt use?", #""messages":"#),

      .tool("test_missing_capability", newest, says: #""data":{"requiredCapabilities":{"sampling":{}}}"#),
      .tool("test_streaming_elicitation", newest, says: #""data":{"requiredCapabilities":{"elicitation":{}}}"#),
      .tool("test_logging_tool", newest, says: #""method":"notifications/message""#),
      .tool("test_trigger_tool_change", newest, says: "notifications/tools/list_changed"),
      .tool("test_trigger_prompt_change", newest, says: "notifications/prompts/list_changed"),
      .tool("test_x_mcp_header", newest, says: "Bergen"),

      .rounds("elicitation", says: #""user_name":"#, "What is your name?", "Hello, Ada!"),
      .rounds(
        "sampling", says: #""capital_question":"#, "What is the capital of France?", #""maxTokens":100"#, "Paris"),
      .rounds("list_roots", says: #""client_roots":{"method":"roots/list","params":{}}"#, "file:///home/ada"),
      .rounds("request_state", says: #""confirm":"#, #""ok":{"type":"boolean"}"#, #""requestState":"#, "state-ok"),
      .rounds(
        "multiple_inputs", says: #""user_name":"#, #""greeting":"#, "Generate a greeting", #""maxTokens":50"#,
        #""client_roots":"#, #""requestState":"#),
      .rounds(
        "multi_round", says: #""step1":"#, "Step 1: What is your name?", #""step2":"#,
        "Step 2: What is your favorite color?", "Ada likes green"),
      .rounds("tampered_state", says: "The state is intact", "requestState was changed"),
      .rounds("capabilities", says: #""method":"sampling/createMessage""#, form),

      .tool("greet", says: "Hello, Ada!"),
      .tool("slow_compute", says: "Computed sum"),
      .tool("slow_compute", newest, says: #""resultType":"task""#, #""status":"cancelled""#),
      .tool("failing_job", .v20251125 ... .v20260728, says: #""isError":true"#),
      .tool("protocol_error_job", says: #""error":{"code":-32603"#),
      .tool("confirm_delete", .v20251125 ... .v20260728, says: form, #""confirm":{"type":"boolean"}"#, "Deleted a.txt"),
      .tool("multi_input", newest, says: #""name-1":"#, #""confirm-2":"#, "Ada is sure"),
      .tool("test_tool_with_task", .v20251125 ... .v20260728, says: form, "Hello, Ada!"),
    ]

  /// What one transcript holds, in order: what is used, and what the server says.
  private static let conversations: [(revision: Revision, lines: [(use: Use?, said: String)])] =
    Transcript.everything.compactMap { transcript in
      guard let revision = transcript.revision else { return nil }
      return (
        revision,
        transcript.lines.map { line in
          guard line.isFromClient else { return (nil, (try? JSON(parsing: line.text))?.text ?? line.text) }
          return (Use(line.text), "")
        }
      )
    }

  /// A request that names what it is about.
  private struct Use: Equatable {
    let method: String
    let name: String

    init?(_ text: String) {
      guard let request = try? JSON(parsing: text), let method = request["method"]?.string,
        let name = (request["params"]?["name"] ?? request["params"]?["uri"])?.string
      else { return nil }
      (self.method, self.name) = (method, name)
    }

    init(_ fixture: Fixture) { (method, name) = (fixture.method, fixture.name) }
  }

  @Test(arguments: fixtures) func everyFixtureHasATranscriptInEachRevisionThatHasIt(_ fixture: Fixture) {
    for revision in Revision.allCases where fixture.revisions.contains(revision) {
      let conversations = Self.conversations.filter { $0.revision == revision }
      let replies = conversations.flatMap { $0.lines.drop { $0.use != Use(fixture) }.map(\.said) }
      #expect(!replies.isEmpty, "\(fixture.name) is used nowhere in \(revision)")
      let listed = conversations.flatMap { $0.lines.map(\.said) }
      let texts = fixture.name == "json_schema_2020_12_tool" ? listed : replies
      for text in fixture.says {
        let isSaid = texts.contains { $0.contains(text) }
        #expect(isSaid, "\(fixture.name) does not say \(text) in \(revision)")
      }
      guard fixture.method == "tools/call" else { continue }
      let isListed = listed.contains { $0.contains(#"{"name":"\#(fixture.name)","description":"#) }
      #expect(isListed, "\(fixture.name) is not listed in \(revision)")
    }
  }

  @Test func everyRevisionWithStreamableHTTPHasATranscriptOfIt() {
    for revision in Revision.allCases where revision.hasStreamableHTTP {
      let found = Transcript.everything.filter { $0.revision == revision && $0.isOverHTTP }
      #expect(!found.isEmpty, "\(revision)")
    }
  }
}
